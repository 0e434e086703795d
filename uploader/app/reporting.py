"""The loop that tells central at once what goes on here: state, answers to orders, codes, words.

Unlike what `tending` tells, none of it is kept on disk: only what is true now is worth telling.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

import msgspec

from contract.bridge import DESK_PAIR, DESK_STATE, DeskPair
from contract.protocol import ANSWERS, STATE, DeskState, OrderAnswer
from uploader.app.standing import Board
from uploader.core import Verdict, wait
from uploader.desk import Answered, PagePaired, State, ToBridge
from uploader.link import CentralError, Link, RefusedError

logger = logging.getLogger(__name__)

_JSON = {"Content-Type": "application/json"}
_STATE_SECONDS = 1.0  # between two states
_AGAIN_SECONDS = 60.0  # in a call the same is told again: central sees that the desk is there
_ANSWER_SECONDS = 30.0  # an answer that is older helps nobody
_ANSWERS = 100
_REST_SECONDS = 2.0  # until there is a credential
_LONGEST_SECONDS = 15.0  # between two tries
_REASONS = {400: "wrong-code", 404: "wrong-code", 429: "locked"}
_chance = secrets.SystemRandom().random


class Reporting:
    """Its methods are called from any thread and never wait; `run` is the loop."""

    def __init__(
        self,
        link: Link,
        *,
        board: Board,
        stop: threading.Event,
        paired: Callable[[PagePaired], None],
    ) -> None:
        """`link` is this loop's own. `paired` takes what became of a code."""
        self._link = link
        self._board = board
        self._stop = stop
        self._paired = paired
        self._news = threading.Event()
        self._lock = threading.Lock()
        self._state = DeskState()
        self._told: DeskState | None = None  # the state that central has
        self._told_at = -_AGAIN_SECONDS
        self._answers: deque[tuple[float, Answered]] = deque(maxlen=_ANSWERS)
        self._code: str | None = None
        self._word: str | None = None  # for the page, not told yet
        self._last_word: str | None = None

    def state(self, state: State) -> None:
        """The client does this now."""
        offset = self._board.now.offset
        told = DeskState(
            agent_id=state.agent_id or "",
            call_id=state.call_id or "",
            doing=state.doing,
            since=None if state.since is None else state.since + offset,
        )
        with self._lock:
            self._state = told
        self._news.set()

    def answered(self, answer: Answered) -> None:
        """The client did, or would not do, what central ordered."""
        with self._lock:
            self._answers.append((time.monotonic(), answer))
        self._news.set()

    def pair(self, code: str) -> None:
        """An agent typed a code; `paired` is told what became of it."""
        with self._lock:
            self._code = code
        self._news.set()

    def word(self, word: ToBridge) -> None:
        """What the page is to show and to do; only the latest counts."""
        with self._lock:
            self._word = self._last_word = word.body
        self._news.set()

    def word_again(self) -> None:
        """A page has come, or central has forgotten: the latest is told again."""
        with self._lock:
            self._word = self._last_word
        self._news.set()

    def run(self) -> None:
        """Until asked to stop."""
        failures = 0
        while not self._stop.is_set():
            if self._board.now.credential is None:
                self._no_code("not-enrolled")
                self._stop.wait(_REST_SECONDS)
                continue
            self._news.clear()
            try:
                self.step()
            except CentralError as error:
                failures += 1
                self._no_code("central-unreachable")
                logger.warning("nothing told, attempt %s: %s", failures, error)
                pause = wait(failures, _chance(), asked=error.asked).total_seconds()
                self._stop.wait(min(pause, _LONGEST_SECONDS))
            else:
                failures = 0
                self._news.wait(self._due_in())

    def step(self) -> None:
        """Tell what there is to tell; CentralError if it has to wait."""
        self._tell_word()
        self._try_code()
        self._answer()
        if self._state_is_due():
            with self._lock:
                state = self._state
            self._tell(STATE, msgspec.json.encode(state))
            self._told, self._told_at = state, time.monotonic()

    def poke(self) -> None:
        """Look whether to stop."""
        self._news.set()

    def _tell_word(self) -> None:
        """The same word, asked for again while it was on its way, is another one to tell."""
        with self._lock:
            word, self._word = self._word, None
        if word is None:
            return
        try:
            self._tell(DESK_STATE, word.encode())
        except CentralError:
            with self._lock:
                self._word = word if self._word is None else self._word
            raise

    def _try_code(self) -> None:
        with self._lock:
            code = self._code
        if code is None:
            return
        body = msgspec.json.encode(DeskPair(code=code))
        try:
            self._link.ask("POST", DESK_PAIR, headers=_JSON, body=body)
        except RefusedError as error:
            if error.status not in _REASONS and _comes_back(error):
                raise
            self._outcome(
                code, PagePaired(paired=False, reason=_REASONS.get(error.status, "refused"))
            )
        else:
            self._outcome(code, PagePaired(paired=True))

    def _no_code(self, reason: str) -> None:
        with self._lock:
            code = self._code
        if code is not None:
            self._outcome(code, PagePaired(paired=False, reason=reason))

    def _outcome(self, code: str, outcome: PagePaired) -> None:
        with self._lock:
            if self._code == code:
                self._code = None
        self._paired(outcome)

    def _answer(self) -> None:
        while self._answers:
            came, answer = self._answers[0]
            if time.monotonic() - came < _ANSWER_SECONDS:
                told = OrderAnswer(
                    number=answer.number,
                    granted=answer.granted,
                    reason=answer.reason,
                    text=answer.text,
                )
                self._tell(ANSWERS, msgspec.json.encode(told))
            with self._lock:
                if self._answers and self._answers[0] == (came, answer):
                    self._answers.popleft()

    def _state_is_due(self) -> bool:
        return self._due_in() == 0

    def _due_in(self) -> float | None:
        """Seconds until the state has to be told; None: not before there is another one."""
        since = time.monotonic() - self._told_at
        if self._told != self._state:
            return max(0.0, _STATE_SECONDS - since)
        return None if self._told.doing == "idle" else max(0.0, _AGAIN_SECONDS - since)

    def _tell(self, path: str, body: bytes) -> None:
        """What central would not take even later is given up."""
        try:
            self._link.ask("POST", path, headers=_JSON, body=body)
        except RefusedError as error:
            if _comes_back(error):
                raise
            logger.warning("central takes no %s: %s", path, error)


def _comes_back(error: RefusedError) -> bool:
    """Whether it was not central that spoke, or it would take the same later."""
    later = {Verdict.SIGN_IN, Verdict.RETRY, Verdict.THROTTLED}
    return not error.error or error.verdict in later
