import struct
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from central.core.audit import Actor, AuditTag, Link, chained, entry_text, faults


def _chain(entries: list[str]) -> list[Link]:
    links: list[Link] = []
    for entry in entries:
        links.append(chained(links[-1] if links else None, f'"{entry}"'))
    return links


def test_an_entry_is_canonical() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    actor = Actor("person", "ada", roles="admin of /", address="::1", session="s")
    assert entry_text(at, AuditTag.FILM_PLAYED, actor, "call-1", {"é": 1}, allowed=True) == (
        '{"actor":{"address":"::1","kind":"person","name":"ada","roles":"admin of /",'
        '"session":"s"},"allowed":true,"at":"2026-11-22T12:00:00.000000Z","details":{"é":1},'
        '"subject":"call-1","tag":"film:played"}'
    )


def test_a_hash_is_the_sum_that_is_written_down() -> None:
    first, second = _chain(["a", "b"])
    head = struct.pack(">BQ", 0, 2) + bytes.fromhex(first.hash)
    assert second.hash == sha256(head + sha256(b'"b"').digest()).hexdigest()


_TEXTS = st.lists(st.text("abc", max_size=3), min_size=2, max_size=6)


@given(_TEXTS)
def test_an_untouched_chain_holds(entries: list[str]) -> None:
    assert list(faults(_chain(entries))) == []


@given(_TEXTS, st.data())
def test_a_changed_entry_shows(entries: list[str], data: st.DataObject) -> None:
    links = _chain(entries)
    place = data.draw(st.integers(0, len(links) - 1))
    links[place] = replace(links[place], entry='"another"')
    assert list(faults(links)) == [f"entry {place + 1} is not what was chained"]


@given(_TEXTS, st.data())
def test_a_lost_entry_shows_unless_it_was_the_last(entries: list[str], data: st.DataObject) -> None:
    links = _chain(entries)
    place = data.draw(st.integers(0, len(links) - 2))
    del links[place]
    assert any("something is missing" in fault for fault in faults(links))


@given(_TEXTS)
def test_two_swapped_entries_show(entries: list[str]) -> None:
    links = _chain(entries)
    links[0], links[1] = links[1], links[0]
    assert list(faults(links))


def test_a_hash_that_is_none_shows() -> None:
    links = _chain(["a", "b"])
    links[0] = replace(links[0], hash="not hex at all")
    assert list(faults(links)) == [
        "entry 1 is not what was chained",
        "entry 2 is not what was chained",
    ]


def test_no_two_tags_are_one() -> None:
    assert len({tag.value for tag in AuditTag}) == len(AuditTag.__members__)
