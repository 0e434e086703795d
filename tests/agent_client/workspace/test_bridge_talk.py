from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_client.core.call import AgentPresence, AgentState, CallState, RecordingState, WorkMode
from agent_client.core.events import (
    AgentSignedIn,
    AgentStateChanged,
    CallChanged,
    CallsListed,
    Event,
    PauseAsked,
    ResumeAsked,
    Source,
    TouchLost,
    TouchRegained,
    VoiceOrderFailed,
)
from agent_client.core.status import status
from agent_client.core.verdict import GRANTED, Verdict
from agent_client.core.world import World
from agent_client.workspace.bridge_talk import BridgeTalk, OtherPageError, Pace
from contract.bridge import (
    AgentSaid,
    Answer,
    Asked,
    Bye,
    CallSaid,
    CallsSaid,
    FromPage,
    Said,
    StateSaid,
    Taken,
    ToPage,
    VoiceDone,
    WorkspaceTouch,
)
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.test_bridge_messages import an_interaction

JOHN = AgentSaid(agent={"employeeId": "JohnSmith"})
SIGNED_IN = AgentSignedIn("JohnSmith", Source.BRIDGE)
REFUSED = Verdict(granted=False, reason="no-call", text="There is no call to pause.")


class Page:
    """The page's side, which numbers what it says; and the engine's, as far as it is asked."""

    def __init__(self, inbox: Inbox, verdict: Verdict = GRANTED, pace: Pace | None = None) -> None:
        self.inbox = inbox
        self.verdict = verdict
        self.wishes: list[Event] = []
        self.now = timedelta(seconds=100)
        pace = pace or Pace(again=60, every=60)
        self.talk = BridgeTalk(inbox.post, self.asked, inbox.taken, lambda: self.now, pace)
        self.name = ""
        self.next = 1

    def asked(self, wish: Event) -> Future[Verdict]:
        self.wishes.append(wish)
        answer: Future[Verdict] = Future()
        answer.set_result(self.verdict)
        return answer

    def connect(self, name: str = "page") -> None:
        self.name, self.next = name, 1
        self.talk.connect(name)

    def say(self, *said: FromPage, skipping: int = 0) -> Taken:
        first = self.next + skipping
        taken = self.talk.said(self.name, Said(first=first, said=list(said)))
        self.next = first + len(said)
        return taken

    async def told(self, after: int = -1) -> ToPage:
        state = await self.talk.state(after, 20)
        assert state is not None
        return state


@pytest.fixture
async def page(inbox: Inbox) -> AsyncIterator[Page]:
    page = Page(inbox)
    page.connect()
    yield page
    page.talk.voice.drop()
    page.talk.close()


async def test_what_the_page_says_becomes_events(page: Page, inbox: Inbox) -> None:
    wrap_up = StateSaid(state={"type": "NOT_READY_AFTER_CALLWORK"})
    page.say(JOHN, CallSaid(interaction=an_interaction()), wrap_up, CallsSaid(interactions=[]))
    regained, signed_in, changed, state, listed = inbox.events
    assert regained == TouchRegained(Source.BRIDGE)
    assert signed_in == SIGNED_IN
    assert isinstance(changed, CallChanged)
    assert changed.source is Source.BRIDGE
    assert changed.call.state is CallState.ESTABLISHED
    assert changed.call.recording is RecordingState.RECORDING
    not_ready = AgentState(AgentPresence.NOT_READY, WorkMode.AFTER_CALL_WORK)
    assert state == AgentStateChanged(not_ready, Source.BRIDGE, resent=True)
    assert listed == CallsListed((), 4, Source.BRIDGE)


async def test_a_message_that_comes_twice_counts_once(page: Page, inbox: Inbox) -> None:
    assert page.say(JOHN) == Taken(next=2)
    page.next = 1
    assert page.say(JOHN) == Taken(next=2)
    assert inbox.events.count(SIGNED_IN) == 1


async def test_after_a_gap_the_page_is_asked_to_list_again(page: Page, inbox: Inbox) -> None:
    page.say(JOHN)
    before = page.talk.now()
    assert page.say(CallSaid(interaction=an_interaction()), skipping=2) == Taken(next=5)
    assert isinstance(inbox.events[-1], CallChanged)
    after = await page.told(before.number)
    assert after.listing == before.listing + 1


