from __future__ import annotations

import asyncio

from agent_client.core.events import VoiceOrderFailed
from agent_client.workspace.bridge_voice import FAILED, BridgeVoice
from contract.bridge import VoiceDone, VoiceOrder
from tests.agent_client.workspace.conftest import Inbox

KNOWN = {"A.1": "1", "B.2": "2"}


def voice_for(inbox: Inbox, patience: float = 60.0) -> BridgeVoice:
    return BridgeVoice(inbox.post, KNOWN.get, lambda: None, patience)


async def test_an_order_stands_until_the_page_has_answered_it(inbox: Inbox) -> None:
    voice = voice_for(inbox)
    voice.pause("A.1")
    assert voice.orders == (VoiceOrder(order=1, interaction="1", want="pause"),)
    voice.done(VoiceDone(order=1))
    assert not voice.orders
    assert inbox.events == []


async def test_orders_are_numbered_from_where_they_are_to_be(inbox: Inbox) -> None:
    voice = BridgeVoice(inbox.post, KNOWN.get, lambda: None, given=41)
    voice.pause("A.1")
    assert voice.orders[0].order == 42
    voice.drop()


async def test_of_orders_for_one_leg_the_latest_stands(inbox: Inbox) -> None:
    voice = voice_for(inbox)
    voice.pause("A.1")
    voice.pause("B.2")
    voice.resume("A.1")
    assert [(one.interaction, one.want) for one in voice.orders] == [
        ("2", "pause"),
        ("1", "resume"),
    ]
    voice.done(VoiceDone(order=1, problem="refused"))  # of an order that nobody waits for
    assert inbox.events == []
    voice.drop()


async def test_a_refused_order_has_failed(inbox: Inbox) -> None:
    voice = voice_for(inbox)
    voice.pause("A.1")
    voice.done(VoiceDone(order=1, problem="refused"))
    assert inbox.events == [VoiceOrderFailed("A.1", FAILED)]
    assert not voice.orders


async def test_an_order_that_is_never_answered_has_failed(inbox: Inbox) -> None:
    told = asyncio.Event()
    voice = BridgeVoice(inbox.post, KNOWN.get, told.set, patience=0.02)
    voice.pause("A.1")
    await inbox.until(lambda events: events == [VoiceOrderFailed("A.1", FAILED)])
    assert not voice.orders
    assert told.is_set()


async def test_a_leg_that_no_page_knows_cannot_be_ordered(inbox: Inbox) -> None:
    voice_for(inbox).pause("C.3")
    assert inbox.events == [VoiceOrderFailed("C.3", FAILED)]


async def test_what_stands_when_the_page_goes_has_failed(inbox: Inbox) -> None:
    voice = voice_for(inbox)
    voice.pause("A.1")
    voice.resume("B.2")
    voice.drop()
    assert inbox.events == [VoiceOrderFailed("A.1", FAILED), VoiceOrderFailed("B.2", FAILED)]
    assert not voice.orders
