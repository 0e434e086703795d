"""Where the desk keeps its files, and where its configuration is looked for."""

from contract.desk_config import config_candidates, is_loopback, state_folder


def test_the_state_folder_follows_the_environment_then_the_file_then_the_system() -> None:
    assert state_folder("/b", {"TWINREEL_STATE_DIR": "/a"}, "linux", "/home/u") == "/a"
    assert state_folder("/b", {}, "linux", "/home/u") == "/b"
    assert state_folder(None, {"XDG_STATE_HOME": "/x"}, "linux", "/home/u") == "/x/twinreel"
    assert state_folder(None, {}, "linux", "/home/u") == "/home/u/.local/state/twinreel"
    assert state_folder(None, {}, "darwin", "/Users/u").endswith("Application Support/Twinreel")
    assert state_folder(None, {"LOCALAPPDATA": "C:\\L"}, "win32", "C:\\u") == "C:\\L\\Twinreel"


def test_a_file_that_was_named_is_the_only_one_looked_for() -> None:
    assert config_candidates("/x.toml", {"TWINREEL_CONFIG": "/y"}, "linux", "/h") == ("/x.toml",)
    assert config_candidates(None, {"TWINREEL_CONFIG": "/y"}, "linux", "/h") == ("/y",)
    assert config_candidates(None, {}, "linux", "/h") == (
        "/etc/twinreel/twinreel.toml",
        "/h/.local/state/twinreel/config.toml",
    )
    assert all("Twinreel" in path for path in config_candidates(None, {}, "win32", "C:\\u"))
    assert all("Twinreel" in path for path in config_candidates(None, {}, "darwin", "/Users/u"))


def test_only_the_machine_itself_is_loopback() -> None:
    assert is_loopback("127.9.9.9")
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("localhost.example")
