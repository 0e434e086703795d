"""What the uploader's threads know together."""

import threading
from dataclasses import replace
from pathlib import Path

from agent_client.config import Asked
from agent_client.config import load as client_settings
from tests.uploader.desk_program import until
from uploader.app.standing import Board, Standing
from uploader.config import load as uploader_settings
from uploader.desk import Uploads


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


def test_what_the_client_is_told_last_is_what_is_true() -> None:
    told: list[int] = []

    def waits(number: int) -> None:
        board.note(lambda standing: replace(standing, waiting=number))

    another = threading.Thread(target=waits, args=(2,))

    def changed(uploads: Uploads) -> None:
        if another.ident is None:  # the first who tells is overtaken on the way
            another.start()
            until(lambda: board.now.waiting == 2)
            another.join(0.5)
        told.append(uploads.waiting)

    board = Board(changed)
    waits(1)
    another.join(60)
    assert told[-1] == 2
