"""Other people's tus parts: a server to the uploader, clients to central.

What a plain tus server lacks is a receipt, so nothing is deleted; what a plain tus client lacks is
a digest of the whole file, so that it is the manifest that proves it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import aiotus
import pytest
from tusclient.client import TusClient

from tests.agent_client.workspace.bayeux_staging import node_modules
from tests.central.serving import Central, Desk, manifest_of, sealed
from tests.uploader.recordings import contents, files, spooled
from uploader.link import CentralError, Link, trust
from uploader.spool import Spool
from uploader.transport import Transport

pytestmark = pytest.mark.e2e

_PEERS = Path(__file__).parent / "peers"
_MIB = 1024 * 1024


def _node(*words: str | Path) -> list[str]:
    node = shutil.which("node")
    assert node, "node is missing: `make setup` installs it"
    return [node, "--preserve-symlinks", "--preserve-symlinks-main", *map(str, words)]


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages, under the one name under which they find each other."""
    link = tmp_path_factory.mktemp("peers") / "node_modules"
    link.symlink_to(node_modules(_PEERS))
    return link


@contextmanager
def _tus_server(modules: Path, folder: Path, kind: str) -> Iterator[str]:
    folder.mkdir()
    with subprocess.Popen(
        _node(_PEERS / "server.mjs", modules, folder, kind),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.kill()


def _sent(url: str, spool: Spool, recording_id: str) -> CentralError:
    """What is said of it."""
    transport = Transport(Link(url, trust(None), lambda: "desk-1.s"), receipt_keys=dict)
    with pytest.raises(CentralError) as caught:
        transport.send(recording_id, spool.manifest_bytes(recording_id), files(spool, recording_id))
    return caught.value


def test_a_plain_tus_server_takes_each_file_whole_and_without_a_receipt_none_is_deleted(
    tmp_path: Path, modules: Path
) -> None:
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    recording_id = spooled(spool, 3 * _MIB, 10, details=100)
    wanted = contents(spool, recording_id)
    with _tus_server(modules, tmp_path / "there", "asking") as url:
        for _ in range(2):  # the second time all is there
            assert _sent(url, spool, recording_id).code == "central-confused"
    there = tmp_path / "there"
    assert {name: (there / f"{recording_id}_{name}").read_bytes() for name in wanted} == wanted
    assert spool.waiting() == [recording_id]
    assert contents(spool, recording_id) == wanted


def test_an_upload_that_was_cut_goes_on_at_a_plain_tus_server_where_it_was(
    tmp_path: Path, modules: Path
) -> None:
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    recording_id = spooled(spool, 3 * _MIB)
    wanted = contents(spool, recording_id)["000.seg"]
    with _tus_server(modules, tmp_path / "there", "asking") as url:
        headers = {"Idempotency-Key": f"{recording_id}/000.seg"}
        begun = TusClient(f"{url}/uploads", headers=headers).uploader(
            file_stream=BytesIO(wanted), chunk_size=_MIB, metadata={"filename": "000.seg"}
        )
        begun.upload(stop_at=_MIB)
        _sent(url, spool, recording_id)
    assert (tmp_path / "there" / f"{recording_id}_000.seg").read_bytes() == wanted


def test_what_knows_no_recordings_gets_nothing_and_is_said_not_to_be_central(
    tmp_path: Path, modules: Path
) -> None:
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    recording_id = spooled(spool, 1000)
    with _tus_server(modules, tmp_path / "there", "bare") as url:
        assert _sent(url, spool, recording_id).code == "central-confused"
    assert list((tmp_path / "there").iterdir()) == []
    assert spool.waiting() == [recording_id]


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    central = Central(tmp_path_factory.mktemp("central") / "data", "worker_inline = false\n")
    central.start()
    yield central
    central.kill()


def _credential(desk: Desk) -> dict[str, str]:
    return {"Authorization": f"Bearer {desk.device_id}.{desk.secret}"}


def _by_tuspy(desk: Desk, metadata: dict[str, str], content: bytes, _modules: Path) -> None:
    """In three parts, of which the last is sent by another process that knows the address."""
    client = TusClient(f"{desk.central.url}/uploads", headers=_credential(desk))
    chunk = len(content) // 3 + 1
    first = client.uploader(
        file_stream=BytesIO(content), chunk_size=chunk, metadata=metadata, upload_checksum=True
    )
    first.upload(stop_at=chunk)
    rest = client.uploader(file_stream=BytesIO(content), chunk_size=chunk, url=first.url)
    assert rest.offset == chunk
    rest.upload()


async def _by_aiotus(desk: Desk, metadata: dict[str, str], content: bytes, _modules: Path) -> None:
    location = await aiotus.upload(
        f"{desk.central.url}/uploads",
        BytesIO(content),
        {name: value.encode() for name, value in metadata.items()},
        headers=_credential(desk),
    )
    assert location is not None


def _by_tus_js_client(desk: Desk, metadata: dict[str, str], content: bytes, modules: Path) -> None:
    file = modules.with_name("file")
    file.write_bytes(content)
    subprocess.run(
        _node(
            _PEERS / "client.mjs",
            modules,
            f"{desk.central.url}/uploads",
            file,
            f"{desk.device_id}.{desk.secret}",
            metadata["recording_id"],
            metadata["filename"],
        ),
        check=True,
        timeout=120,
    )


@pytest.mark.parametrize("send", [_by_tuspy, _by_aiotus, _by_tus_js_client])
async def test_a_plain_tus_client_brings_a_file_and_the_manifest_proves_it(
    modules: Path, central: Central, send: Callable[..., Any]
) -> None:
    desk = central.enrol()
    content = sealed(desk.recipients(), os.urandom(700_000))
    manifest = manifest_of(desk, [content])
    metadata = {"recording_id": manifest.recording_id, "filename": "000.seg"}
    sending = send(desk, metadata, content, modules)
    if sending is not None:
        await sending
    receipt = desk.receipt(desk.finish(manifest))
    assert (receipt.recording_id, receipt.size) == (manifest.recording_id, len(content))
