"""The local socket between client and uploader."""

import asyncio
import json
import os
import queue
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from contract.desk_config import SOCKET
from uploader.desk import (
    Answered,
    BridgeGone,
    Decided,
    DeskClient,
    DeskServer,
    FromBridge,
    FromClient,
    FromUploader,
    Goodbye,
    Hello,
    Kept,
    Masked,
    MaskVoice,
    NoticeRead,
    Ordered,
    PagePaired,
    PairPage,
    Spooled,
    State,
    ToBridge,
    UploadNow,
    Uploads,
    posix,
)
from uploader.desk.messages import line

if sys.platform == "win32":
    pytest.skip("there it is a pipe", allow_module_level=True)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELLO = Hello(version="1", pid=7, command=("twinreel-agent", "--quiet"))
MASK = MaskVoice(call_id="call", agent_id="agent", silent=True, at=NOON)
STATE = State(agent_id="agent", in_call=True, recording_id="r")
WAITING = Uploads(waiting=2, quarantined=0, problem="", connected_to_central=True)


class Uploader:
    """The server's end, and what it heard."""

    def __init__(self, folder: Path) -> None:
        self.heard: queue.Queue[FromClient] = queue.Queue()
        self.gone: queue.Queue[tuple[Hello | None, bool]] = queue.Queue()
        self.server = DeskServer(
            str(folder),
            heard=self.heard.put,
            gone=lambda hello, goodbye: self.gone.put((hello, goodbye)),
            greeting=lambda: (WAITING,),
        )
        self.server.start()

    def hears(self) -> FromClient:
        return self.heard.get(timeout=60)


@contextmanager
def uploader(folder: Path) -> Iterator[Uploader]:
    listening = Uploader(folder)
    try:
        yield listening
    finally:
        listening.server.stop()


class Client:
    """The client's end, and what it was told."""

    def __init__(self, folder: Path) -> None:
        self.told: list[FromUploader] = []
        self.touch: list[bool] = []
        self.desk = DeskClient(
            str(folder), HELLO, heard=self.told.append, touched=self.touch.append
        )
        self.task = asyncio.create_task(self.desk.run())

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():  # noqa: ASYNC110  # what is waited for tells nobody
                await asyncio.sleep(0.01)

    async def leave(self) -> None:
        await self.desk.goodbye()
        await asyncio.wait_for(self.task, 60)


@pytest.mark.parametrize(
    "message",
    [
        HELLO,
        STATE,
        MASK,
        Spooled(recording_id="r"),
        UploadNow(),
        Goodbye(),
        WAITING,
        Ordered(order="pause", number=4),
        Ordered(order="resume", number=5, call_id="call"),
        Masked(call_id="call", silent=True, at=NOON),
        Answered(number=4, granted=False, reason="no-call", text="There is no call."),
        PairPage(code="12345678"),
        PagePaired(paired=False, reason="wrong-code"),
        FromBridge(page="p", body='{"first":1}'),
        ToBridge(page="p", body='{"number":1}'),
        BridgeGone(page="p"),
        Kept(key="k"),
    ],
)
def test_each_message_is_one_line_with_its_kind(message: FromClient | FromUploader) -> None:
    text = line(message)
    assert text.count(b"\n") == 1
    assert text.endswith(b"\n")
    assert "kind" in json.loads(text)


async def test_both_sides_hear_each_other(tmp_path: Path) -> None:
    with uploader(tmp_path) as there:
        client = Client(tmp_path)
        assert await asyncio.to_thread(there.hears) == HELLO
        client.desk.send(Spooled(recording_id="r"))
        assert await asyncio.to_thread(there.hears) == Spooled(recording_id="r")
        there.server.send(Ordered(order="pause", number=4))
        await client.until(lambda: Ordered(order="pause", number=4) in client.told)
        assert client.told[0] == WAITING
        await client.leave()
        assert await asyncio.to_thread(there.hears) == Goodbye()


async def test_only_the_user_may_open_the_socket(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o755)
    with uploader(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "desk.sock").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can play another user")
