"""What the policy's text for a hotkey means."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.hotkey import KEYS, Combination, HotkeyError, Modifier, combination

CTRL_ALT_P = Combination(frozenset({Modifier.CTRL, Modifier.ALT}), "P")


@pytest.mark.parametrize("text", ["Ctrl+Alt+P", "alt + CTRL + p", "Control+Option+p"])
def test_modifiers_and_a_key_in_any_order_and_case(text: str) -> None:
    assert combination(text) == CTRL_ALT_P


@pytest.mark.parametrize("text", ["Win+F9", "Cmd+F9", "Super+F9", "meta+f9"])
def test_the_windows_key_is_command_on_a_mac_and_super_on_linux(text: str) -> None:
    assert combination(text) == Combination(frozenset({Modifier.META}), "F9")


@pytest.mark.parametrize("text", ["F9", "Pause", "Shift+F12"])
def test_keys_that_nobody_writes_with_need_no_modifier(text: str) -> None:
    assert str(combination(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("P", "what people write with"),
        ("Shift+P", "what people write with"),
        ("Ctrl+Alt", "It is a modifier"),
        ("Ctrl+Alt+Ü", "no key 'Ü'"),
        ("Ctrl+Fn+P", "'Fn' in 'Ctrl+Fn+P' is no modifier"),
        ("Ctrl+Control+P", "twice"),
        ("Ctrl++", "no key ''"),
        ("F25", "no key"),
        ("+", "no key"),
    ],
)
def test_what_cannot_be_a_hotkey_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(HotkeyError, match=re.escape(why)):
        combination(text)


@given(st.sets(st.sampled_from(list(Modifier)), min_size=1), st.sampled_from(KEYS))
def test_a_combination_reads_as_it_is_written(modifiers: set[Modifier], key: str) -> None:
    wanted = Combination(frozenset(modifiers | {Modifier.CTRL}), key)
    assert combination(str(wanted)) == wanted


@given(st.text(max_size=30))
def test_any_text_is_a_combination_or_refused(text: str) -> None:
    with suppress(HotkeyError):
        assert combination(text).key in KEYS