async def test_what_is_not_understood_is_passed_over(page: Page, inbox: Inbox) -> None:
    page.say(
        AgentSaid(agent={}),
        StateSaid(state={"type": "OUT_OF_SERVICE"}),
        CallSaid(interaction=an_interaction(state="UNKNOWN")),
        CallSaid(interaction={"interactionId": "9", "state": "ACCEPTED"}),  # an e-mail
        CallsSaid(interactions=[an_interaction(), an_interaction(state="UNKNOWN")]),
    )
    assert inbox.events == []


async def test_an_older_page_is_told_that_it_was_taken_over(page: Page, inbox: Inbox) -> None:
    waiting = asyncio.create_task(page.talk.state(page.talk.now().number, 20))
    await asyncio.sleep(0)
    page.talk.connect("a newer one")
    await asyncio.wait_for(waiting, 20)
    with pytest.raises(OtherPageError):
        page.say(JOHN)
    assert inbox.events == []


async def test_a_wish_is_asked_of_the_engine_and_answered(page: Page) -> None:
    page.say(Asked(ask=1, want="pause"), Asked(ask=2, want="resume"))
    assert page.wishes == [PauseAsked(Source.BRIDGE), ResumeAsked(Source.BRIDGE)]
    state = await page.told()
    while len(state.answers) < len(page.wishes):
        state = await page.told(state.number)
    assert state.answers == (Answer(ask=1, granted=True), Answer(ask=2, granted=True))


async def test_a_refusal_says_why(inbox: Inbox) -> None:
    page = Page(inbox, REFUSED)
    page.connect()
    page.say(Asked(ask=7, want="pause"))
    state = await page.told()
    while not state.answers:
        state = await page.told(state.number)
    assert state.answers == (Answer(ask=7, granted=False, reason="no-call", text=REFUSED.text),)
    page.connect("another")
    assert page.talk.now().answers == ()


async def test_silence_and_return_are_told_once(page: Page, inbox: Inbox) -> None:
    page.say(JOHN)
    del inbox.events[:]
    listing = page.talk.now().listing
    page.talk.gone("page")
    page.talk.gone("page")
    assert inbox.events == [TouchLost(Source.BRIDGE)]
    page.talk.here("page")
    page.talk.here("page")
    assert inbox.events == [TouchLost(Source.BRIDGE), TouchRegained(Source.BRIDGE)]
    assert page.talk.now().listing == listing + 1


async def test_a_page_whose_words_may_be_lost_is_asked_to_list(page: Page, inbox: Inbox) -> None:
    page.say(JOHN)
    listing = page.talk.now().listing
    page.talk.lost("page")
    assert page.talk.now().listing == listing + 1
    page.talk.gone("page")
    page.talk.lost("page")
    assert inbox.events[-2:] == [TouchLost(Source.BRIDGE), TouchRegained(Source.BRIDGE)]
    assert page.talk.now().listing > listing + 1
    assert page.say(JOHN) == Taken(next=3)
    with pytest.raises(OtherPageError):
        page.talk.lost("another")


async def test_after_a_restart_no_listing_or_order_has_a_number_of_before(inbox: Inbox) -> None:
    told = []
    for _ in range(2):
        page = Page(inbox)
        page.connect()
        del inbox.events[:]
        page.say(CallSaid(interaction=an_interaction()))
        (leg,) = [one.call for one in inbox.events if isinstance(one, CallChanged)]
        page.talk.voice.pause(leg.connection_id)
        told.append(await page.told())
        page.talk.voice.drop()
        page.talk.close()
        await asyncio.sleep(0.01)  # a client takes longer than that to start
    assert told[0].listing != told[1].listing
    assert told[0].orders[0].order != told[1].orders[0].order


async def test_a_page_that_was_closed_is_out_of_touch_at_once(page: Page, inbox: Inbox) -> None:
    page.say(JOHN)
    page.say(Bye())
    assert inbox.events[-1] == TouchLost(Source.BRIDGE)


async def test_a_page_that_never_heard_of_workspace_touches_nothing(
    page: Page, inbox: Inbox
) -> None:
    page.say(WorkspaceTouch(here=False))
    page.say(Bye())
    assert inbox.events == []


