from pathlib import Path

import pytest

from agent_client.config import Asked, asked, load
from agent_client.desk_link import again
from contract.desk_config import ConfigError

MINIMAL = '[central]\nurl = "https://central.example"\n'


def written(folder: Path, text: str) -> Asked:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return Asked(str(path), None)


def test_the_command_line_names_the_file_and_the_folder() -> None:
    assert asked(["--config", "a.toml", "--state-dir", "b"]) == Asked("a.toml", "b")
    assert asked(["--screen"]) == Asked(None, None, screen=True)


def test_help_says_what_the_environment_may_say(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        asked(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "TWINREEL_CONFIG" in text
    assert "TWINREEL_STATE_DIR" in text


def test_the_state_folder_of_the_command_line_wins(tmp_path: Path) -> None:
    in_file = written(tmp_path, f'state_dir = "/a"\n{MINIMAL}')
    environment = {"TWINREEL_STATE_DIR": "/b"}
    assert load(in_file, {}, tmp_path).state_dir == Path("/a")
    assert load(in_file, environment, tmp_path).state_dir == Path("/b")
    both = Asked(in_file.config, "/c")
    assert load(both, environment, tmp_path).state_dir == Path("/c")


def test_without_a_word_the_users_own_folder_is_taken(tmp_path: Path) -> None:
    settings = load(written(tmp_path, MINIMAL), {}, Path("/home/kate"), "linux")
    assert settings.state_dir == Path("/home/kate/.local/state/twinreel")
    assert settings.workspace.loopback_ports == (8080,)


def test_every_mistake_is_said_at_once_with_file_and_remedy(tmp_path: Path) -> None:
    wrong = written(tmp_path, 'log_levle = "info"\n[workspace]\nloopback_ports = [0]\n')
    with pytest.raises(ConfigError) as refused:
        load(wrong, {}, tmp_path)
    lines = str(refused.value).splitlines()
    assert all(str(wrong.config) in line for line in lines)
    assert any("log_level?" in line for line in lines)
    assert any("workspace.loopback_ports" in line for line in lines)
    assert any("central.url" in line for line in lines)


def test_a_missing_file_is_said_with_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file") as refused:
        load(Asked(str(tmp_path / "none.toml"), None), {}, tmp_path)
    assert "--config" in str(refused.value)


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(Asked(str(path), None), {}, tmp_path)


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, MINIMAL).config
    assert file is not None
    assert load(Asked(None, None), {"TWINREEL_CONFIG": file}, tmp_path).config_file == Path(file)


def test_only_a_file_that_was_named_is_named_again(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(MINIMAL, encoding="utf-8")
    settings = load(Asked(None, str(tmp_path)), {}, tmp_path)
    assert settings.config_file is None
    assert again(settings.config_file, settings.state_dir) == ("--state-dir", str(tmp_path))
    named = load(written(tmp_path, MINIMAL), {}, tmp_path).config_file
    assert again(named, tmp_path)[:2] == ("--config", str(tmp_path / "config.toml"))


def test_how_long_an_upgrade_waits_is_known(tmp_path: Path) -> None:
    text = f"{MINIMAL}[upgrade]\nwait_minutes = 5\n"
    assert load(written(tmp_path, text), {}, tmp_path).upgrade.wait_minutes == 5
    assert load(written(tmp_path, MINIMAL), {}, tmp_path).upgrade.wait_minutes == 30
