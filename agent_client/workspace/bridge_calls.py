"""Interactions as one page tells them, made into legs: who is whose consultation, who was renamed.

Workspace numbers its interactions anew when its window is loaded anew. The same call then has
another interaction, and another call the number of an old one; so a leg is named by both, and a
listing says under which name a call goes on.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent_client.core.call import Call
from agent_client.workspace.bridge_messages import Interaction
from agent_client.workspace.genesys_json import UnknownMessageError

_KEPT = 200  # interactions that are over; a consultation's parent may be among them
_MOST = 256  # that are not: as many as a listing may hold


class BridgeCalls:
    """What the page has told of calls so far."""

    def __init__(self) -> None:
        self._told: dict[str, Interaction] = {}  # by interaction id, the latest last

    @property
    def going_on(self) -> bool:
        """Some call is not over."""
        return any(not one.state.over for one in self._told.values())

    def interaction_of(self, connection_id: str) -> str | None:
        """The interaction that Workspace knows this leg by, if the page told of it."""
        return next(
            (
                one.interaction_id
                for one in self._told.values()
                if one.connection_id == connection_id
            ),
            None,
        )

    def heard(self, told: Interaction) -> Call:
        """The leg that this interaction is. UnknownMessageError if there are more than can be."""
        new = told.interaction_id not in self._told and not told.state.over
        if new and sum(not one.state.over for one in self._told.values()) >= _MOST:
            raise UnknownMessageError(f"more calls than an agent can have, {told.call_id}")
        self._keep(told)
        return self._leg(told, None)

    def listed(self, listing: Iterable[Interaction]) -> tuple[Call, ...]:
        """The legs that these interactions are; there are no others."""
        before = [one for one in self._told.values() if not one.state.over]
        now = list(listing)
        names = {one.connection_id for one in now}
        gone = {one.call_id: one.connection_id for one in before if one.connection_id not in names}
        known = {one.connection_id for one in before}
        self._told.clear()
        for one in now:
            self._keep(one)
        return tuple(
            self._leg(one, None if one.connection_id in known else gone.get(one.call_id))
            for one in now
        )

    def _keep(self, told: Interaction) -> None:
        self._told.pop(told.interaction_id, None)
        self._told[told.interaction_id] = told
        over = [key for key, one in self._told.items() if one.state.over]
        for key in over[: max(0, len(over) - _KEPT)]:
            del self._told[key]

    def _leg(self, told: Interaction, before: str | None) -> Call:
        parent = self._parent(told)
        return Call(
            call_id=told.call_id,
            connection_id=told.connection_id,
            state=told.state,
            recording=told.recording,
            parent_connection_id=parent.connection_id if parent else None,
            previous_connection_id=before,
            call_type=told.call_type,
            details=told.details,
            started_at=told.started_at,
        )

    def _parent(self, told: Interaction) -> Interaction | None:
        """Whose consultation it is: as told, or else the call of the same case that is none."""
        parent = self._told.get(told.parent_id)
        if parent is None and told.consultation and told.case_id:
            parent = next(
                (
                    one
                    for one in self._told.values()
                    if one.case_id == told.case_id and not (one.consultation or one.state.over)
                ),
                None,
            )
        return parent if parent is not None and parent is not told else None
