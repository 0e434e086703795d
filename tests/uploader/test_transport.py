"""A recording to central, over real sockets, whatever happens on the way."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.protocol import Receipt, issue
from tests.uploader.central_faults import answer, cut_after, cut_before, early_hints, said, slowly
from tests.uploader.false_central import Apply, FalseCentral, Handler
from tests.uploader.recordings import contents, files, spooled
from uploader.core import FIRST_CHUNK, SMALLEST_CHUNK, Verdict
from uploader.link import CentralError, Link, RefusedError, UnreachableError
from uploader.spool import Spool
from uploader.transport import ReceiptRefusedError, Stopped, Transport
from uploader.transport.slices import FileSlice

MIB = 1024 * 1024


class Desk:
    """A spool, a transport, and the central that it sends to."""

    def __init__(self, spool: Spool, central: FalseCentral) -> None:
        self.spool = spool
        self.central = central
        central.devices["desk-1"] = "s"
        self.link = Link(
            central.url,
            ssl.create_default_context(),
            lambda: "desk-1.s",
            connect_seconds=20,
            answer_seconds=20,
        )
        self.stopping = False
        self.transport = Transport(
            self.link,
            receipt_keys=lambda: central.receipt_keys,
            stopping=lambda: self.stopping,
        )

    def send(self, recording_id: str) -> Receipt:
        return self.transport.send(
            recording_id, self.spool.manifest_bytes(recording_id), files(self.spool, recording_id)
        )

    def arrived(self, recording_id: str) -> bool:
        """At central, once, byte for byte."""
        _, there = self.central.taken[recording_id]
        return self.central.takes[recording_id] == 1 and there == contents(self.spool, recording_id)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On a network that is quick, however busy this machine is."""
    monkeypatch.setattr("uploader.transport._QUICK_SECONDS", 600.0)
    central = FalseCentral()
    with central.serving():
        desk = Desk(Spool(tmp_path / "spool"), central)
        yield desk
        desk.link.close()


def test_a_recording_arrives_whole_and_the_receipt_says_so(desk: Desk) -> None:
    recording_id = spooled(desk.spool, 3 * MIB, 0, 70_000, details=500)
    receipt = desk.send(recording_id)
    assert receipt.recording_id == recording_id
    assert receipt.size == 3 * MIB + 70_500
    assert desk.arrived(recording_id)


def test_a_recording_without_segments_arrives(desk: Desk) -> None:
    recording_id = spooled(desk.spool)
    assert desk.send(recording_id).size == 0


def test_sending_twice_costs_one_question(desk: Desk) -> None:
    recording_id = spooled(desk.spool, 1000)
    desk.send(recording_id)
    before = len(desk.central.requests)
    desk.send(recording_id)
    assert desk.central.requests[before:] == [("POST", f"/recordings/{recording_id}")]
    assert desk.arrived(recording_id)


def test_central_says_where_to_go_on(desk: Desk) -> None:
    recording_id = spooled(desk.spool, 3 * MIB)
    desk.central.fail("PATCH", "/uploads", answer(500), times=1, after=1)
    with pytest.raises(RefusedError):
        desk.send(recording_id)
    (upload,) = desk.central.uploads.values()
    assert len(upload.content) == FIRST_CHUNK
    patches = desk.central.count("PATCH", "/uploads")
    desk.send(recording_id)
    assert desk.central.count("PATCH", "/uploads") == patches + 1  # the rest, in one chunk
    assert desk.arrived(recording_id)


@pytest.mark.parametrize("method", ["POST", "PATCH", "*"])
@pytest.mark.parametrize("cut", [cut_before, cut_after, early_hints])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_lost_answer_costs_a_question_never_a_copy(
    desk: Desk, method: str, cut: Callable[[Handler, Apply], None], after: int
) -> None:
    recording_id = spooled(desk.spool, 2 * MIB + 5, details=99)
    desk.central.fail(method, "/", cut, after=after)
    for _ in range(3):
        try:
            desk.send(recording_id)
        except UnreachableError:
            continue
        break
    assert desk.arrived(recording_id)
    assert len(desk.central.uploads) == 2


def test_a_chunk_whose_answer_is_lost_is_not_sent_again(desk: Desk) -> None:
    recording_id = spooled(desk.spool, FIRST_CHUNK + 5)
    desk.central.fail("PATCH", "/uploads", cut_after)
    desk.send(recording_id)
    assert desk.central.count("PATCH", "/uploads") == 2
    assert desk.central.count("HEAD", "/uploads") == 1


