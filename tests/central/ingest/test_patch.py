import base64
import hashlib
import socket
import uuid
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from contract.protocol import repr_digest
from tests.central.serving import BYTES, Central, Desk, eventually, manifest_of

_SHA1 = bytes.fromhex("11904a4e8b77f6242e2d288705023adad00a9310")  # of 01234
CONTENT = bytes(range(256)) * 8192  # 2 MiB


def _created(desk: Desk, content: bytes = CONTENT) -> str:
    return desk.created(f"{uuid.uuid4()}/000.seg", content)


def _begun(
    desk: Desk, location: str, content: bytes, length: int, offset: int = 0
) -> socket.socket:
    """A PATCH that announced `length` bytes and then sent only these."""
    parts = urlsplit(location)
    connection = socket.create_connection((parts.hostname, parts.port))
    head = (
        f"PATCH {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nTus-Resumable: 1.0.0\r\n"
        f"Authorization: Bearer {desk.device_id}.{desk.secret}\r\nContent-Type: {BYTES}\r\n"
        f"Upload-Offset: {offset}\r\nContent-Length: {length}\r\n\r\n"
    )
    connection.sendall(head.encode() + content)
    return connection


def _stored(central: Central, location: str) -> Path:
    upload_id = location.rsplit("/", 1)[-1]
    return next(central.folder.rglob(upload_id))


def test_bytes_in_pieces_become_the_file(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk)
    offset = 0
    while offset < len(CONTENT):
        piece = CONTENT[offset : offset + 700_000]
        answer = desk.patch(location, piece, offset)
        offset += len(piece)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(offset))
    assert _stored(central, location).read_bytes() == CONTENT


@pytest.mark.parametrize("offset", [0, 4, 6, 10])
def test_a_wrong_offset_changes_nothing(central: Central, offset: int) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    desk.patch(location, b"01234", 0)
    answer = desk.patch(location, b"x", offset)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "5")
    assert _stored(central, location).read_bytes() == b"01234"


def test_a_cut_patch_keeps_what_came_and_goes_on_from_there(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk)
    _begun(desk, location, CONTENT[:1_300_000], len(CONTENT)).close()
    eventually(lambda: _stored(central, location).stat().st_size > 1_000_000)
    offset = desk.offset(location)  # what lay in the socket when it was cut may be lost
    assert 1_000_000 < offset <= 1_300_000
    assert desk.patch(location, CONTENT[offset:], offset).status_code == 204
    assert _stored(central, location).read_bytes() == CONTENT


def _ended(hung: socket.socket) -> bool:
    """Told so; or cut off, when central closed before it had read all that was on its way."""
    try:
        answer = hung.recv(1000)
    except ConnectionResetError:
        return True
    return answer == b"" or answer.startswith(b"HTTP/1.1 409")


def test_a_new_request_ends_an_older_one_that_hangs(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk)
    with _begun(desk, location, CONTENT[:100_000], len(CONTENT)) as hung:
        stored = _stored(central, location)

        def goes_on() -> bool:  # from wherever the older one was when it was ended
            offset = desk.offset(location)
            return desk.patch(location, CONTENT[offset:], offset).status_code == 204

        assert eventually(goes_on)
        assert _ended(hung)
    assert stored.read_bytes() == CONTENT


