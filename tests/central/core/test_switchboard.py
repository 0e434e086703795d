"""Pages and desks find each other by a code, and nothing is mixed up."""

import json

import pytest

from central.core.switchboard import (
    BURST,
    LOCK_SECONDS,
    MOST_WAITING,
    PAIRS_A_MINUTE,
    SILENT_SECONDS,
    TRIES,
    Page,
    Switchboard,
    TooMany,
)
from contract.bridge import CODE_SECONDS

WORD = json.dumps({"number": 3, "mood": "ready"}).encode()


def shown(board: Switchboard, code: str, now: float = 0.0) -> Page:
    """A page that shows this code."""
    page = Page(f"page-{code}", f"token-{code}", now, code=code)
    board.pair(page, "192.0.2.1", now)
    return page


def joined(board: Switchboard, desk: str, code: str, now: float = 0.0) -> Page:
    page = shown(board, code, now)
    assert board.typed(desk, code, now) is page
    return page


def test_a_typed_code_joins_its_page_and_this_desk() -> None:
    board = Switchboard()
    mine, other = shown(board, "11111111"), shown(board, "22222222")
    assert board.typed("desk", "11111111", 1) is mine
    assert (mine.device_id, other.device_id) == ("desk", "")
    board.says(mine, 1, 1, b"hello", 1)
    heard = board.hears("desk", 0, 1)
    assert heard is mine
    assert [said for _, said in mine.waiting] == [b"hello"]
    assert board.hears("another desk", 0, 1) is None


def test_a_code_joins_once() -> None:
    board = Switchboard()
    joined(board, "desk", "11111111")
    assert board.typed("another desk", "11111111", 1) is None


def test_a_code_is_void_after_five_minutes() -> None:
    board = Switchboard()
    shown(board, "11111111")
    assert CODE_SECONDS == 300
    assert board.typed("desk", "11111111", CODE_SECONDS + 1.0) is None


def test_wrong_codes_lock_the_desk_that_typed_them_for_a_minute() -> None:
    board = Switchboard()
    page = shown(board, "11111111")
    for _ in range(TRIES):
        assert board.typed("desk", "00000000", 1) is None
    with pytest.raises(TooMany):
        board.typed("desk", "11111111", 2)
    assert page.device_id == ""
    assert board.typed("desk", "11111111", 2 + LOCK_SECONDS) is page


def test_another_desk_is_not_locked_by_that() -> None:
    board = Switchboard()
    page = shown(board, "11111111")
    for _ in range(TRIES):
        board.typed("desk", "00000000", 1)
    assert board.typed("another desk", "11111111", 1) is page


def test_a_right_code_forgets_the_wrong_ones_before() -> None:
    board = Switchboard()
    for code in ("11111111", "22222222"):
        for _ in range(TRIES - 1):
            board.typed("desk", "00000000", 1)
        assert joined(board, "desk", code, 1)


def test_what_a_desk_has_had_is_forgotten_and_what_it_has_not_comes_again() -> None:
    board = Switchboard(first=100)
    page = joined(board, "desk", "11111111")
    for number in range(1, 4):
        assert board.says(page, number, 1, b"%d" % number, 1) == number + 1
    board.hears("desk", 0, 1)
    assert [said for _, said in page.waiting] == [b"1", b"2", b"3"]
    board.hears("desk", page.waiting[1][0], 1)
    assert [said for _, said in page.waiting] == [b"3"]


def test_a_page_that_says_the_same_again_is_told_what_to_say_next() -> None:
    board = Switchboard()
    page = joined(board, "desk", "11111111")
    assert board.says(page, 1, 5, b"a", 1) == 6
    assert board.says(page, 3, 2, b"b", 1) == 6


def test_a_desk_that_hears_nothing_fills_no_memory() -> None:
    board = Switchboard()
    page = joined(board, "desk", "11111111")
    for number in range(1, MOST_WAITING + 1):
        board.says(page, number, 1, b"x", number)
    with pytest.raises(TooMany):
        board.says(page, MOST_WAITING + 1, 1, b"x", MOST_WAITING + 1)
    assert len(page.waiting) == MOST_WAITING
    page.waiting.clear()
    board.says(page, 1, 1, b"x" * 1_000_000, 1000)
    with pytest.raises(TooMany):
        board.says(page, 2, 1, b"x" * 100_000, 1000)


