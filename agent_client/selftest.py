"""`twinreel-agent --selftest`: whether all that this program is made of works in this session.

Nothing that is seen is kept: pictures and keys are made here, used once and forgotten.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import platform
import secrets
import sys
from io import BytesIO
from pathlib import Path

import av
from aiohttp import ClientSession, ClientTimeout, web
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from agent_client.capture.diagnosis import diagnosed
from agent_client.capture.encoder import Encoder
from agent_client.capture.fmp4 import fragment, head
from agent_client.capture.picture import drawn
from agent_client.capture.pointer import listen_to_pointer
from agent_client.capture.settings import ScreenSettings
from agent_client.capture.slate import slate
from agent_client.command_table import PROGRAM, TABLE
from agent_client.desk_link import uploader_command
from agent_client.host import Host, this_host
from agent_client.host.hotkey import this_register
from agent_client.tray.languages import LANGUAGES, Translation
from agent_client.tray.pictures import picture
from contract.envelope import Recipient, Sealer, opened
from contract.manifest import Canvas
from contract.selftest import Check, Lacking, findings, passed, report

_SECONDS = 20.0  # for one answer of our own
_HOST = "127.0.0.1"
_CANVAS = Canvas(640, 360, ((0, 0, 640, 360),))
_MOODS = ("twinreel", "ready", "recording", "paused", "attention")
_QUANTISER = 24
_WORD = "Pause"  # not alike in any two languages


def main(version: str, *, as_json: bool) -> int:
    """Say what works, and return 0 if all does, 1 otherwise."""
    found = findings(checks(this_host()))
    print(report(PROGRAM, version, found, as_json=as_json))  # noqa: T201 -- it was asked for
    return 0 if passed(found) else 1


def checks(host: Host) -> list[Check]:
    """The questions, in an order in which one may build on what another made."""
    desk = _Desktop(host)
    return [
        Check("system", "Nothing is known of this system.", _system),
        Check("desktop", "No icon, no menu and no window can be shown.", desk.opened),
        Check("tray", "A small window shows the state in place of an icon.", desk.tray),
        Check("icons and words", "The icon or the menu is empty.", desk.drawn),
        Check("screen", "Nothing can be recorded in this session.", desk.captured),
        Check("pointer", "Movement is found by looking, which takes more processor.", desk.pointer),
        Check("hotkey", "No key combination pauses.", desk.hotkey),
        Check("encoder and seal", "Nothing can be recorded on this computer.", _encoded),
        Check("loopback", "Workspace cannot sign in on this computer.", _served),
        Check("commands", "Some of the commands that --help lists do not work.", _commands),
        Check("uploader", "Recordings stay on this computer.", _uploader),
    ]


def _system() -> str:
    built = "installed" if getattr(sys, "frozen", False) else "from its source"
    return f"{platform.platform()}, Python {platform.python_version()}, {built}"


class _Desktop:
    """What needs a session with a display."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._application: QApplication | None = None

    def opened(self) -> str:
        self._needed()
        self._application = QApplication([PROGRAM])
        screens = QGuiApplication.screens()
        sizes = ", ".join(f"{one.size().width()}x{one.size().height()}" for one in screens)
        return f"Qt on {QGuiApplication.platformName()}, {sizes}"

    def tray(self) -> str:
        self._needed()
        if not self._host.tray_is_there():
            raise Lacking("this desktop has no place for icons")
        return "there is a place for the icon"

    def drawn(self) -> str:
        if self._application is None:
            raise Lacking("no window was opened")
        for mood in _MOODS:
            if picture(mood).isNull():
                raise ValueError(f"the picture {mood} is empty")
        said = {Translation(name).words()(_WORD) for name in LANGUAGES}
        if len(said) < len(LANGUAGES):
            raise ValueError(f"some languages are missing: all that is said is {sorted(said)}")
        return f"{len(_MOODS)} pictures; {', '.join(LANGUAGES)}"

    def captured(self) -> str:
        self._needed()
        if code := self._host.cannot_capture():
            raise Lacking(f"this session's screen cannot be read: {code} (docs/it/client.md)")
        well, said = diagnosed(ScreenSettings())
        if not well:
            raise OSError(said.rpartition("\n")[2])
        _, *lines = said.splitlines()  # the first is the policy, which a desk may not have yet
        return "; ".join(line.removeprefix("Screen: ").rstrip(".") for line in lines)

    def pointer(self) -> str:
        self._needed()
        listener = listen_to_pointer()
        if listener is None:
            raise OSError("pynput hears nothing of it")
        listener.close()
        return "heard"

    def hotkey(self) -> str:
        self._needed()
        return f"{this_register().__name__} can register one"

    def _needed(self) -> None:
        if why := self._host.no_desktop():
            raise Lacking(why)


def _encoded() -> str:
    """One picture: drawn, encoded, sealed, opened and decoded again."""
    encoder = Encoder(_CANVAS.width, _CANVAS.height, frames_per_second=5.0, quantiser=_QUANTISER)
    sample = encoder.encode(drawn(slate(_CANVAS), _CANVAS.width, _CANVAS.height), 0, key=True)
    film = head(_CANVAS.width, _CANVAS.height, encoder.sps, encoder.pps)
    film += fragment(1, [sample], 1)
    key = X25519PrivateKey.generate()
    recipient = Recipient("selftest", key.public_key().public_bytes_raw())
    sealer = Sealer({}, [recipient], secrets.token_bytes(32))
    sealed = sealer.header + sealer.seal(film, final=True)
    clear = b"".join(opened(BytesIO(sealed), {"selftest": key}))
    with av.open(BytesIO(clear), "r") as container:
        (frame,) = container.decode(video=0)
    if (frame.width, frame.height) != (_CANVAS.width, _CANVAS.height):
        raise ValueError(f"the picture came back with {frame.width}x{frame.height} pixels")
    return f"H.264, {len(sample.data)} bytes, came back; libavcodec {_libavcodec()}"


def _libavcodec() -> str:
    return ".".join(str(part) for part in av.library_versions["libavcodec"])


def _served() -> str:
    return asyncio.run(_heard_ourselves())


async def _heard_ourselves() -> str:
    async def here(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    application = web.Application()
    application.router.add_get("/", here)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, _HOST, 0)
        await site.start()
        _, port = runner.addresses[0][:2]
        async with (
            ClientSession(timeout=ClientTimeout(_SECONDS)) as session,
            session.get(f"http://{_HOST}:{port}/") as answer,
        ):
            return f"{_HOST} answers: {await answer.text()}"
    finally:
        await runner.cleanup()


def _commands() -> str:
    for line in TABLE:
        line.load()
    importlib.import_module("agent_client.start")  # what the icon starts with
    return ", ".join(line.name for line in TABLE)


def _uploader() -> str:
    program = Path(uploader_command(())[0])
    if not os.access(program, os.X_OK):
        raise FileNotFoundError(f"{program} is not there")
    return str(program)