async def test_a_workspace_that_is_silent_is_out_of_touch(page: Page, inbox: Inbox) -> None:
    page.say(JOHN)
    page.say(WorkspaceTouch(here=False))
    page.say(WorkspaceTouch(here=True))
    assert inbox.events[-2:] == [TouchLost(Source.BRIDGE), TouchRegained(Source.BRIDGE)]


async def test_voice_is_ordered_of_the_page_and_its_failure_told(page: Page, inbox: Inbox) -> None:
    page.say(CallSaid(interaction=an_interaction(interactionId="3")))
    (leg,) = [one.call for one in inbox.events if isinstance(one, CallChanged)]
    page.talk.voice.pause(leg.connection_id)
    (order,) = (await page.told()).orders
    assert (order.interaction, order.want) == ("3", "pause")
    page.say(VoiceDone(order=order.order, problem="timeout"))
    assert inbox.events[-1] == VoiceOrderFailed(leg.connection_id, "voice-order-failed")


async def test_nothing_is_ordered_of_a_page_that_is_gone(page: Page, inbox: Inbox) -> None:
    page.say(CallSaid(interaction=an_interaction()))
    (leg,) = [one.call for one in inbox.events if isinstance(one, CallChanged)]
    page.talk.voice.pause(leg.connection_id)
    page.say(Bye())
    page.talk.voice.pause(leg.connection_id)
    failed = VoiceOrderFailed(leg.connection_id, "voice-order-failed")
    assert inbox.events[-3:] == [TouchLost(Source.BRIDGE), failed, failed]


async def test_calls_are_listed_again_soon_after_touch_and_while_a_call_goes_on(
    inbox: Inbox,
) -> None:
    page = Page(inbox, pace=Pace(again=0.02, every=0.02))
    page.connect()
    before = page.talk.now().listing
    page.say(JOHN)
    first = await page.told()
    while first.listing == before:
        first = await page.told(first.number)
    page.say(CallsSaid(interactions=[an_interaction()]))
    second = await page.told(first.number)
    while second.listing == first.listing:
        second = await page.told(second.number)
    page.say(CallsSaid(interactions=[]))
    page.talk.close()


async def test_the_page_is_told_what_the_tray_shows(page: Page) -> None:
    page.talk.show(status(World()))
    state = await page.told()
    assert (state.mood, state.headline) == ("attention", "Signed out")  # and has no policy
    assert state.why_not == "Nobody is signed in."
    assert state.recorded_ms is None


async def test_nobody_waits_longer_than_asked(page: Page) -> None:
    assert await page.talk.state(page.talk.now().number, 0.02) is None


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*an_interaction(), "type"]), inner, max_size=5)
    ),
    max_leaves=12,
)
_OBJECT = st.dictionaries(st.sampled_from([*an_interaction(), "employeeId", "type"]), _ANY)
_CALL = _OBJECT.map(lambda odd: an_interaction() | odd) | _OBJECT
_SAID = st.one_of(
    st.builds(AgentSaid, agent=_OBJECT),
    st.builds(StateSaid, state=_OBJECT),
    st.builds(CallSaid, interaction=_CALL),
    st.builds(CallsSaid, interactions=st.lists(_CALL, max_size=4)),
    st.builds(Asked, ask=st.integers(0, 9), want=st.sampled_from(["pause", "resume"])),
    st.builds(VoiceDone, order=st.integers(0, 3), problem=st.sampled_from(["", "timeout"])),
    st.builds(WorkspaceTouch, here=st.booleans()),
    st.just(Bye()),
)


@given(st.lists(st.tuples(st.integers(1, 12), st.lists(_SAID, min_size=1, max_size=5)), max_size=8))
def test_whatever_a_page_says_the_conversation_goes_on(
    requests: list[tuple[int, list[FromPage]]],
) -> None:
    async def converse() -> None:
        page = Page(Inbox())
        page.connect()
        expected = 1
        for first, said in requests:
            taken = page.talk.said("page", Said(first=first, said=said))
            expected = max(expected, first + len(said))
            assert taken.next == expected
            for event in page.inbox.events:
                if isinstance(event, CallChanged):
                    page.talk.voice.pause(event.call.connection_id)
        page.talk.now()
        page.talk.voice.drop()
        page.talk.close()

    asyncio.run(converse())
