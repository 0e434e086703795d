"""Every layer where this system keeps it, as both programs read it."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from contract import desk_config
from contract.desk_config import ConfigError
from contract.desk_layers import Layer, Source
from uploader.desk_settings import Asking, Places, Reading, read
from uploader.desk_settings.files import NotBelievedError
from uploader.desk_settings.linux import policy as linux_policy

URL = '[central]\nurl = "https://{host}.example"\n'


class Desk:
    """A home, a machine's folder and a policy folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.own = self.home / ".local/state/twinreel"
        self.machine = folder / "etc/twinreel.toml"
        self.policy = folder / "etc/policy.d"
        for one in (self.own, self.policy):
            one.mkdir(parents=True)
        self.installed: Sequence[Source] = ()

    def asking(self, **environment: str) -> Asking:
        return Asking(environment, str(self.home), platform="linux")

    def read(self, asking: Asking | None = None) -> Reading:
        places = Places(lambda user: linux_policy(user, str(self.policy)), lambda: self.installed)
        return read(asking or self.asking(), places)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path)
    monkeypatch.setattr(desk_config, "LINUX_CONFIG", str(made.machine))
    return made


def layer(reading: Reading, key: str = "central.url") -> Layer:
    return reading.merged.origin(key).layer


def test_machine_stands_over_user_and_policy_over_both(desk: Desk) -> None:
    (desk.own / "config.toml").write_text(URL.format(host="user"))
    assert desk.read().merged.settled().central.url == "https://user.example"
    desk.machine.write_text(URL.format(host="machine"))
    assert desk.read().merged.settled().central.url == "https://machine.example"
    (desk.policy / "a.toml").write_text(URL.format(host="policy"))
    reading = desk.read()
    assert reading.merged.settled().central.url == "https://policy.example"
    assert [one.layer for one in reading.merged.origins["central.url"]] == [
        Layer.POLICY,
        Layer.MACHINE,
        Layer.USER,
    ]


def test_of_the_policys_files_the_last_by_name_wins(desk: Desk) -> None:
    for name in ("20-late.toml", "10-early.toml"):
        (desk.policy / name).write_text(URL.format(host=name[3:-5]))
    (desk.policy / "99-note.txt").write_text("no policy")
    (desk.policy / ".30-draft.toml").write_text("neither")
    reading = desk.read()
    assert reading.merged.settled().central.url == "https://late.example"
    assert reading.merged.origin("central.url").place == str(desk.policy / "20-late.toml")


def test_a_named_file_stands_in_place_of_machine_and_user_but_not_of_policy(desk: Desk) -> None:
    desk.machine.write_text("nonsense = 1\n")
    (desk.own / "config.toml").write_text("nonsense = 1\n")
    named = desk.home / "mine.toml"
    named.write_text(URL.format(host="named") + '[network]\nproxy = "none"\n')
    (desk.policy / "a.toml").write_text(URL.format(host="policy"))
    for asking in (
        replace(desk.asking(), config=str(named)),
        desk.asking(TWINREEL_CONFIG=str(named)),
    ):
        reading = desk.read(asking)
        assert reading.merged.settled().central.url == "https://policy.example"
        assert layer(reading, "network.proxy") is Layer.NAMED
        assert reading.named == named


def test_what_the_installer_was_told_stands_between_machine_and_user(desk: Desk) -> None:
    told = {"central": {"url": "https://installer.example"}, "log_level": "debug"}
    desk.installed = (Source(Layer.INSTALLER, "HKLM", told),)
    (desk.own / "config.toml").write_text('log_level = "error"\n')
    assert layer(desk.read()) is Layer.INSTALLER
    assert desk.read().merged.settled().log_level == "debug"
    desk.machine.write_text(URL.format(host="machine"))
    assert layer(desk.read()) is Layer.MACHINE


def test_the_machines_uploader_hears_no_user(desk: Desk) -> None:
    (desk.own / "config.toml").write_text(URL.format(host="user"))
    reading = desk.read(replace(desk.asking(), for_machine=True))
    with pytest.raises(ConfigError, match="it is missing"):
        reading.merged.settled()
    assert all(source.layer is not Layer.USER for source in reading.sources)


