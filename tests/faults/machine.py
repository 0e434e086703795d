"""A desk's spool and uploader against a false central, in every order that hypothesis thinks of.

Rules record, send, plan faults, kill, and set the clock ahead; whatever was done, no recording may
be lost, doubled or damaged, and in the end each is away.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contract.manifest import Canvas, EndReason
from contract.protocol import Receipt, issue
from tests.faults.dying import Clock, DiedError, die_at
from tests.faults.oracle import SAFE, Fate, Oracle, Recorded, from_memory
from tests.faults.spool_work import sending_to
from tests.faults.wrong_answers import BLAMING, FAULTS, REFUSALS, Act
from tests.uploader.false_central import Apply, FalseCentral, Handler
from tests.uploader.recordings import opening, spooled
from tests.uploader.spool.staging import sent_ids
from uploader.app.sending import Sending
from uploader.spool import RecordingFolder, Spool

_ENDED = 60  # steps until all must be away, once nothing is wrong any more
_SECOND = timedelta(seconds=1)
_NOON = "2026-11-22T12:00:00.000000Z"


class DeskAndCentral(RuleBasedStateMachine):
    """Both, and everything that may happen to them."""

    def done(self) -> None:
        """An example came to its end."""

    @initialize()
    def begin(self) -> None:
        logging.disable()
        self._stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="twinreel-machine-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.root = self.folder / "spool"
        self.oracle = Oracle()
        self.clock = Clock()
        patch = self._stack.enter_context(pytest.MonkeyPatch.context())
        for name, module in list(sys.modules.items()):
            if name.startswith("uploader") and getattr(module, "time", None) is time:
                patch.setattr(module, "time", self.clock)
        self.central = FalseCentral()
        self.central.devices["desk-1"] = "s"
        self.honest = self.central.sign_receipt
        self._stack.enter_context(self.central.serving())
        self.blamed = set[str]()  # recordings that central's own words blamed
        self.open: list[tuple[RecordingFolder, dict[str, str]]] = []
        self.starts()
        self.records([1000], details=False)

    # The client.

    @rule(sizes=st.lists(st.integers(1, 200_000), min_size=1, max_size=3), details=st.booleans())
    def records(self, sizes: list[int], details: bool) -> None:  # noqa: FBT001  # drawn
        seed = len(self.oracle.recorded) + 1
        recording_id = spooled(self.spool, *sizes, details=30 if details else None, seed=seed)
        self.oracle.note(self.root, recording_id)

    @precondition(lambda self: len(self.open) < 3)
    @rule()
    def begins_to_record(self) -> None:
        folder = self.spool.create(opening())
        folder.fix_canvas(Canvas(640, 480, ((0, 0, 640, 480),)))
        self.open.append((folder, {}))

    @precondition(lambda self: self.open)
    @rule(size=st.integers(1, 100_000))
    def closes_a_segment(self, size: int) -> None:
        folder, files = self.open[0]
        content = os.urandom(size)
        segment = folder.segment(len(files) * _SECOND)
        segment.append(content, _SECOND, 5)
        folder.close_segment(segment.closed(_SECOND, 5))
        files[f"{len(files):03}.seg"] = sha256(content).hexdigest()

    @precondition(lambda self: self.open and self.open[0][1])
    @rule()
    def ends_a_recording(self) -> None:
        folder, files = self.open.pop(0)
        folder.finish(len(files) * _SECOND, EndReason.WRAPPED_UP, [], None)
        self.oracle.note(self.root, folder.recording_id)

    @rule()
    def the_client_dies_and_salvages(self) -> None:
        for folder, files in self.open:
            folder.abandon()
            if files:
                self.oracle.acknowledged(Recorded(folder.recording_id, dict(files)))
        self.open.clear()
        self.spool.salvage_all()

    # The uploader.

    @rule(seconds=st.sampled_from([0, 60, 1000]), times=st.integers(1, 8))
    def sends(self, seconds: int, times: int) -> None:
        for _ in range(times):
            self.clock.ahead += seconds
            self.sending.step()

    @rule()
    def is_told_to_send_now(self) -> None:
        for _ in range(3):
            self.sending.hurry()
            self.sending.step()

    @rule(last=st.integers(1, 60))
    def dies_while_it_sends(self, last: int) -> None:
        """At one of its next calls to the disk; a write is then half done."""
        with pytest.MonkeyPatch.context() as patch:
            die_at(patch, last)
            with suppress(DiedError):
                self.sending.hurry()
                self.sending.step()
        self.starts()

    @rule()
    def starts(self) -> None:
        self.spool = Spool(self.root, ballast_bytes=0, reserve_bytes=0)
        self.spool.tidy()
        self.sending: Sending = sending_to(
            self.central.url, self.central.policy, self.central.root_key, self.spool
        )

    @rule(seconds=st.sampled_from([1, 10, 60, 900, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.ahead += seconds

    @rule()
    def a_person_sends_again_what_was_set_aside(self) -> None:
        for one in self.spool.quarantined():
            self.spool.release(one.recording_id)

    # Central, and the way to it.

    @rule(
        kind=st.sampled_from(sorted(FAULTS)),
        what=st.sampled_from(
            [("POST", "/uploads"), ("PATCH", "/"), ("POST", "/rec"), ("HEAD", "/"), ("*", "/")]
        ),
        times=st.integers(1, 3),
        after=st.integers(0, 3),
    )
    def goes_wrong(self, kind: str, what: tuple[str, str], times: int, after: int) -> None:
        act = self._blaming(FAULTS[kind]) if kind in BLAMING else FAULTS[kind]
        self.central.fail(*what, act, times=times, after=after)

    @rule(kind=st.sampled_from(sorted(REFUSALS)))
    def refuses(self, kind: str) -> None:
        self.central.fail("POST", "/rec", self._blaming(REFUSALS[kind]))

    @rule(lie=st.sampled_from([0, -1, 1, -100_000, 1 << 40]))
    def lies_about_offsets(self, lie: int) -> None:
        self.central.offset_lie = lie

    @rule(most=st.sampled_from([1 << 40, 64 * 1024, 100_000]))
    def takes_no_more_at_once(self, most: int) -> None:
        self.central.largest_chunk = most

    @rule(share=st.floats(0, 1))
    def loses_what_it_did_not_sync(self, share: float) -> None:
        """What was acknowledged as a part, which no receipt covers."""
        with self.central.lock:
            for upload in self.central.uploads.values():
                del upload.content[int(len(upload.content) * share) :]

    @rule()
    def forgets_uploads(self) -> None:
        with self.central.lock:
            self.central.uploads.clear()

    @rule(wrong=st.sampled_from(["", "key", "digest", "size", "recording"]))
    def signs_receipts(self, wrong: str) -> None:
        self.central.sign_receipt = self._signing(wrong)

    # What must be true, whatever was done.

    @invariant()
    def nothing_is_lost_doubled_or_damaged(self) -> None:
        if not hasattr(self, "oracle"):
            return
        with self.central.lock:
            judged = self.oracle.judge(self.root, from_memory(self.central.taken))
            takes = dict(self.central.takes)
        for one in judged:
            aside = one.fate is Fate.ASIDE and one.recording_id in self.blamed
            assert aside or one.fate in SAFE, one
        assert all(times == 1 for times in takes.values())
        noted = sent_ids(self.root)
        for recording_id in self.oracle.recorded:
            if not self._is_here(recording_id):
                assert noted.count(recording_id) == 1, "it left, and sent.jsonl does not say so"

    def teardown(self) -> None:
        """Nothing is wrong any more: all gets away."""
        if not hasattr(self, "oracle"):
            return
        try:
            self._all_gets_away()
            self.nothing_is_lost_doubled_or_damaged()
            self.done()
        finally:
            self._stack.close()
            logging.disable(logging.NOTSET)

    def _all_gets_away(self) -> None:
        self.the_client_dies_and_salvages()
        self.central.faults.clear()
        self.central.offset_lie, self.central.largest_chunk = 0, 1 << 40
        self.central.sign_receipt = self.honest
        self.starts()  # a secret that was refused is asked for anew
        for _ in range(_ENDED):
            self.a_person_sends_again_what_was_set_aside()
            if not self.spool.waiting():
                break
            self.clock.ahead += 90_000
            self.sending.step()
        fates = self.oracle.judge(self.root, from_memory(self.central.taken))
        assert {one.fate for one in fates} <= {Fate.CENTRAL}, fates
        assert self.spool.waiting() == []

    def _is_here(self, recording_id: str) -> bool:
        return any((at / recording_id).exists() for at in (self.root, self.root / "quarantine"))

    def _blaming(self, act: Act) -> Act:
        """As `act`, and whoever is sent just then may be set aside for it."""

        def blaming(handler: Handler, apply: Apply) -> None:
            if self.sending._sends is not None:
                self.blamed.add(self.sending._sends)
            act(handler, apply)

        return blaming

    def _signing(self, wrong: str) -> Callable[[Receipt], bytes]:
        def sign(receipt: Receipt) -> bytes:
            match wrong:
                case "key":
                    return issue(receipt, Ed25519PrivateKey.generate())
                case "digest":
                    receipt = Receipt(receipt.recording_id, "0" * 64, receipt.size, _NOON)
                case "size":
                    receipt = Receipt(receipt.recording_id, receipt.sha256, 1, _NOON)
                case "recording":
                    receipt = Receipt("another", receipt.sha256, receipt.size, _NOON)
            return self.honest(receipt)

        return sign