def test_more_than_was_announced_is_refused_and_not_kept(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    assert desk.patch(location, b"0123456789abc", 0).status_code == 413
    assert desk.offset(location) == 0


def test_an_endless_body_is_refused_and_not_kept(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    answer = desk.session.patch(
        location,
        data=iter([b"01234", b"56789", b"abc"]),  # chunked: no length is announced
        headers={
            "Authorization": f"Bearer {desk.device_id}.{desk.secret}",
            "Tus-Resumable": "1.0.0",
            "Content-Type": BYTES,
            "Upload-Offset": "0",
        },
        timeout=60,
    )
    assert answer.status_code == 413
    assert desk.offset(location) == 0


@pytest.mark.parametrize(
    "digest",
    [
        {"Content_Digest": repr_digest(hashlib.sha256(b"01234").hexdigest())},
        {"Upload_Checksum": "sha1 " + base64.b64encode(_SHA1).decode()},
        {
            "Upload_Checksum": "sha256 "
            + base64.b64encode(hashlib.sha256(b"01234").digest()).decode()
        },
    ],
)
def test_bytes_that_changed_on_their_way_are_dropped(
    central: Central, digest: dict[str, str]
) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    assert desk.patch(location, b"0123X", 0, **digest).status_code == 460
    assert desk.offset(location) == 0
    assert desk.patch(location, b"01234", 0, **digest).status_code == 204


@pytest.mark.parametrize("start", [0, 5])
def test_what_was_dropped_is_in_no_sum_of_the_whole(central: Central, start: int) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    if start:
        assert desk.patch(location, b"01234", 0).status_code == 204
    rest = b"0123456789"[start:]
    promised = repr_digest(hashlib.sha256(rest).hexdigest())
    wrong = desk.patch(location, rest[::-1], start, Content_Digest=promised)
    assert wrong.status_code == 460
    whole = desk.patch(location, rest, start, Content_Digest=promised)
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (204, "10")


def test_an_unknown_checksum_is_refused(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    assert desk.patch(location, b"01234", 0, Upload_Checksum="md5 AAAA").status_code == 400


def test_a_file_that_is_not_the_promised_one_starts_again(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    assert desk.patch(location, b"01234X6789", 0).status_code == 460
    assert desk.offset(location) == 0
    assert desk.patch(location, b"0123456789", 0).status_code == 204


def test_an_empty_patch_makes_central_look_at_a_whole_file(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    desk.patch(location, b"0123456789", 0)
    answer = desk.patch(location, b"", 10)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "10")


def test_a_full_file_that_nobody_looked_at_is_completed_when_asked_for(
    own_central: Central,
) -> None:
    desk = own_central.enrol()
    recording_id = uuid.uuid4()
    keys = {"HEAD": f"{recording_id}/000.seg", "POST": f"{recording_id}/001.seg"}
    locations = {ask: desk.created(key, b"0123456789") for ask, key in keys.items()}
    bad = desk.created(f"{uuid.uuid4()}/000.seg", b"0123456789")
    own_central.kill()  # as if it had died when the last byte was on the disk
    for location in locations.values():
        _stored(own_central, location).write_bytes(b"0123456789")
    _stored(own_central, bad).write_bytes(b"01234X6789")
    own_central.start()
    assert desk.offset(locations["HEAD"]) == 10
    assert desk.create(keys["POST"], b"0123456789").headers["Upload-Offset"] == "10"
    assert desk.offset(bad) == 0
    files = [b"0123456789", b"0123456789"]
    manifest = replace(manifest_of(desk, files), recording_id=str(recording_id))
    answer = desk.finish(manifest)
    assert (answer.status_code, answer.json()["detail"]) == (422, "000.seg: not a sealed file")


def test_another_content_type_is_refused(central: Central) -> None:
    desk = central.enrol()
    location = _created(desk, b"0123456789")
    answer = desk.tus("PATCH", location, b"x", Upload_Offset="0", Content_Type="text/plain")
    assert answer.status_code == 415


def test_a_killed_central_goes_on_with_what_it_had_acknowledged(own_central: Central) -> None:
    desk = own_central.enrol()
    location = _created(desk)
    assert desk.patch(location, CONTENT[:500_000], 0).status_code == 204
    with _begun(desk, location, CONTENT[500_000:1_500_000], 1_500_000, offset=500_000):
        stored = _stored(own_central, location)
        eventually(lambda: stored.stat().st_size > 500_000)
        own_central.kill()
    own_central.start()
    offset = desk.offset(location)
    assert 500_000 <= offset <= 1_500_000
    assert desk.patch(location, CONTENT[offset:], offset).status_code == 204
    assert stored.read_bytes() == CONTENT