def test_a_machines_file_that_anybody_may_have_written_is_passed_over_and_told_of(
    desk: Desk,
) -> None:
    def of_administrators(path: str) -> bytes:
        raise NotBelievedError(path)

    desk.machine.write_text(URL.format(host="of-somebody"))
    places = Places(
        lambda _user: (),
        lambda: (Source(Layer.INSTALLER, "HKLM", {"central": {"url": "https://it.example"}}),),
        of_administrators,
    )
    found = read(desk.asking(), places).merged
    assert found.settled().central.url == "https://it.example"
    (told,) = found.told
    assert (told.place, told.layer) == (str(desk.machine), "machine")
    assert "no administrator owns it" in told.reason


def test_a_user_who_says_to_be_another_has_his_own_policy_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = getpass.getuser()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "../../../home/eve")
    asked: list[str] = []
    read(desk.asking(), Places(lambda user: asked.append(user) or ()))  # type: ignore[func-returns-value]
    assert asked == [me]


def test_nothing_anywhere_is_one_mistake_that_says_where_to_write(desk: Desk) -> None:
    (mistake,) = desk.read().merged.mistakes
    assert (mistake.key, mistake.place) == ("central.url", str(desk.machine))


def test_the_users_file_lies_in_the_folder_that_policy_or_machine_names(
    desk: Desk, tmp_path: Path
) -> None:
    me = getpass.getuser()
    theirs = tmp_path / "var" / me
    theirs.mkdir(parents=True)
    (theirs / "config.toml").write_text(URL.format(host="user"))
    (desk.policy / "a.toml").write_text(f'state_dir = "{tmp_path.as_posix()}/var/{{user}}"\n')
    reading = desk.read()
    assert reading.merged.settled().central.url == "https://user.example"
    assert reading.state_dir == theirs


def test_a_user_may_name_another_folder_and_is_still_heard_by_who_is_told_of_it(
    desk: Desk, tmp_path: Path
) -> None:
    (desk.own / "config.toml").write_text(
        f'state_dir = "{tmp_path.as_posix()}/elsewhere"\n' + URL.format(host="user")
    )
    first = desk.read()
    assert first.state_dir == tmp_path / "elsewhere"
    child = desk.read(desk.asking(TWINREEL_STATE_DIR=str(first.state_dir)))
    assert child.merged.settled().central.url == "https://user.example"
    assert child.state_dir == first.state_dir


def test_command_line_and_environment_name_the_state_folder_over_policy(
    desk: Desk, tmp_path: Path
) -> None:
    (desk.policy / "a.toml").write_text('state_dir = "/policy"\n' + URL.format(host="p"))
    assert desk.read().state_dir == Path("/policy")
    assert desk.read(desk.asking(TWINREEL_STATE_DIR="/env")).state_dir == Path("/env")
    asking = replace(desk.asking(TWINREEL_STATE_DIR="/env"), state_dir=str(tmp_path))
    assert desk.read(asking).state_dir == tmp_path


def test_a_broken_policy_file_stops_the_program_and_is_named(desk: Desk) -> None:
    desk.machine.write_text(URL.format(host="machine"))
    (desk.policy / "a.toml").write_text("central = [")
    (mistake,) = desk.read().merged.mistakes
    assert (mistake.layer, mistake.place) == ("policy", str(desk.policy / "a.toml"))


def test_a_policy_that_is_no_file_is_a_mistake(desk: Desk) -> None:
    desk.machine.write_text(URL.format(host="machine"))
    (desk.policy / "a.toml").mkdir()
    (mistake,) = desk.read().merged.mistakes
    assert mistake.reason.startswith("it cannot be read")


def test_a_newer_policys_keys_are_told_and_no_more(desk: Desk) -> None:
    (desk.policy / "a.toml").write_text(URL.format(host="policy") + 'colour = "red"\n')
    reading = desk.read()
    assert reading.merged.settled().central.url == "https://policy.example"
    assert [one.key for one in reading.merged.told] == ["central.colour"]


