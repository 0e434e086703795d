"""Each window and menu as it is seen, in every language, in a real panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest
from PIL import Image

from agent_client.core.status import Mood
from agent_client.tray.languages import LANGUAGES, Translation
from agent_client.tray.words import Words
from bench.stage.display import wait_for
from bench.stage.office import ROOT
from tests.agent_client.tray.tray_staging import DEADLINE, InPanel, in_panel, old_panel


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with old_panel(tmp_path_factory.mktemp("panel")) as environment:
        yield environment


def key(label: str) -> str:
    """The letter behind the ampersand."""
    return label[label.index("&") + 1].lower()


def in_words(language: str) -> Words:
    return Translation(language).words()


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_and_status_window(environment: dict[str, str], tmp_path: Path, language: str) -> None:
    with in_panel(environment, tmp_path, "recording", "--language", language) as desk:
        desk.picture(f"menu-recording-{language}", desk.tray.open_menu())
        desk.tell("mood paused")
        desk.picture(f"menu-paused-{language}", desk.tray.open_menu())
        desk.tell("sending 43 100")
        desk.picture(f"menu-sending-{language}", desk.tray.open_menu())
        desk.tell("held schedule 2026-11-25T22:07:00+01:00")
        desk.picture(f"menu-held-{language}", desk.tray.open_menu())
        desk.tell("problems disk-full keyring-locked out-of-touch central-unreachable")
        box = desk.tray.open_menu()
        desk.picture(f"menu-problems-{language}", box)
        assert box.width < 900
        desk.tray.close_all()
        desk.tray.open_window()
        window = desk.shows("Twinreel")
        desk.picture(f"window-problems-{language}", window)
        assert window.height < 760
        desk.tell("held schedule 2026-11-25T22:07:00+01:00")
        wait_for("another window", lambda: desk.shows("Twinreel") != window, DEADLINE)
        desk.picture(f"window-held-{language}", desk.shows("Twinreel"))
        desk.tell("mood recording")
        wait_for("a smaller window", lambda: desk.shows("Twinreel") != window, DEADLINE)
        desk.picture(f"window-recording-{language}", desk.shows("Twinreel"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_small_windows(environment: dict[str, str], tmp_path: Path, language: str) -> None:
    words = in_words(language)
    with in_panel(environment, tmp_path, "ready", "--language", language) as desk:
        desk.tray.choose(key(words("Connect &Workspace page…")))
        pairing = desk.shows(words("Connect Workspace page"))
        desk.press(pairing, "n", "o", "Return")
        desk.says("pair no")
        desk.picture(f"pairing-wrong-{language}", desk.shows(words("Connect Workspace page")))
        desk.tray.choose(key(words("&Diagnostics…")))
        desk.says("diagnose")
        desk.picture(f"diagnostics-{language}", desk.shows(words("Diagnostics")))
        desk.tray.choose(key(words("&About Twinreel")))
        desk.picture(f"about-{language}", desk.shows(words("About Twinreel")))
        desk.tray.close_all()
        desk.tell("consent 3")
        consent = desk.shows(words("Please read: how your work is recorded"))
        desk.picture(f"consent-{language}", consent)
        desk.press(consent, f"alt+{key(words('&I have read this'))}")
        desk.says("confirmed 3 kate.novak")
        desk.shows_no(words("Please read: how your work is recorded"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_quitting_in_a_call_is_asked_back(
    environment: dict[str, str], tmp_path: Path, language: str
) -> None:
    words = in_words(language)
    with in_panel(environment, tmp_path, "recording", "--language", language) as desk:
        desk.tray.choose(key(words("&Quit Twinreel")))
        wait_for("the question", desk.tray.windows, DEADLINE)
        box = desk.shows("")
        desk.picture(f"quit-{language}", box)
        desk.press(box, f"alt+{key(words('&Quit Twinreel'))}")
        desk.says("quit")
        assert desk.process.wait(DEADLINE) == 0


def test_each_mood_is_seen_in_the_panel(environment: dict[str, str], tmp_path: Path) -> None:
    with in_panel(environment, tmp_path, "ready") as desk:
        for mood in (*Mood, Mood.READY):
            desk.tell(f"mood {mood}")
            colour = _main_colour(mood)

            def shown(mood: Mood = mood, colour: tuple[int, ...] = colour) -> bool:
                drawn = _pixels(desk, f"icon-{mood}")
                near = sum(_near(colour, drawn[at : at + 3]) for at in range(0, len(drawn), 3))
                return near * 3 >= len(drawn) * _MAIN_SHARE

            wait_for(f"the icon of {mood}", shown, DEADLINE)


_MAIN_SHARE = 0.02  # of an icon's square in the panel; of a thin ring it is little more


def _main_colour(mood: Mood) -> tuple[int, ...]:
    """What most of this mood's icon has; each mood's is another."""
    with Image.open(ROOT / "assets" / f"{mood}-64.png") as icon:
        pixels = icon.convert("RGBA").tobytes()
    found = Counter(pixels[at : at + 4] for at in range(0, len(pixels), 4))
    (colour,) = (one for one, _ in found.most_common(2) if one[3] == _OPAQUE)
    return tuple(colour[:3])


def _near(colour: tuple[int, ...], pixel: bytes) -> bool:
    return max(abs(one - other) for one, other in zip(colour, pixel, strict=True)) <= _ROUNDING


_OPAQUE, _ROUNDING = 255, 12


def test_while_nothing_changes_the_tray_sleeps(environment: dict[str, str], tmp_path: Path) -> None:
    """No timer runs: neither for the stopwatch, nor for reminders, nor for the menu."""
    with in_panel(environment, tmp_path, "ready") as desk:
        desk.tell("remind 300")
        desk.tell("problems out-of-touch")
        desk.picture("icon-idle", desk.tray.open_menu())
        desk.tray.close_all()
        desk.tell("mood ready")
        sleeps: list[int] = []

        def rests() -> bool:
            sleeps.append(_wake_ups(desk.process.pid))
            sleep(2)  # long against what would tick
            return _wake_ups(desk.process.pid) - sleeps[-1] <= 1

        wait_for("the tray to rest", rests, DEADLINE)


def _wake_ups(pid: int) -> int:
    """How often the main thread, which is Qt's, went to sleep by itself."""
    status = Path(f"/proc/{pid}/task/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("nonvoluntary")[0].split("voluntary_ctxt_switches:")[1].split()[0])


def _pixels(desk: InPanel, name: str) -> bytes:
    icon = desk.tray.icon()
    with Image.open(desk.picture(name, icon)) as picture:
        return picture.convert("RGB").tobytes()


def test_a_call_takes_the_notice_away_and_its_end_brings_it_back(
    environment: dict[str, str], tmp_path: Path
) -> None:
    title = "Please read: how your work is recorded"
    with in_panel(environment, tmp_path, "ready") as desk:
        desk.tell("consent 3")
        desk.shows(title)
        desk.tell("in-call ready")
        desk.shows_no(title)
        desk.tell("mood ready")
        consent = desk.shows(title)
        desk.press(consent, "Escape")
        desk.shows_no(title)
        desk.tell("mood recording")
        desk.tell("mood ready")
        desk.tray.open_window()
        desk.shows("Twinreel")
        desk.shows_no(title)


def test_on_a_sharp_screen_all_is_twice_as_large(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with in_panel(environment, tmp_path, "recording") as desk:
        usual = desk.tray.open_menu()
    with in_panel(environment, tmp_path, "recording", QT_SCALE_FACTOR="2") as desk:
        sharp = desk.tray.open_menu()
        assert 1.8 < sharp.width / usual.width < 2.2
        desk.picture("menu-sharp", sharp)
        desk.tray.close_all()
        desk.tray.open_window()
        desk.picture("window-sharp", desk.shows("Twinreel"))


def test_from_right_to_left(environment: dict[str, str], tmp_path: Path) -> None:
    with in_panel(environment, tmp_path, "recording", "--right-to-left") as desk:
        desk.picture("menu-right-to-left", desk.tray.open_menu())
        desk.tell("problems disk-full")
        desk.tray.close_all()
        desk.tray.open_window()
        desk.picture("window-right-to-left", desk.shows("Twinreel"))
        desk.tray.choose("w")
        desk.picture("pairing-right-to-left", desk.shows("Connect Workspace page"))
        desk.tray.close_all()
        desk.tell("mood ready")
        desk.tell("consent 3")
        desk.picture("consent-right-to-left", desk.shows("Please read"))
