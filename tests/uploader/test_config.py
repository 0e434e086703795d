"""Which file is read, and what is said when it cannot be."""

from pathlib import Path

import pytest

from contract.desk_config import ConfigError
from uploader.commands import parser
from uploader.config import load

SMALLEST = '[central]\nurl = "https://central.example"\n'


def test_the_file_that_was_named_is_read_and_gives_the_state_folder(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'state_dir = "{tmp_path.as_posix()}/desk"\n{SMALLEST}')
    settings = load(str(file), {})
    assert settings.desk.central.url == "https://central.example"
    assert settings.state == tmp_path / "desk"
    assert load(None, {"TWINREEL_CONFIG": str(file)}).state == settings.state


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load(str(tmp_path / "nowhere.toml"), {})


def test_a_file_that_is_no_text_is_a_mistake_and_no_crash(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(str(file), {})


def test_a_site_authority_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(SMALLEST + f'site_ca = "{tmp_path.as_posix()}/missing.pem"\n')
    with pytest.raises(ConfigError, match="site_ca"):
        load(str(file), {})


def test_the_machines_uploader_reads_no_users_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    own = tmp_path / ".local/state/twinreel"
    own.mkdir(parents=True)
    (own / "config.toml").write_text(SMALLEST)
    assert load(None, {}).desk.central.url == "https://central.example"
    with pytest.raises(ConfigError, match="it is missing"):
        load(None, {}, for_machine=True)


def test_the_service_and_its_secrets_are_the_machines() -> None:
    assert parser().parse_args(["service"]).for_machine
    assert parser().parse_args(["secret", "proxy", "--service"]).for_machine
    assert not parser().parse_args(["secret", "proxy"]).for_machine
    assert not parser().parse_args([]).for_machine
