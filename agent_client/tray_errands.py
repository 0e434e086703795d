"""What the tray has others do: a page's code, the notice that was read, the diagnostics."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Protocol

from agent_client.config import Settings
from agent_client.consent_file import Confirmed, ConsentFile
from agent_client.core.status import Status
from agent_client.desk_link import DeskLink
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.shell import Hands
from contract.make_way import Purpose
from uploader.desk import FromUploader, Kept, NoticeRead, PagePaired, PairPage

logger = logging.getLogger(__name__)


class Tray(Protocol):
    """The tray's bridge, as the rest of the client knows it. From any thread; never waits."""

    def publish(self, status: Status) -> None:
        """Show this from now on."""

    def publish_rules(self, rules: HouseRules) -> None:
        """Keep to these from now on."""

    def say_refused(self, text: str) -> None:
        """Why what a person asked for was not done."""

    def say_paired(self, reason: str) -> None:
        """What became of a page's code: "" if it is connected."""

    def step_aside(self, purpose: Purpose) -> None:
        """Tell that the program is being replaced, and end it."""

    def say_diagnosed(self, path: str, failure: str) -> None:
        """Where the diagnostics are, or why they could not be written."""


class TrayErrands:
    """Done on the main thread's word; what concerns the uploader, in the engine's loop."""

    def __init__(
        self, settings: Settings, desk: DeskLink, soon: Callable[[Callable[[], object]], None]
    ) -> None:
        """`soon` has the engine's loop call something, from any thread."""
        self._settings = settings
        self._desk = desk
        self._soon = soon
        self._consents = ConsentFile(settings.state_dir)
        self._tray: Tray | None = None
        desk.listen(self._heard)

    def hands(self, leave_out: Callable[[int], None]) -> Hands:
        """For the shell."""
        return Hands(
            leave_out=leave_out,
            pair=lambda code: self._soon(lambda: self._pair(code)),
            diagnose=lambda folder: Thread(
                target=self._diagnose, args=(folder,), name="diagnostics", daemon=True
            ).start(),
            has_read=self._consents.has_read,
            confirm_read=self._confirm_read,
        )

    def start(self, tray: Tray) -> None:
        """Answer there from now on; say again what the uploader had not heard at the last end."""
        self._tray = tray
        for confirmed in self._consents.untold():
            self._soon(lambda one=confirmed: self._tell(one))  # type: ignore[misc]  # the default binds the loop's variable

    def _confirm_read(self, version: str, agent_id: str) -> None:
        confirmed = self._consents.confirm(version, agent_id, datetime.now(UTC))
        logger.info("notice %s was read and confirmed", version)
        self._soon(lambda: self._tell(confirmed))

    def _tell(self, one: Confirmed) -> None:
        self._desk.send(NoticeRead(version=one.version, agent_id=one.agent_id, at=one.at))

    def _pair(self, code: str) -> None:
        if not self._desk.send(PairPage(code="".join(code.split()))) and self._tray is not None:
            self._tray.say_paired("uploader-gone")

    def _heard(self, message: FromUploader) -> None:
        match message:
            case PagePaired(paired=paired, reason=reason) if self._tray is not None:
                self._tray.say_paired("" if paired else reason or "refused")
            case Kept(key=key):
                for one in self._consents.untold():
                    told = NoticeRead(version=one.version, agent_id=one.agent_id, at=one.at)
                    if told.key == key:
                        self._consents.told(one.version, one.agent_id)
            case _:
                pass

    def _diagnose(self, folder: Path) -> None:
        from agent_client.diagnostics import write  # noqa: PLC0415 -- seldom asked for

        path, failure = "", ""
        try:
            path = str(write(self._settings, folder))
        except OSError as error:
            logger.warning("the diagnostics cannot be saved: %s", error.strerror)
            failure = error.strerror or type(error).__name__
        except Exception as error:  # a fault must not leave the window waiting
            logger.exception("a fault in writing diagnostics")
            failure = type(error).__name__
        if self._tray is not None:
            self._tray.say_diagnosed(path, failure)
