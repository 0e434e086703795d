"""What the uploader's threads know together."""

from pathlib import Path

from agent_client.config import Asked
from agent_client.config import load as client_settings
from uploader.app.standing import Standing
from uploader.config import load as uploader_settings


def test_the_secret_is_in_no_repr() -> None:
    assert "s3cret" not in repr(Standing(secret="s3cret"))


def test_no_programs_settings_show_a_secret(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[central]\nurl = "https://central.example"\n'
        '[workspace]\nclient_id = "twinreel"\nclient_secret = "s3cret"\n'
    )
    assert "s3cret" not in repr(uploader_settings(str(config), {}))
    assert "s3cret" not in repr(client_settings(Asked(str(config), str(tmp_path)), {}, tmp_path))
