from pathlib import Path

import pytest

from central.config import Config, ConfigError, from_environment, parse


def test_an_empty_file_is_enough() -> None:
    assert parse("") == Config()


def test_every_error_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse('port = 99999\nunknown = 1\npublic_url = "ftp://x"\ndata_dir = 3')
    for name in ("port", "unknown", "public_url", "data_dir"):
        assert name in str(caught.value)


def test_what_is_no_toml_is_said_to_be_none() -> None:
    with pytest.raises(ConfigError, match="not TOML"):
        parse("port = ")


def test_the_environment_names_the_file_and_overrides_it(tmp_path: Path) -> None:
    file = tmp_path / "central.toml"
    file.write_text('port = 1234\nfirst_admin = "root"')
    environ = {"TWINREEL_CENTRAL_CONFIG": str(file), "TWINREEL_DATA_DIR": str(tmp_path)}
    config = from_environment({**environ, "TWINREEL_LISTEN": "[::1]:99"})
    assert (config.first_admin, config.folder) == ("root", tmp_path.resolve())
    assert config.url == "http://[::1]:99"


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        from_environment({"TWINREEL_CENTRAL_CONFIG": str(tmp_path / "nothing")})


def test_a_port_that_is_none_is_an_error() -> None:
    with pytest.raises(ConfigError, match="port"):
        from_environment({"TWINREEL_LISTEN": "127.0.0.1:http"})


def test_a_public_address_is_what_others_are_told() -> None:
    assert parse('public_url = "https://central.example"').url == "https://central.example"