async def test_a_process_of_another_user_is_not_heard(tmp_path: Path) -> None:
    with uploader(tmp_path) as there:
        path = tmp_path / "desk.sock"
        path.chmod(0o666)
        for folder in (tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o755)
        intruder = await asyncio.create_subprocess_exec(
            "python3",
            "-c",
            "import socket,sys; s=socket.socket(socket.AF_UNIX); s.settimeout(60);"
            "s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode());"
            "print(len(s.recv(100)))",
            str(path),
            line(MASK).decode(),
            user=65534,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await asyncio.wait_for(intruder.communicate(), 60)
        assert said in {b"0\n", b""}  # closed, or reset, before a word was said
        assert there.heard.empty()


async def test_a_client_that_quits_says_goodbye_and_one_that_dies_does_not(
    tmp_path: Path,
) -> None:
    with uploader(tmp_path) as there:
        polite = Client(tmp_path)
        await polite.until(lambda: polite.touch == [True])
        await polite.leave()
        assert await asyncio.to_thread(there.gone.get, timeout=60) == (HELLO, True)
        killed = Client(tmp_path)
        await killed.until(lambda: killed.touch == [True])
        killed.task.cancel()
        assert await asyncio.to_thread(there.gone.get, timeout=60) == (HELLO, False)


async def test_the_goodbye_is_heard_though_the_uploader_speaks_at_that_moment(
    tmp_path: Path,
) -> None:
    with uploader(tmp_path) as there:
        client = Client(tmp_path)
        await client.until(lambda: client.told == [WAITING])
        loop = there.server._loop
        assert loop is not None
        loop.call_soon_threadsafe(time.sleep, 0.5)  # and then it speaks before it reads
        there.server.send(WAITING)
        await client.leave()
        assert await asyncio.to_thread(there.gone.get, timeout=60) == (HELLO, True)


async def test_a_client_that_quits_while_it_connects_says_no_hello(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knocked, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly(folder: str, limit: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        ends = await posix.connect(folder, limit)
        knocked.set()
        await goes_on.wait()
        return ends

    monkeypatch.setattr("uploader.desk.client.connect", slowly)
    with uploader(tmp_path) as there:
        client = Client(tmp_path)
        await knocked.wait()
        await client.desk.goodbye()
        goes_on.set()
        await asyncio.wait_for(client.task, 60)
        assert await asyncio.to_thread(there.gone.get, timeout=60) == (None, False)
        assert client.touch == []


def test_a_client_that_dies_as_soon_as_it_said_hello_was_there(tmp_path: Path) -> None:
    with uploader(tmp_path) as other:
        loop = other.server._loop
        assert loop is not None
        loop.call_soon_threadsafe(time.sleep, 0.5)  # the uploader is busy meanwhile
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(tmp_path / SOCKET))
            client.sendall(line(HELLO))
        assert other.gone.get(timeout=60) == (HELLO, False)


async def test_the_client_comes_back_and_says_again_what_is_true(tmp_path: Path) -> None:
    client = Client(tmp_path)
    assert not client.desk.send(STATE)
    assert not client.desk.send(MASK)
    for _ in range(2):
        with uploader(tmp_path) as there:
            heard = [await asyncio.to_thread(there.hears) for _ in range(3)]
            assert heard == [HELLO, STATE, MASK]
    await client.until(lambda: client.touch == [True, False, True, False])
    await client.leave()


async def test_a_mask_is_said_until_the_uploader_has_it(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.desk.send(MASK)
    with uploader(tmp_path) as there:
        await asyncio.to_thread(there.hears)
        assert await asyncio.to_thread(there.hears) == MASK
        there.server.send(Masked(call_id="call", silent=True, at=NOON))
        await client.until(lambda: client.desk.unheard_masks == 0)
    with uploader(tmp_path) as there:
        assert await asyncio.to_thread(there.hears) == HELLO
        client.desk.send(UploadNow())
        assert await asyncio.to_thread(there.hears) == UploadNow()
    await client.leave()


@pytest.mark.parametrize(
    "message",
    [
        NoticeRead(version="2026-1", agent_id="agent", at=NOON),
        Decided(
            call_id="call",
            agent_id="agent",
            at=NOON,
            selected=True,
            bucket=17,
            percentage=Decimal("12.50"),
            salt="s",
            policy_version=3,
        ),
    ],
)
async def test_decisions_and_notices_are_said_until_the_uploader_has_them(
    tmp_path: Path, message: Decided | NoticeRead
) -> None:
    client = Client(tmp_path)
    client.desk.send(message)
    for _ in range(2):
        with uploader(tmp_path) as there:
            assert [await asyncio.to_thread(there.hears) for _ in range(2)] == [HELLO, message]
    with uploader(tmp_path) as there:
        await asyncio.to_thread(there.hears)
        assert await asyncio.to_thread(there.hears) == message
        there.server.send(Kept(key=message.key))
        await client.until(lambda: Kept(key=message.key) in client.told)
    with uploader(tmp_path) as there:
        assert await asyncio.to_thread(there.hears) == HELLO
        client.desk.send(UploadNow())
        assert await asyncio.to_thread(there.hears) == UploadNow()
    await client.leave()


@pytest.mark.parametrize(
    "bad",
    [b"\n", b"{}\n", b'{"kind":"fly"}\n', b"\xff\xfe\n", b"[" * 5000 + b"\n", b'{"kind":"mask"}\n'],
)
async def test_a_bad_line_is_passed_over(tmp_path: Path, bad: bytes) -> None:
    with uploader(tmp_path) as there:
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "desk.sock"))
        writer.write(bad + line(HELLO))
        assert await asyncio.to_thread(there.hears) == HELLO
        writer.close()
        await writer.wait_closed()


async def test_an_endless_line_ends_the_connection_and_nothing_else(tmp_path: Path) -> None:
    with uploader(tmp_path) as there:
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "desk.sock"))
        writer.write(b"x" * 300_000)
        await asyncio.to_thread(there.gone.get, timeout=60)
        writer.close()
        del reader
        client = Client(tmp_path)
        assert await asyncio.to_thread(there.hears) == HELLO
        await client.leave()


def test_a_folder_too_deep_for_a_socket_is_refused_in_words(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    server = DeskServer(str(deep), heard=print, gone=print)
    with pytest.raises(OSError, match="shorter state_dir"):
        server.start()