def test_a_central_that_died_with_the_last_byte_is_made_to_look_at_the_file(desk: Desk) -> None:
    recording_id = spooled(desk.spool, MIB)
    manifest = desk.spool.manifest_bytes(recording_id)
    desk.send(recording_id)
    desk.central.taken.clear()
    desk.central.takes.clear()
    lacking = b'{"missing": ["000.seg"]}'
    desk.central.fail("POST", "/recordings", answer(409, lacking))
    desk.transport.send(recording_id, manifest, files(desk.spool, recording_id))
    assert desk.central.requests[-2][0] == "PATCH"
    assert desk.arrived(recording_id)


def test_another_offset_at_central_is_believed(desk: Desk) -> None:
    recording_id = spooled(desk.spool, 2 * MIB)
    desk.central.fail("PATCH", "/uploads", said(409, "conflict"), times=2)
    desk.send(recording_id)
    assert desk.arrived(recording_id)


def test_an_upload_that_central_forgot_is_created_anew(desk: Desk) -> None:
    recording_id = spooled(desk.spool, 3 * MIB)

    def forget(handler: Handler, apply: Apply) -> None:
        del apply
        desk.central.uploads.clear()
        handler.reply(410)

    desk.central.fail("PATCH", "/uploads", forget, after=1)
    desk.send(recording_id)
    assert desk.arrived(recording_id)


def test_a_proxy_that_takes_only_small_bodies_gets_small_chunks(desk: Desk) -> None:
    desk.central.largest_chunk = 200_000
    recording_id = spooled(desk.spool, MIB)
    desk.send(recording_id)
    assert desk.arrived(recording_id)
    refused = desk.central.count("PATCH", "/uploads")
    second = spooled(desk.spool, MIB)
    desk.send(second)
    assert desk.central.count("PATCH", "/uploads") == refused + MIB // (128 * 1024)  # no 413 again


def test_a_proxy_that_takes_nothing_is_not_blamed_on_the_recording(desk: Desk) -> None:
    desk.central.largest_chunk = SMALLEST_CHUNK - 1
    with pytest.raises(RefusedError) as caught:
        desk.send(spooled(desk.spool, MIB))
    assert not caught.value.blames_the_recording


def test_a_chunk_that_arrives_damaged_is_sent_again(desk: Desk) -> None:
    recording_id = spooled(desk.spool, MIB)
    desk.central.fail("PATCH", "/uploads", said(460, "damaged"), times=2)
    desk.send(recording_id)
    assert desk.arrived(recording_id)


def test_a_file_that_a_quick_network_damaged_is_sent_again_from_its_start(desk: Desk) -> None:
    recording_id = spooled(desk.spool, 24 * MIB)
    proofs: list[bool] = []

    def noted(handler: Handler, apply: Apply) -> None:
        proofs.append("Content-Digest" in handler.headers)
        upload = next(iter(desk.central.uploads.values()))
        if not proofs[-1] and False not in proofs[:-1]:
            upload.content[0] ^= 1  # on its way; no chunk says so
        apply()

    for _ in range(20):
        desk.central.fail("PATCH", "/uploads", noted)
    desk.send(recording_id)
    assert desk.arrived(recording_id)
    assert proofs[:4] == [True, True, True, False]  # 1, 2, 4 MiB; larger ones rest on the file's


def test_a_central_that_always_finds_damage_is_left_alone_after_a_few_rounds(desk: Desk) -> None:
    recording_id = spooled(desk.spool, 3 * MIB)

    def start_again(handler: Handler, apply: Apply) -> None:
        del apply
        next(iter(desk.central.uploads.values())).content.clear()
        handler.reply(460, b'{"error":"damaged","detail":""}')

    for _ in range(10):
        desk.central.fail("PATCH", "/uploads", start_again, after=1)
    with pytest.raises(RefusedError) as caught:
        desk.send(recording_id)
    assert caught.value.blames_the_recording


@pytest.mark.parametrize("lie", [-10, 10, 10**9])
def test_offsets_that_cannot_be_are_no_progress(desk: Desk, lie: int) -> None:
    recording_id = spooled(desk.spool, FIRST_CHUNK)
    desk.central.offset_lie = lie
    try:
        desk.send(recording_id)
    except UnreachableError:
        assert recording_id not in desk.central.taken
    else:
        assert desk.arrived(recording_id)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408, 425])
def test_a_central_that_is_unwell_is_asked_later(desk: Desk, status: int) -> None:
    desk.central.fail("POST", "/uploads", answer(status, Retry_After="7"))
    with pytest.raises(CentralError) as caught:
        desk.send(spooled(desk.spool, 1000))
    assert caught.value.verdict in {Verdict.RETRY, Verdict.THROTTLED}
    assert caught.value.asked is not None
    assert caught.value.asked.total_seconds() == 7


