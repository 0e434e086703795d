"""Windows' numbers of keys; the rest runs on Windows alone."""

from agent_client.host.hotkey_windows import virtual_key
from contract.hotkey import KEYS


def test_each_key_has_a_number_of_its_own() -> None:
    numbers = [virtual_key(key) for key in KEYS]
    assert len(set(numbers)) == len(KEYS)
    assert all(0 < number < 0xFF for number in numbers)


def test_numbers_are_those_of_winuser_h() -> None:
    assert [virtual_key(key) for key in ("P", "0", "F1", "F24", "Pause")] == [
        0x50,
        0x30,
        0x70,
        0x87,
        0x13,
    ]
