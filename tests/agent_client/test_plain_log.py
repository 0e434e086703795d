"""What stands of a log that is given away."""

import pytest

from agent_client.plain_log import plain, spoken, vocabulary

SALT = b"s" * 32
HEAD = "2026-11-22 19:51:39,123 INFO engine agent_client.engine: "


def kept(line: str) -> str:
    return "\n".join(plain([line], SALT))


def test_what_the_program_says_of_itself_stands() -> None:
    said = "the policy cannot be read: No space left on device"
    assert kept(HEAD + said).endswith(f"INFO agent_client.engine: {said}")


def test_the_uploaders_lines_are_read_too() -> None:
    line = "2026-11-22T19:51:39.123Z WARNING uploader.transport: central-unreachable"
    assert kept(line).endswith("WARNING uploader.transport: central-unreachable")


@pytest.mark.parametrize(
    ("personal", "telltale"),
    [
        ("Kate Novak", "Novak"),
        ("Kate Novak", "Kate"),
        ("kate.novak", "novak"),
        ("JohnSmith", "JohnSmith"),
        ("Müller", "Müller"),
        ("kate@acme.example", "acme"),
        ("+1 555 124 0001", "555"),
        ("(0)30/1234567", "1234"),
        ("4929 1235 5678 9012", "9012"),
        ("Ad-lib-42", "lib"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "eyJ"),
        ("TR1.abcdef.ghijkl", "ghijkl"),
        ("https://gws.acme.example:8443", "acme"),
        ("C:\\Users\\novak", "novak"),
        ("/home/novak/.local", "novak"),
        ("10.0.0.27", "0.27"),
        ("12.34.56.78", "34.56"),
    ],
)
def test_what_is_personal_does_not_stand(personal: str, telltale: str) -> None:
    for line in (
        f"{HEAD}following policy version {personal}",
        f"{HEAD}{personal}",
        f"    {personal}",
        f"ValueError: {personal}",
        f"2026-11-22 19:51:39,123 INFO MainThread {personal}: hello",
        f"2026-11-22 19:51:39,123 WARNING MainThread aiohttp.server: {personal}",
    ):
        assert telltale not in kept(line)


def test_of_other_libraries_nothing_stands_but_when_and_how_bad() -> None:
    line = "2026-11-22 19:51:39,123 WARNING engine aiohttp.server: recording paused"
    assert kept(line) == "2026-11-22 19:51:39,123 WARNING aiohttp.server: …"


def test_an_id_is_the_same_throughout_and_not_itself() -> None:
    call = "0F3C9A7E11112222333344445555AAAA"
    first = kept(f"{HEAD}open recording 6b9f5a4e-5f0d-4c2e-9a35-8d0f2b1c7e11 of call {call}")
    second = kept(f"{HEAD}the voice of call {call} is to be silent")
    assert call not in first
    assert "6b9f5a4e" not in first
    number = first.rpartition("#")[2]
    assert len(number) == 8
    assert f"#{number}" in second
    assert f"#{number}" not in "\n".join(plain([f"{HEAD}call {call}"], b"other" * 6))


def test_of_a_traceback_the_places_and_kinds_stand() -> None:
    lines = [
        f"{HEAD}a fault in policy; it is started again",
        "Traceback (most recent call last):",
        '  File "/home/novak/lib/agent_client/app.py", line 12, in run',
        "    give(kate)",
        '  File "/usr/lib/python3.13/json/decoder.py", line 355, in raw_decode',
        "KeyError: 'kate.novak'",
    ]
    assert list(plain(lines, SALT))[1:] == [
        "  in agent_client/app.py, line 12",
        "  in decoder.py, line 355",
        "  KeyError",
    ]


def test_short_numbers_and_codes_stand() -> None:
    said = "the engine did not end in 15.5 s"
    assert spoken(said, SALT) == said


def test_the_words_are_those_of_our_programs() -> None:
    words = vocabulary()
    assert {"recording", "unreachable", "agent_client", "No"} <= words
    assert {"Kate", "novak", "Novak", "JohnSmith"} & words == set()
