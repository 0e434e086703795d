import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.core.access import Action, Grant, Role, Who, may, may_anywhere, roles_of, scope, within


def _who(role: Role, unit: str, agent_id: str = "") -> Who:
    return Who("someone", (Grant(role, unit),), agent_id)


@pytest.mark.parametrize(
    ("unit", "of", "inside"),
    [
        ("/sales", "/sales", True),
        ("/sales/north", "/sales", True),
        ("/salesmen", "/sales", False),
        ("/sales", "/sales/north", False),
        ("/anything", "/", True),
        ("/", "/", True),
    ],
)
def test_a_unit_holds_those_below_it(unit: str, of: str, inside: bool) -> None:  # noqa: FBT001
    assert within(unit, of) is inside


def test_a_supervisor_plays_the_calls_of_their_unit_only() -> None:
    who = _who(Role.SUPERVISOR, "/sales/north")
    assert may(who, Action.PLAY, "/sales/north/a", "agent")
    assert not may(who, Action.PLAY, "/sales/south", "agent")
    assert not may(who, Action.EXPORT, "/sales/north", "agent")


@pytest.mark.parametrize(
    "role", [Role.ADMIN, Role.SECURITY_ADMIN, Role.RETENTION_ADMIN, Role.AUDITOR]
)
def test_who_runs_central_plays_nothing(role: Role) -> None:
    who = _who(role, "/", "agent")
    assert not may_anywhere(who, Action.PLAY)
    assert not may_anywhere(who, Action.EXPORT)


def test_an_agent_sees_their_own_calls_wherever_those_were() -> None:
    who = _who(Role.AGENT, "/sales", "agent42")
    assert may(who, Action.PLAY, "/elsewhere", "agent42")
    assert not may(who, Action.PLAY, "/sales", "another")


def test_an_agent_without_an_id_sees_nothing() -> None:
    assert not may_anywhere(_who(Role.AGENT, "/"), Action.PLAY)
    assert not may(_who(Role.AGENT, "/"), Action.PLAY, "/", "")


def test_grants_add_up() -> None:
    who = Who("s", (Grant(Role.SUPERVISOR, "/a"), Grant(Role.QUALITY_MANAGER, "/b")))
    assert scope(who, Action.PLAY).units == ("/a", "/b")
    assert roles_of(who.grants) == "supervisor of /a, quality-manager of /b"


_UNITS = st.sampled_from(["/", "/a", "/a/b", "/ab", "/b"])


@given(st.sampled_from(Role), st.sampled_from(Action), _UNITS, _UNITS)
def test_a_grant_for_more_never_allows_less(role: Role, action: Action, unit: str, of: str) -> None:
    if may(_who(role, unit, "a"), action, of, "b"):
        assert may(_who(role, "/", "a"), action, of, "b")


@given(st.sampled_from(Action), _UNITS)
def test_without_a_grant_nothing_is_allowed(action: Action, unit: str) -> None:
    assert not may(Who("nobody", (), "agent"), action, unit, "agent")
