"""Which page inside Workspace speaks to which desk through central, and what waits between them.

Kept in memory alone: what a page says holds a caller's data, and is forgotten once its desk has it.
Times are monotonic seconds, given by who calls.

    a page pairs      it gets a token, and a code to be typed at a desk, or, if the token that it
                      had before is good for a desk, is bound to that desk at once
    a desk's agent    types the code: the page is bound to this desk, and takes the place of the
                      page that was bound to it before
    the page says     requests wait, numbered, until the desk has asked for what follows them
    the desk says     only its latest word counts
"""

from __future__ import annotations

import hmac
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from contract.bridge import CODE_SECONDS, HELD_SECONDS

MOST_PAGES = 20_000
MOST_CODES = 2_000  # pages that nobody has typed the code of
MOST_WAITING = 128  # requests of one page
MOST_WAITING_BYTES = 1024**2  # of one page
SILENT_SECONDS = HELD_SECONDS + 20.0  # a page asks all the time; this long without: it is gone
FORGOTTEN_SECONDS = 600.0
HERE_SECONDS = 40.0  # a desk asks for orders all the time
TRIES = 5  # wrong codes of one desk; then it waits
LOCK_SECONDS = 60.0
RATE = 20.0  # requests of a page in a second, over a while
BURST = 60.0
PAIRS_A_MINUTE = 600  # from one address: a site, or a proxy, has one


class TooMany(Exception):
    """Too often, or too much at once: later."""


@dataclass(slots=True, eq=False)
class Page:
    """One page as it was loaded."""

    page: str
    token_sha256: str
    heard: float
    address: str = ""  # where it was loaded
    device_id: str = ""  # "" until a code was typed
    code: str = ""
    code_until: float = 0.0
    replaced: bool = False  # another page of this desk took over
    bye: bool = False
    next: int = 1  # everything below has arrived
    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    budget: float = BURST
    budget_at: float = 0.0

    @property
    def has_spoken(self) -> bool:
        """It speaks through central, and has not only been paired."""
        return self.next > 1

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the desk."""
        return sum(len(said) for _, said in self.waiting)


@dataclass(slots=True)
class Word:
    """What a desk's page is to show: `contract.bridge.ToPage`, as it came."""

    number: int
    page: str  # whom it is for; "": whoever is there
    body: bytes


@dataclass(slots=True)
class _Desk:
    heard: float = float("-inf")  # that it asked for orders
    asked: float = float("-inf")  # that it asked what its page says
    called: float = float("-inf")  # that it was ordered to ask
    page: Page | None = None
    word: Word | None = None
    wrong: int = 0
    locked_until: float = float("-inf")


