import subprocess
import sys
from pathlib import Path

import pytest

from tests.central.serving import Central, Prepared


@pytest.fixture
def set_up(tmp_path: Path, prepared: Prepared) -> Central:
    """A central after its first run; it does not serve."""
    return Central(tmp_path / "data", prepared=prepared)


def test_the_first_run_shows_its_secrets_once(tmp_path: Path) -> None:
    central = Central(tmp_path / "data")
    first = central.run("init", "--json")
    assert first["rc"] == 0
    assert first["enrolment_token"].startswith("TR1.")
    assert first["import_key"].startswith("TRV1.")
    assert central.run("init", "--json")["already"] is True
    shown = (first["password"], first["import_key"], first["enrolment_token"].split(".")[2])
    held = [path.read_bytes() for path in central.folder.rglob("*") if path.is_file()]
    assert not [secret for secret in shown for content in held if secret.encode() in content]


def test_a_fresh_central_is_well(central: Central) -> None:
    answer = central.run("audit", "verify", "--json")
    assert (answer["rc"], answer["faults"]) == (0, [])


def test_sample_people_have_roles_and_passwords(set_up: Central) -> None:
    people = set_up.run("sample-people", "--agent", "a1", "--json")["people"]
    assert {role for person in people for role in person["roles"]} == {
        "admin of /",
        "security-admin of /",
        "supervisor of /sales/north",
        "quality-manager of /sales",
        "compliance-officer of /",
    }
    assert len({person["password"] for person in people}) == len(people)


def test_a_policy_is_shown_as_it_was_set(set_up: Central) -> None:
    changed = set_up.run(
        "policy", "set", "--percentage", "12.34", "--salt", "s", "--tail", "60",
        "--server", "https://gws.example", "--details-key", "Account", "--json",
    )  # fmt: skip
    assert set_up.run("policy", "show", "--json") == changed
    assert changed["selection"] == {"percentage": "12.34", "salt": "s", "rules": []}
    assert changed["limits"]["tail_seconds"] == 60
    assert changed["workspace"]["servers"] == ["https://gws.example"]
    assert changed["details_keys"] == ["Account"]


def test_how_the_screen_is_captured_is_set_value_by_value(set_up: Central) -> None:
    changed = set_up.run(
        "policy", "set", "--capture", "frames_per_second=2.5", "--capture", "monitor=workspace",
        "--capture", "click_marker=on", "--capture", "bits_per_second=400000",
        "--exclude", "application=keepass*", "--exclude", "application=firefox,title=*Pay*",
        "--json",
    )["capture"]  # fmt: skip
    assert (changed["frames_per_second"], changed["bits_per_second"]) == (2.5, 400_000)
    assert (changed["monitor"], changed["click_marker"]) == ("workspace", True)
    assert changed["exclude"] == [
        {"application": "keepass*", "title": None},
        {"application": "firefox", "title": "*Pay*"},
    ]
    cleared = set_up.run("policy", "set", "--exclude", "nothing", "--json")["capture"]
    assert (cleared["exclude"], cleared["frames_per_second"]) == ([], 2.5)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--capture", "speed=3", "names are frames_per_second"),
        ("--capture", "frames_per_second", "not NAME=VALUE"),
        ("--capture", "frames_per_second=99", "$.capture.frames_per_second"),
        ("--capture", "click_marker=perhaps", "$.capture.click_marker"),
        ("--exclude", "keepass*", "write application=GLOB"),
    ],
)
def test_what_cannot_be_captured_so_is_refused_in_words(
    set_up: Central, option: str, value: str, said: str
) -> None:
    assert said in _fails(set_up.folder, "policy", "set", option, value)


def _fails(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "central", "--data-dir", str(folder), *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_lost_password_is_replaced(set_up: Central) -> None:
    answer = set_up.run("reset-password", "--name", "admin", "--json")
    assert len(answer["password"]) > 20
    assert [entry["subject"] for entry in set_up.audit("person:password-set")] == ["admin"]


def test_before_the_first_run_one_is_told_so(tmp_path: Path) -> None:
    assert "init" in _fails(tmp_path / "nothing", "check")


def test_desks_are_listed(set_up: Central) -> None:
    listed = set_up.run("desks", "--json")
    assert (listed["desks"], listed["versions"]) == ([], {})


def test_what_is_no_version_is_not_compared_with(set_up: Central) -> None:
    assert "not a version: new" in _fails(set_up.folder, "desks", "--older-than", "new")


def test_an_unknown_desk_gets_no_order(set_up: Central) -> None:
    assert "no desk" in _fails(set_up.folder, "order", "pause", "--device", "nobody")


def test_upload_now_is_about_no_call(set_up: Central) -> None:
    said = _fails(set_up.folder, "order", "upload-now", "--device", "d", "--call", "c")
    assert "about no call" in said


def test_a_unit_is_a_path(set_up: Central) -> None:
    assert "path" in _fails(set_up.folder, "place-agent", "--agent", "a", "--unit", "sales")
