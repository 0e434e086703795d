"""The desk socket on Windows: a named pipe, peers checked by the user of their process.

Run under Wine, never on Windows itself. The pipe's default access list lets others read at most;
nothing is said before the peer's user is known, and a peer from another computer is refused.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from hashlib import sha256

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes
    from typing import cast

    _PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
    _TOKEN_QUERY = 0x0008
    _TOKEN_USER = 1
    _ERROR_PIPE_LOCAL = 229
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    _kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    _kernel32.OpenProcess.restype = wintypes.HANDLE

    def address(folder: str) -> str:
        """The pipe's name for this state folder, which lies in the user's own profile."""
        return "\\\\.\\pipe\\twinreel-" + sha256(folder.lower().encode()).hexdigest()[:32]

    async def listen(
        folder: str,
        met: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        limit: int,
    ) -> Callable[[], None]:
        """Call `met` for each peer; returns what ends it. OSError if another has the name."""
        make_private(folder)
        loop = cast("asyncio.ProactorEventLoop", asyncio.get_running_loop())

        def protocol() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit, loop), met, loop)

        servers = await loop.start_serving_pipe(protocol, address(folder))

        def end() -> None:
            for server in servers:
                server.close()

        return end

    async def connect(folder: str, limit: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Reach the uploader of this state folder; OSError if nobody listens."""
        loop = cast("asyncio.ProactorEventLoop", asyncio.get_running_loop())
        reader = asyncio.StreamReader(limit, loop)
        transport, protocol = await loop.create_pipe_connection(
            lambda: asyncio.StreamReaderProtocol(reader, loop=loop), address(folder)
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    def is_own(writer: asyncio.StreamWriter) -> bool:
        """Whether the process at the other end is on this computer and belongs to this user."""
        pipe = wintypes.HANDLE(writer.get_extra_info("pipe").handle)
        if _is_server(pipe) and _is_remote(pipe):
            return False
        process = wintypes.ULONG()
        ask = (
            _kernel32.GetNamedPipeClientProcessId
            if _is_server(pipe)
            else _kernel32.GetNamedPipeServerProcessId
        )
        if not ask(pipe, ctypes.byref(process)):
            return False
        peer = _kernel32.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, 0, process.value)
        if not peer:
            return False  # another user's process
        try:
            return _user(peer) == _user(_kernel32.GetCurrentProcess())
        finally:
            _kernel32.CloseHandle(wintypes.HANDLE(peer))

    def make_private(folder: str) -> None:
        """The folder; %LOCALAPPDATA% is the user's own by its access list."""
        import os  # noqa: PLC0415  # needed on this system alone

        os.makedirs(folder, exist_ok=True)

    def _is_remote(pipe: wintypes.HANDLE) -> bool:
        """Whether whoever connected is not known to be on this computer."""
        try:
            ask = _kernel32.GetNamedPipeClientComputerNameW
        except AttributeError:  # Wine, whose pipes no other computer can reach
            return False
        name = ctypes.create_unicode_buffer(256)
        found = ask(pipe, name, ctypes.sizeof(name))
        return bool(found) or ctypes.get_last_error() != _ERROR_PIPE_LOCAL

    def _is_server(pipe: wintypes.HANDLE) -> bool:
        flags = wintypes.DWORD()
        _kernel32.GetNamedPipeInfo(pipe, ctypes.byref(flags), None, None, None)
        return bool(flags.value & 1)  # PIPE_SERVER_END

    def _user(process: int) -> str:
        """The user of a process, as a security identifier; OSError if it may not be known."""
        token = wintypes.HANDLE()
        if not _advapi32.OpenProcessToken(
            wintypes.HANDLE(process), _TOKEN_QUERY, ctypes.byref(token)
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            held = ctypes.create_string_buffer(256)
            size = wintypes.DWORD()
            if not _advapi32.GetTokenInformation(
                token, _TOKEN_USER, held, ctypes.sizeof(held), ctypes.byref(size)
            ):
                raise ctypes.WinError(ctypes.get_last_error())
            identifier = ctypes.cast(held, ctypes.POINTER(ctypes.c_void_p))[0]
            text = wintypes.LPWSTR()
            if not _advapi32.ConvertSidToStringSidW(
                ctypes.c_void_p(identifier), ctypes.byref(text)
            ):
                raise ctypes.WinError(ctypes.get_last_error())
            try:
                return str(text.value)
            finally:
                _kernel32.LocalFree(text)
        finally:
            _kernel32.CloseHandle(token)
