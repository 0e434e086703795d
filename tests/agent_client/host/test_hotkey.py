"""Which combination is registered when."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent_client.host.hotkey import HOTKEY_IMPOSSIBLE, HOTKEY_TAKEN, Hotkey
from contract.hotkey import Combination, combination

CTRL_ALT_P = combination("Ctrl+Alt+P")


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
