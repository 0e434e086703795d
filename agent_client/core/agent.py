"""Who is at this desk, and what they do, as the sources tell."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent_client.core.call import AgentPresence, AgentState
from agent_client.core.events import Source

_STEADY = frozenset({Source.LOOPBACK, Source.WORKSPACE})  # not to hear of them is worth a word


@dataclass(frozen=True, slots=True)
class Agent:
    """The agent at this desk. Who came first stays, while any source still says so."""

    sign_ins: tuple[tuple[Source, str], ...] = ()  # each source's agent id
    agent_id: str | None = None
    state: AgentState | None = None  # the last news of all sources; None: nobody has said
    states: tuple[tuple[Source, AgentState], ...] = ()  # each source's own last word
    lost: frozenset[Source] = frozenset()  # sources that went silent

    @property
    def here(self) -> bool:
        """Signed in, and not logged out at the telephone: calls may be recorded."""
        logged_out = self.state is not None and self.state.presence is AgentPresence.LOGGED_OUT
        return self.agent_id is not None and not logged_out

    @property
    def rivals(self) -> bool:
        """Two sources name two agents."""
        return len({agent_id for _, agent_id in self.sign_ins}) > 1

    @property
    def wrapping_up(self) -> frozenset[Source]:
        """The sources that speak of after-call work."""
        return frozenset(source for source, state in self.states if state.wrapping_up)

    def out_of_touch(self, tellers: frozenset[Source]) -> bool:
        """Whether to say so, when `tellers` have told of calls: nobody can tell of the next one.

        A page that was closed beside a connection that works is no matter.
        """
        return bool(self.lost & _STEADY or (self.lost and not tellers - self.lost))

    def has_news(self, state: AgentState, source: Source) -> bool:
        """Something else than what the source said last."""
        return dict(self.states).get(source) != state

    def told(self, state: AgentState, source: Source) -> Agent:
        """A source says what the agent does. What it said before is no news."""
        news = self.has_news(state, source)
        states = dict(self.states)
        states[source] = state
        return replace(
            self, state=state if news else self.state, states=tuple(sorted(states.items()))
        )

    def signed_in(self, agent_id: str, source: Source) -> Agent:
        """A source names its agent, in place of whom it named before."""
        others = tuple(one for one in self.sign_ins if one[0] is not source)
        return _chosen(
            replace(self, sign_ins=(*others, (source, agent_id)), lost=self.lost - {source})
        )

    def signed_out(self, source: Source) -> Agent:
        """Whom this source named (or, if it named nobody, the agent) is gone for every source."""
        leaving = dict(self.sign_ins).get(source, self.agent_id)
        stay = tuple(one for one in self.sign_ins if one[1] != leaving)
        return _chosen(replace(self, sign_ins=stay, lost=self.lost & {one[0] for one in stay}))


def _chosen(agent: Agent) -> Agent:
    named = [agent_id for _, agent_id in agent.sign_ins]
    if agent.agent_id in named:
        return agent
    return replace(agent, agent_id=named[0] if named else None, state=None, states=())


NOBODY = Agent()