def test_a_page_that_says_too_much_has_to_slow_down() -> None:
    board = Switchboard()
    page = joined(board, "desk", "11111111")
    for number in range(int(BURST)):
        board.says(page, number + 1, 1, b"x", 0)
        page.waiting.clear()
    with pytest.raises(TooMany):
        board.says(page, 99, 1, b"x", 0)
    board.says(page, 99, 1, b"x", 1)


def test_one_address_may_not_load_pages_without_end() -> None:
    board = Switchboard()
    for number in range(PAIRS_A_MINUTE):
        shown(board, f"{number:08}")
    with pytest.raises(TooMany):
        shown(board, "99999999")
    shown(board, "99999999", 61)


def test_a_newer_page_takes_over_and_the_older_one_knows() -> None:
    board = Switchboard()
    older = joined(board, "desk", "11111111")
    board.says(older, 1, 1, b"old", 1)
    newer = joined(board, "desk", "22222222")
    assert (older.replaced, newer.replaced) == (True, False)
    assert board.hears("desk", 0, 1) is newer
    assert not newer.waiting
    board.shows("desk", WORD)
    assert board.word(older) is None
    assert board.word(newer) is not None


def test_what_was_for_the_page_before_is_not_shown_to_the_next() -> None:
    board = Switchboard()
    joined(board, "desk", "11111111")
    board.shows("desk", WORD)
    assert board.word(joined(board, "desk", "22222222")) is None


def test_what_is_for_another_page_is_not_shown() -> None:
    board = Switchboard()
    page = joined(board, "desk", "11111111")
    for name, shown_there in (("another", False), (page.page, True)):
        board.shows("desk", json.dumps({"number": 3, "page": name, "mood": "ready"}).encode())
        assert (board.word(page) is not None) is shown_there


def test_a_silent_page_is_gone_once_its_words_were_heard() -> None:
    board = Switchboard()
    page = joined(board, "desk", "11111111")
    board.says(page, 1, 1, b"x", 1)
    late = SILENT_SECONDS + 2
    assert board.hears("desk", 0, late) is page
    assert board.hears("desk", page.waiting[0][0], late) is None
    assert board.find("token-11111111", late) is None  # it must pair again


def test_a_page_that_said_goodbye_is_gone_at_once() -> None:
    board = Switchboard()
    page = joined(board, "desk", "11111111")
    page.bye = True
    assert board.hears("desk", 0, 1) is None


def test_a_desk_that_asks_already_is_not_called() -> None:
    board = Switchboard()
    joined(board, "desk", "11111111")
    assert board.must_call("desk", 10)
    assert not board.must_call("desk", 11)  # just called
    board.hears("desk", 0, 12)
    assert not board.must_call("desk", 20)  # it asks
    assert board.must_call("desk", 12 + SILENT_SECONDS + 1)  # it has stopped


def test_a_known_page_whose_agent_sits_elsewhere_today_goes_to_the_desk_that_types_its_code() -> (
    None
):
    board = Switchboard()
    page = Page("p", "t", 0, device_id="monday", code="11111111")
    board.pair(page, "192.0.2.1", 0)
    assert board.hears("monday", 0, 0) is page
    assert board.typed("tuesday", "11111111", 1) is page
    assert board.hears("monday", 0, 1) is None
    assert board.hears("tuesday", 0, 1) is page


def test_the_code_of_a_page_that_was_taken_over_joins_nothing_and_parts_nothing() -> None:
    board = Switchboard()
    board.pair(Page("p", "t", 0, device_id="monday", code="11111111"), "192.0.2.1", 0)
    newer = joined(board, "monday", "22222222", 1)
    assert board.typed("tuesday", "11111111", 2) is None
    assert board.hears("monday", 0, 2) is newer
