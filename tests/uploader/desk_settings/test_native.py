"""What registries and property lists hold, in the words of the file."""

from typing import Any

import pytest

from contract.desk_checks import read_tables
from uploader.desk_settings.native import as_written


def values(tables: dict[str, Any]) -> dict[str, Any]:
    read = read_tables(as_written(tables))
    assert not read.unknown
    return {**read.values, **{one.key: one.reason for one in read.mistakes}}


@pytest.mark.parametrize(
    ("held", "means"),
    [(1, True), (0, False), ("1", True), ("False", False), (True, True)],
)
def test_a_flag_may_be_a_number_or_a_word(held: object, means: bool) -> None:  # noqa: FBT001 the table's
    assert values({"workspace": {"other_users": held}}) == {"workspace.other_users": means}


@pytest.mark.parametrize(
    "held", [["8080", "8081"], [8080, 8081], "8080, 8081", "8080;8081", ["8080", "", " 8081 "]]
)
def test_ports_may_be_lines_numbers_or_one_text(held: object) -> None:
    found = values({"workspace": {"loopback_ports": held}})
    assert found == {"workspace.loopback_ports": (8080, 8081)}


def test_one_port_alone_is_a_list_of_one() -> None:
    assert values({"workspace": {"loopback_ports": 8080}}) == {"workspace.loopback_ports": (8080,)}


def test_an_empty_list_of_ports_is_none_at_all() -> None:
    assert values({"workspace": {"loopback_ports": []}}) == {"workspace.loopback_ports": ()}


def test_an_empty_text_is_not_given() -> None:
    assert values({"central": {"url": " "}, "language": ""}) == {}


def test_capitals_and_spaces_do_not_matter_where_they_mean_nothing() -> None:
    found = values({"Central": {"URL": " https://Central.Example "}, "Log_Level": "DEBUG"})
    assert found == {"central.url": "https://Central.Example", "log_level": "debug"}


@pytest.mark.parametrize("held", ["30", 30])
def test_a_number_may_be_written_as_text(held: object) -> None:
    assert values({"upgrade": {"wait_minutes": held}}) == {"upgrade.wait_minutes": 30}


@pytest.mark.parametrize(
    ("section", "word", "held"),
    [
        ("workspace", "loopback_ports", ["eighty"]),
        ("workspace", "loopback_ports", [70_000]),
        ("workspace", "other_users", 2),
        ("workspace", "other_users", "perhaps"),
        ("upgrade", "wait_minutes", "-1"),
        ("upgrade", "wait_minutes", "soon"),
        ("upgrade", "wait_minutes", "٣٠"),
        ("central", "url", 3),
        ("central", "url", b"\x00"),
    ],
)
def test_what_fits_in_no_way_is_a_mistake(section: str, word: str, held: object) -> None:
    assert "must be" in values({section: {word: held}})[f"{section}.{word}"]


def test_keys_that_there_are_not_stay_for_the_reader_to_name() -> None:
    read = read_tables(as_written({"Future": {"Key": 1}, "central": {"colour": ""}}))
    assert {one.key for one in read.unknown} == {"future", "central.colour"}