class Switchboard:
    """To be used by one thread."""

    def __init__(self, first: int = 0) -> None:
        """`first`: numbers rise from here, so that they rise over a restart as well."""
        self._number = first
        self._pages: dict[str, Page] = {}
        self._desks: dict[str, _Desk] = {}
        self._pairs: dict[str, deque[float]] = {}

    def pair(self, page: Page, address: str, now: float) -> None:
        """A page is there: bound already (`device_id`), or with a fresh code. Raises TooMany."""
        self._forget(now)
        lately = self._pairs.setdefault(address, deque())
        while lately and now - lately[0] > 60.0:  # noqa: PLR2004  # a minute
            lately.popleft()
        if len(lately) >= PAIRS_A_MINUTE or len(self._pages) >= MOST_PAGES:
            raise TooMany
        if not page.device_id and sum(1 for _ in self._unbound(now)) >= MOST_CODES:
            raise TooMany
        lately.append(now)
        page.heard = page.budget_at = now
        page.address = address
        if page.code:
            page.code_until = now + CODE_SECONDS
        self._pages[page.token_sha256] = page
        if page.device_id:
            self._bind(page, page.device_id)

    def is_free(self, code: str, now: float) -> bool:
        """Whether no page shows this code."""
        return all(page.code != code for page in self._unbound(now))

    def find(self, token_sha256: str, now: float) -> Page | None:
        """The page with this token, which is heard of hereby; None: it must pair again."""
        page = self._pages.get(token_sha256)
        if page is not None:
            page.heard = now
        return page

    def typed(self, device_id: str, code: str, now: float) -> Page | None:
        """An agent typed a code: the page that is bound hereby; None if no page shows it.

        Every code is compared, in the same time. Raises TooMany after several wrong ones.
        """
        desk = self._desk(device_id)
        if self.is_locked(device_id, now):
            raise TooMany
        found = None
        for page in self._unbound(now):
            if hmac.compare_digest(page.code.encode(), code.encode()):
                found = page
        if found is None:
            desk.wrong += 1
            if desk.wrong >= TRIES:
                desk.wrong, desk.locked_until = 0, now + LOCK_SECONDS
            return None
        desk.wrong = 0
        found.code = ""
        self._bind(found, device_id)
        return found

    def is_locked(self, device_id: str, now: float) -> bool:
        """Whether codes typed at this desk are not looked at."""
        return now < self._desk(device_id).locked_until

    def says(self, page: Page, first: int, count: int, said: bytes, now: float) -> int:
        """The page says this, `count` messages from number `first` on; what to say next.

        Raises TooMany when it says too much, or its desk hears nothing.
        """
        page.budget = min(BURST, page.budget + (now - page.budget_at) * RATE)
        page.budget_at = now
        if page.budget < 1:
            raise TooMany
        if len(page.waiting) >= MOST_WAITING or page.waiting_bytes + len(said) > MOST_WAITING_BYTES:
            raise TooMany
        page.budget -= 1
        self._number += 1
        page.waiting.append((self._number, said))
        page.next = max(page.next, first + count)
        return page.next

    def heard_of(self, device_id: str, now: float) -> None:
        """The desk asks for orders."""
        self._desk(device_id).heard = now

    def is_here(self, device_id: str, now: float) -> bool:
        """Whether the desk is there."""
        desk = self._desks.get(device_id)
        return desk is not None and now - max(desk.heard, desk.asked) < HERE_SECONDS

    def must_call(self, device_id: str, now: float) -> bool:
        """Whether the desk has to be told that there is a page; asked when there is something."""
        desk = self._desk(device_id)
        if now - desk.asked < SILENT_SECONDS or now - desk.called < 5.0:  # noqa: PLR2004  # seconds
            return False
        desk.called = now
        return True

    def hears(self, device_id: str, after: int, now: float) -> Page | None:
        """The page whose words this desk may have now; those up to `after` are forgotten.

        None: no page is bound to it, or the page has gone.
        """
        desk = self._desk(device_id)
        page = desk.page
        if page is None:
            desk.asked = float("-inf")  # it will not ask again before it is called
            return None
        desk.asked = now
        while page.waiting and page.waiting[0][0] <= after:
            page.waiting.popleft()
        if not page.waiting and (page.bye or now - page.heard > SILENT_SECONDS):
            self._end(page)
            desk.asked = float("-inf")
            return None
        return page

    def shows(self, device_id: str, body: bytes) -> Page | None:
        """The desk's word for its page; the page, if there is one."""
        desk = self._desk(device_id)
        if desk.page is not None:
            told = json.loads(body)
            desk.word = Word(int(told["number"]), str(told.get("page", "")), body)
        return desk.page

    def word(self, page: Page) -> Word | None:
        """What this page is to show."""
        word = self._desk(page.device_id).word if page.device_id and not page.replaced else None
        return word if word is not None and word.page in {"", page.page} else None

    def _bind(self, page: Page, device_id: str) -> None:
        desk = self._desk(device_id)
        if desk.page is not None and desk.page is not page:
            desk.page.replaced = True
            desk.page.waiting.clear()
            desk.page.code = ""  # nobody can be joined to it any more
        if page.device_id and page.device_id != device_id:
            self._desk(page.device_id).page = None
        page.device_id, desk.page, desk.word = device_id, page, None

    def _end(self, page: Page) -> None:
        self._pages.pop(page.token_sha256, None)
        desk = self._desks.get(page.device_id)
        if desk is not None and desk.page is page:
            desk.page, desk.word = None, None

    def _unbound(self, now: float) -> Iterator[Page]:
        """The pages whose code may be typed."""
        return (page for page in self._pages.values() if page.code and now < page.code_until)

    def _forget(self, now: float) -> None:
        for page in [one for one in self._pages.values() if now - one.heard > FORGOTTEN_SECONDS]:
            self._end(page)
        for address in [key for key, at in self._pairs.items() if not at or now - at[-1] > 60.0]:  # noqa: PLR2004  # a minute
            del self._pairs[address]

    def _desk(self, device_id: str) -> _Desk:
        return self._desks.setdefault(device_id, _Desk())
