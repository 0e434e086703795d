"""`twinreel-agent config`, as IT and its scripts use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from agent_client.config import Asked, Finder
from agent_client.subcommands.config import main
from contract import desk_config
from contract.desk_keys import KEYS
from contract.protocol import EnrolmentToken

TOKEN = str(EnrolmentToken("ab" * 32, "VERYSECRET"))
RIGHT = '[central]\nurl = "https://central.example"\n'
SECRETS = f'{RIGHT}[enrolment]\ntoken = "{TOKEN}"\n[workspace]\nclient_id = "x"\n'
SECRETS += 'client_secret = "HUSH"\n'


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


class Desk:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "twinreel.toml"
        self._folder = folder
        self._capsys = capsys

    def config(self, *words: str, text: str = RIGHT) -> Said:
        self.file.write_text(text, encoding="utf-8")
        find = Finder(Asked(str(self.file), str(self._folder)), {}, self._folder)
        status = main(words, find)
        return Said(status, *self._capsys.readouterr())


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def row(said: Said, key: str) -> str:
    (found,) = (line for line in said.out.splitlines() if line.startswith(f"{key} "))
    return " ".join(found.split())


def test_every_key_is_shown_with_what_holds(desk: Desk) -> None:
    said = desk.config("show")
    assert (said.status, said.err) == (0, "")
    assert [line.split()[0] for line in said.out.splitlines()] == [key.name for key in KEYS]
    assert row(said, "central.url") == 'central.url "https://central.example"'
    assert row(said, "workspace.loopback_ports") == "workspace.loopback_ports [8080]"
    assert row(said, "workspace.other_users") == "workspace.other_users false"
    assert row(said, "central.site_ca") == "central.site_ca -"


def test_with_origin_each_value_says_who_set_it_and_where_was_looked(desk: Desk) -> None:
    said = desk.config("show", "--origin")
    assert row(said, "central.url").endswith(f"named {desk.file}")
    assert row(said, "log_level") == 'log_level "info" default'
    assert "policy     " in said.out.partition("Looked for")[2]


@pytest.mark.parametrize("words", [("show",), ("show", "--origin"), ("show", "--json")])
def test_secrets_are_never_shown(desk: Desk, words: tuple[str, ...]) -> None:
    said = desk.config(*words, text=SECRETS)
    assert said.status == 0
    assert "VERYSECRET" not in said.out
    assert "HUSH" not in said.out


@pytest.mark.parametrize("words", [("show",), ("show", "--origin"), ("show", "--json"), ("check",)])
@pytest.mark.parametrize(
    "text",
    [
        '[central]\nurl = "https://kate:VERYSECRET@central.example"',
        '[central]\nurl = "https://kate:VERYSECRET"',
        f'{RIGHT}[network]\nproxy = "http://kate:VERYSECRET@proxy:8080"',
        f'{RIGHT}[network]\nproxy = "http://kate:VERY/VERYSECRET@proxy:8080"',
        f'{RIGHT}[network]\npac_url = "https://kate:VERYSECRET@proxy/x.pac"',
    ],
)
def test_a_password_in_an_address_is_never_said(
    desk: Desk, words: tuple[str, ...], text: str
) -> None:
    said = desk.config(*words, text=text)
    assert "VERYSECRET" not in said.err
    if "@" in text:
        assert "VERYSECRET" not in said.out


def test_that_a_secret_is_given_is_shown(desk: Desk) -> None:
    assert row(desk.config("show", text=SECRETS), "enrolment.token").endswith("(secret)")
    assert row(desk.config("show"), "enrolment.token").endswith("-")


def test_a_wrong_configuration_is_shown_as_far_as_it_goes_and_is_no_success(desk: Desk) -> None:
    said = desk.config("show", text=f'log_level = "loud"\nlanguage = "de"\n{RIGHT}')
    assert said.status == 2
    assert said.err.startswith(f"log_level (named, {desk.file}): it must be one of")
    assert row(said, "language") == 'language "de"'
    assert row(said, "log_level") == 'log_level "info"'  # what would hold without it


def test_with_origin_a_value_that_is_refused_is_not_taken_for_what_stands_there(desk: Desk) -> None:
    said = desk.config("show", "--origin", text=f'log_level = "loud"\nlanguage = "de"\n{RIGHT}')
    assert row(said, "log_level").endswith(f"named {desk.file} WRONG, see below")
    assert row(said, "language").endswith(str(desk.file))


def test_a_check_of_what_is_right_says_so(desk: Desk) -> None:
    said = desk.config("check")
    assert (said.status, said.err) == (0, "")
    assert "https://central.example" in said.out


def test_a_check_looks_at_the_files_that_are_named(desk: Desk, tmp_path: Path) -> None:
    site = tmp_path / "ca.pem"
    text = f'{RIGHT}site_ca = "{site.as_posix()}"\n'
    said = desk.config("check", text=text)
    assert said.status == 2
    assert "ca.pem cannot be read" in said.err
    trustme.CA().cert_pem.write_to_path(str(site))
    assert desk.config("check", text=text).status == 0


def test_programs_read_the_same_as_people(desk: Desk) -> None:
    said = desk.config("show", "--json", text=f"speed = 3\n{RIGHT}")
    facts = json.loads(said.out)
    assert said.status == 2
    assert facts["right"] is False
    url = next(one for one in facts["settings"] if one["key"] == "central.url")
    assert (url["value"], url["layer"], url["place"]) == (
        "https://central.example",
        "named",
        str(desk.file),
    )
    (mistake,) = facts["mistakes"]
    assert (mistake["key"], mistake["layer"]) == ("speed", "named")
    assert all(mistake[word] for word in ("place", "reason", "remedy"))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own file, where the computer's is right."""
    (tmp_path / "machine.toml").write_text(RIGHT)
    monkeypatch.setattr(desk_config, "LINUX_CONFIG", str(tmp_path / "machine.toml"))
    return tmp_path / desk_config.CONFIG_NAME


@pytest.mark.parametrize("order", ["show", "check"])
def test_what_is_passed_over_of_a_users_is_no_success_and_is_said(
    own: Path, capsys: pytest.CaptureFixture[str], order: str
) -> None:
    own.write_text('log_level = "loud"\n')
    find = Finder(Asked(None, str(own.parent)), {}, own.parent)
    assert find().log_level == "info"
    assert main([order, *(["--origin"] if order == "show" else [])], find) == 2
    said = Said(2, *capsys.readouterr())
    assert said.err.startswith(f"Passed over: log_level (user, {own}): it must be one of")
    if order == "show":
        level = 'log_level "info" default the user\'s PASSED OVER, see below'
        assert row(said, "log_level") == level
    else:
        assert "is right" not in said.out
    assert main([order, "--json"], find) == 2
    facts = json.loads(capsys.readouterr().out)
    assert (facts["right"], facts["mistakes"]) == (False, [])
    assert [one["key"] for one in facts["passed_over"]] == ["log_level"]


@pytest.mark.e2e
@pytest.mark.skipif(sys.platform == "win32", reason="the registry is one for all")
def test_the_program_itself_says_where_it_looked_when_nobody_told_it_anything(
    tmp_path: Path,
) -> None:
    bare = {name: value for name, value in os.environ.items() if "TWINREEL" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "agent_client", "config", "show", "--origin"],
        env={**bare, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 2
    assert "central.url" in done.stderr
    assert "it is missing" in done.stderr
    assert f"{tmp_path}/twinreel/config.toml  (nothing there)" in done.stdout