def test_central_refuses_the_whole_recording_with_a_reason(desk: Desk) -> None:
    desk.central.fail("POST", "/recordings", said(422, "unusable"))
    with pytest.raises(RefusedError, match="unusable because") as caught:
        desk.send(spooled(desk.spool, 1000))
    assert caught.value.verdict is Verdict.SET_ASIDE


@pytest.mark.parametrize("status", [400, 404, 405, 422])
def test_an_error_page_that_is_not_centrals_blames_no_recording(desk: Desk, status: int) -> None:
    desk.central.fail("POST", "/recordings", answer(status, b"<html>No such site</html>"))
    with pytest.raises(RefusedError) as caught:
        desk.send(spooled(desk.spool, 1000))
    assert not caught.value.blames_the_recording
    assert caught.value.verdict is not Verdict.SET_ASIDE


def test_another_file_under_the_same_key_is_refused(desk: Desk) -> None:
    desk.central.fail("POST", "/uploads", said(409, "conflict"))
    with pytest.raises(RefusedError) as caught:
        desk.send(spooled(desk.spool, 1000))
    assert caught.value.blames_the_recording


def test_a_credential_that_is_refused_is_no_fault_of_the_recording(desk: Desk) -> None:
    desk.central.devices["desk-1"] = "another"
    with pytest.raises(RefusedError) as caught:
        desk.send(spooled(desk.spool, 1000))
    assert caught.value.verdict is Verdict.SIGN_IN
    assert not caught.value.blames_the_recording


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"missing": []}', b'{"missing": ["../x"]}', b"\xff", b"1"]
)
@pytest.mark.parametrize("status", [200, 409])
def test_an_answer_that_central_would_not_give_is_no_receipt(
    desk: Desk, status: int, body: bytes
) -> None:
    desk.central.fail("POST", "/recordings", answer(status, body), times=99)
    with pytest.raises(CentralError):
        desk.send(spooled(desk.spool, 1000))


def test_a_receipt_signed_by_another_is_refused(desk: Desk) -> None:
    stranger = Ed25519PrivateKey.generate()
    desk.central.sign_receipt = lambda receipt: issue(receipt, stranger)
    with pytest.raises(ReceiptRefusedError):
        desk.send(spooled(desk.spool, 1000))


def test_a_receipt_whose_signature_is_bent_is_refused(desk: Desk) -> None:
    key = desk.central.receipt_key
    desk.central.sign_receipt = lambda receipt: issue(receipt, key).replace(b"T12:00", b"T12:01")
    with pytest.raises(ReceiptRefusedError, match="signature"):
        desk.send(spooled(desk.spool, 1000))


@pytest.mark.parametrize(
    "other",
    [
        lambda one: Receipt("0" * 8 + one.recording_id[8:], one.sha256, one.size, one.stored_at),
        lambda one: Receipt(one.recording_id, "0" * 64, one.size, one.stored_at),
        lambda one: Receipt(one.recording_id, one.sha256, one.size - 1, one.stored_at),
    ],
)
def test_a_signed_receipt_for_something_else_is_refused(
    desk: Desk, other: Callable[[Receipt], Receipt]
) -> None:
    key = desk.central.receipt_key
    desk.central.sign_receipt = lambda receipt: issue(other(receipt), key)
    with pytest.raises(ReceiptRefusedError, match="another"):
        desk.send(spooled(desk.spool, 1000))


def test_a_slow_central_is_waited_for_only_so_long(desk: Desk) -> None:
    hasty = Link(
        desk.central.url,
        ssl.create_default_context(),
        lambda: "desk-1.s",
        connect_seconds=0.3,
        answer_seconds=0.3,
    )
    transport = Transport(hasty, receipt_keys=lambda: desk.central.receipt_keys)
    recording_id = spooled(desk.spool, FIRST_CHUNK)
    desk.central.fail("*", "/", slowly(1.5), times=99, after=2)
    with pytest.raises(UnreachableError):
        transport.send(
            recording_id, desk.spool.manifest_bytes(recording_id), files(desk.spool, recording_id)
        )
    desk.central.faults.clear()
    hasty.close()
    desk.send(recording_id)
    assert desk.arrived(recording_id)


def test_a_request_to_stop_is_heard_between_chunks(desk: Desk) -> None:
    desk.stopping = True
    with pytest.raises(Stopped):
        desk.send(spooled(desk.spool, 1000))


def test_a_body_is_sent_block_by_block_and_knows_its_length(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    with path.open("rb") as file:
        body = FileSlice(file, 10, 50, block=20)
        assert len(body) == 50
        for _ in range(2):  # it may be sent again
            assert [*body] == [
                bytes(range(10, 30)),
                bytes(range(30, 50)),
                bytes(range(50, 60)),
            ]