def users(desk: Desk, text: str | bytes) -> list[str]:
    """What is passed over of a user's file, where nothing stops the programs."""
    desk.machine.write_text(URL.format(host="machine"))
    (desk.own / "config.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    found = desk.read().merged
    assert found.settled().central.url == "https://machine.example"
    return [one.key for one in found.of_user]


@pytest.mark.parametrize(
    "text",
    [
        "central = [",
        b"\xff\xfe",
        "x = " + "[" * 100_000,
        "x = " + "9" * 10_000,
        "#" * (2 << 20),
    ],
)
def test_no_garbage_in_a_users_file_stops_the_program(desk: Desk, text: str | bytes) -> None:
    assert users(desk, text) == ["the file"]


if sys.platform != "win32":

    @pytest.mark.parametrize("kind", ["folder", "pipe", "device", "link to itself"])
    def test_whatever_lies_where_the_users_file_belongs_is_not_waited_for(
        desk: Desk, kind: str
    ) -> None:
        place = desk.own / "config.toml"
        match kind:
            case "folder":
                place.mkdir()
            case "pipe":
                os.mkfifo(place)
            case "device":
                place.symlink_to("/dev/zero")
            case _:
                place.symlink_to(place)
        desk.machine.write_text(URL.format(host="machine"))
        found = desk.read().merged
        assert found.settled().central.url == "https://machine.example"
        (told,) = found.of_user
        assert told.reason.startswith("it cannot be read")


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("central", ["site_ca"]),
        ("network", ["client_certificate", "client_key"]),
        ("workspace", ["https_certificate", "https_key"]),
    ],
)
def test_files_that_a_user_names_and_that_are_not_there_are_passed_over(
    desk: Desk, section: str, words: list[str]
) -> None:
    text = f'log_level = "debug"\n[{section}]\n'
    text += "".join(f'{word} = "{desk.own.as_posix()}/none.pem"\n' for word in words)
    assert users(desk, text) == [f"{section}.{word}" for word in words]
    found = desk.read().merged
    assert found.settled().log_level == "debug"
    assert [found.value(f"{section}.{word}") for word in words] == [None] * len(words)


def test_a_pair_of_a_users_that_does_not_belong_together_is_passed_over(
    desk: Desk, tmp_path: Path
) -> None:
    names = {}
    for name in ("a", "b"):
        made = trustme.CA().issue_cert("localhost")
        made.cert_chain_pems[0].write_to_path(str(tmp_path / f"{name}.pem"))
        made.private_key_pem.write_to_path(str(tmp_path / f"{name}.key"))
        names[name] = (tmp_path / name).as_posix()
    pair = '[workspace]\nhttps_certificate = "{}.pem"\nhttps_key = "{}.key"\n'
    assert users(desk, pair.format(names["a"], names["a"])) == []
    assert users(desk, pair.format(names["a"], names["b"])) != []
    workspace = desk.read().merged.settled().workspace
    assert (workspace.https_certificate, workspace.https_key) == (None, None)


@pytest.mark.parametrize("folder", ["relative", "~nobody-of-this-name/x", "{}/file/x", "{}/file"])
def test_a_state_folder_that_a_user_cannot_have_is_passed_over(
    desk: Desk, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").touch()
    assert users(desk, f'state_dir = "{folder.format(tmp_path.as_posix())}"\n') == ["state_dir"]
    assert desk.read().state_dir == desk.own


@pytest.mark.skipif(sys.platform == "win32", reason="asks who we are in the POSIX way")
def test_nor_is_a_folder_of_somebody_elses_taken(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'state_dir = "{tmp_path.as_posix()}"\n'
    assert users(desk, text) == []
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert users(desk, text) == ["state_dir"]


def test_a_file_that_it_names_and_that_is_not_there_is_its_mistake_still(desk: Desk) -> None:
    desk.machine.write_text(URL.format(host="machine") + 'site_ca = "/none.pem"\n')
    assert desk.read().merged.settled().central.site_ca == "/none.pem"  # the uploader says so


def test_a_mark_at_the_begin_of_a_file_does_no_harm(desk: Desk) -> None:
    desk.machine.write_bytes(b"\xef\xbb\xbf" + URL.format(host="machine").encode())
    assert desk.read().merged.settled().central.url == "https://machine.example"
