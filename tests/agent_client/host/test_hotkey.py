"""What the policy's text means, and which combination is registered when."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.host.hotkey import (
    HOTKEY_IMPOSSIBLE,
    HOTKEY_TAKEN,
    KEYS,
    Combination,
    Hotkey,
    HotkeyError,
    Modifier,
    combination,
)

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


class System:
    """Where combinations are registered; the test says how that goes."""

    def __init__(self, trouble: str = "") -> None:
        self.trouble = trouble
        self.now: list[Combination] = []
        self.begun = 0
        self.tell: Callable[[str], None] = lambda _code: None

    def register(
        self,
        wanted: Combination,
        _pressed: Callable[[], None],
        trouble: Callable[[str], None],
    ) -> _Held:
        self.begun += 1
        self.now.append(wanted)
        self.tell = trouble
        trouble(self.trouble)
        return _Held(self, wanted)


class _Held:
    def __init__(self, system: System, wanted: Combination) -> None:
        self._system = system
        self._wanted = wanted

    def stop(self) -> None:
        self._system.now.remove(self._wanted)


def hotkey(system: System, listener: System) -> tuple[Hotkey, list[str]]:
    told: list[str] = []
    return Hotkey(lambda: None, told.append, system.register, listener.register), told


def test_the_policys_combination_is_registered_and_another_one_in_its_place() -> None:
    system = System()
    one, told = hotkey(system, System())
    one.obey("Ctrl+Alt+P", may_listen=False)
    assert system.now == [CTRL_ALT_P]
    one.obey("F9", may_listen=False)
    assert system.now == [combination("F9")]
    one.obey("", may_listen=False)
    assert (system.now, told) == ([], ["", "", ""])


def test_the_same_policy_again_leaves_it_alone() -> None:
    system = System()
    one, _ = hotkey(system, System())
    one.obey("F9", may_listen=False)
    one.obey("F9", may_listen=False)
    assert system.begun == 1


def test_a_text_that_means_nothing_is_told_and_nothing_is_registered() -> None:
    system = System()
    one, told = hotkey(system, System())
    one.obey("Ctrl+Alt+P", may_listen=True)
    one.obey("Shift+P", may_listen=True)
    assert (system.now, told) == ([], ["", HOTKEY_IMPOSSIBLE])


@pytest.mark.parametrize("trouble", [HOTKEY_TAKEN, HOTKEY_IMPOSSIBLE])
def test_nothing_listens_to_all_keys_unless_policy_allows_it(trouble: str) -> None:
    listener = System()
    one, told = hotkey(System(trouble), listener)
    one.obey("F9", may_listen=False)
    assert (listener.begun, told) == (0, [trouble])


@pytest.mark.parametrize("trouble", ["", HOTKEY_TAKEN])
def test_nothing_listens_to_all_keys_where_the_combination_could_be_registered(
    trouble: str,
) -> None:
    listener = System()
    one, told = hotkey(System(trouble), listener)
    one.obey("F9", may_listen=True)
    assert (listener.begun, told) == (0, [trouble])


def test_where_policy_allows_it_and_nothing_can_be_registered_a_listener_helps() -> None:
    system, listener = System(HOTKEY_IMPOSSIBLE), System()
    one, told = hotkey(system, listener)
    one.obey("F9", may_listen=True)
    assert (listener.now, told) == ([combination("F9")], [""])
    system.tell("")  # another keyboard: it could be registered after all
    assert listener.now == []
    one.stop()
    assert (system.now, listener.now) == ([], [])


def test_what_is_stopped_listens_no_more() -> None:
    system, listener = System(HOTKEY_IMPOSSIBLE), System()
    one, told = hotkey(system, listener)
    one.obey("F9", may_listen=True)
    one.stop()
    assert (system.now, listener.now) == ([], [])
    system.tell(HOTKEY_IMPOSSIBLE)  # late
    assert (listener.begun, told) == (1, [""])
