"""macOS' numbers of keys; the rest runs on a Mac alone."""

from agent_client.host.hotkey_darwin import virtual_key
from contract.hotkey import KEYS


def test_each_key_of_a_mac_has_a_number_of_its_own() -> None:
    numbers = {key: virtual_key(key) for key in KEYS}
    missing = {key for key, number in numbers.items() if number is None}
    assert missing == {"F21", "F22", "F23", "F24", "Pause"}
    assert len(set(numbers.values())) == len(KEYS) - len(missing) + 1


def test_numbers_are_those_of_events_h() -> None:
    assert [virtual_key(key) for key in ("A", "P", "0", "F1", "F20", "Space")] == [
        0x00,
        0x23,
        0x1D,
        0x7A,
        0x5A,
        0x31,
    ]
