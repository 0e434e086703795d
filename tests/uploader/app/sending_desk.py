"""A spool, a board, and the loop that sends, without the rest of the uploader."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from contract.canonical import b64
from contract.desk_config import Identity
from contract.policy import Uploading, accept
from tests.uploader.false_central import FalseCentral
from tests.uploader.recordings import begun
from uploader.app.sending import Sending
from uploader.app.standing import Board
from uploader.core import Conditions
from uploader.desk import State, Uploads
from uploader.link import Link, trust
from uploader.spool import RecordingFolder, Spool


class Desk:
    """A spool and the loop that sends what is in it."""

    def __init__(self, folder: Path, central: FalseCentral) -> None:
        self.told: list[Uploads] = []
        self.spool = Spool(folder / "spool", ballast_bytes=0, reserve_bytes=0)
        self.board = board = Board(self.told.append)
        root = b64(central.root.public_key().public_bytes_raw())
        identity = Identity(device_id="desk-1", root_key=root, central_url=central.url)
        board.note(lambda standing: replace(standing, identity=identity, secret="s"))
        self.policy = accept(central.policy, board.now.roots, datetime.now(UTC))
        self.follow(Uploading())
        link = Link(central.url, trust(None), lambda: board.now.credential)
        self.seen = Conditions()
        self.sending = Sending(self.spool, link, board, threading.Event(), seen=lambda: self.seen)

    def follow(self, uploading: Uploading) -> None:
        """A policy like this comes."""
        policy = msgspec.structs.replace(self.policy, uploading=uploading)
        self.board.note(lambda standing: replace(standing, policy=policy))

    def is_in(self, state: State) -> None:
        """The client tells."""
        self.board.note(lambda standing: replace(standing, client=state))

    def send(self) -> None:
        """All that may leave now."""
        while self.sending.step():
            pass

    def begin(self, *segments: bytes) -> RecordingFolder:
        """A recording that goes on, with these segments closed."""
        return begun(self.spool, list(segments))
