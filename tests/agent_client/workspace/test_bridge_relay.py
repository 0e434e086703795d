from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from agent_client.core.events import AgentSignedIn, Source, TouchLost, TouchRegained
from agent_client.workspace.bridge_relay import BridgeRelay
from agent_client.workspace.bridge_talk import BridgeTalk
from contract.bridge import AgentSaid, Said, ToPage
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.test_bridge_talk import Page
from uploader.desk import BridgeGone, BridgeHere, FromBridge, Kept, ToBridge

JOHN = Said(first=1, said=[AgentSaid(agent={"employeeId": "JohnSmith"})])
_DEADLINE = 20.0


class Uploader:
    """Its end of the socket."""

    def __init__(self, talk: BridgeTalk) -> None:
        self.told: list[ToPage] = []
        self.gone = asyncio.Event()
        self.there = True
        self._news = asyncio.Event()
        self.relay = BridgeRelay(talk, self.send, self.gone, look=0.02)

    def send(self, message: ToBridge) -> bool:
        if self.there:
            self.told.append(msgspec.json.decode(message.body, type=ToPage))
            assert self.told[-1].page == message.page
            self._news.set()
        return self.there

    def says(self, page: str, said: Said = JOHN) -> None:
        self.relay.heard(FromBridge(page=page, body=msgspec.json.encode(said).decode()))

    async def until(self, count: int) -> None:
        async with asyncio.timeout(_DEADLINE):
            while len(self.told) < count:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def relayed(inbox: Inbox) -> AsyncIterator[tuple[Uploader, BridgeTalk]]:
    talk = Page(inbox).talk
    uploader = Uploader(talk)
    running = asyncio.create_task(uploader.relay.run())
    try:
        yield uploader, talk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        talk.voice.drop()
        talk.close()


async def test_what_a_page_says_through_central_is_heard(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, _):
        uploader.says("r")
        assert inbox.events == [
            TouchRegained(Source.BRIDGE),
            AgentSignedIn("JohnSmith", Source.BRIDGE),
        ]
        await uploader.until(1)
        assert uploader.told[0].page == "r"


async def test_after_a_restart_of_the_client_the_page_is_asked_to_list(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        before = talk.now().listing
        uploader.says("r", Said(first=57, said=JOHN.said))
        assert talk.now().listing == before + 1
        assert AgentSignedIn("JohnSmith", Source.BRIDGE) in inbox.events


async def test_after_a_restart_of_the_client_a_silent_page_is_asked_to_list(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        uploader.says("r", Said(first=9, said=JOHN.said))
        await uploader.until(1)
        before = talk.now()
    await asyncio.sleep(0.01)  # a client takes longer than that to start
    async with relayed(inbox) as (uploader, talk):
        del inbox.events[:]
        uploader.relay.heard(BridgeHere(page="r"))
        await uploader.until(1)
        assert uploader.told[0].page == "r"
        assert uploader.told[0].listing != before.listing
        assert uploader.told[0].number > before.number
        assert inbox.events == []  # nothing was heard of Workspace so far
        uploader.says("r", Said(first=57, said=JOHN.said))
        assert inbox.events[0] == TouchRegained(Source.BRIDGE)


async def test_after_a_restart_of_the_uploader_a_silent_page_is_back_and_lists(
    inbox: Inbox,
) -> None:
    async with relayed(inbox) as (uploader, talk):
        uploader.says("r")
        await uploader.until(1)
        uploader.gone.set()
        await inbox.until(lambda events: TouchLost(Source.BRIDGE) in events)
        uploader.gone.clear()
        before = talk.now().listing
        uploader.relay.heard(BridgeHere(page="r"))
        assert inbox.events[-1] == TouchRegained(Source.BRIDGE)
        assert talk.now().listing > before
        uploader.says("r")  # the numbers go on
        assert inbox.events.count(AgentSignedIn("JohnSmith", Source.BRIDGE)) == 1


async def test_a_page_that_says_nothing_takes_over_from_none_on_loopback(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        talk.connect("on loopback")
        number = talk.now().number
        uploader.relay.heard(BridgeHere(page="r"))
        assert (talk.page, talk.now().number) == ("on loopback", number)
        talk.connect("r")  # the same one, which found the nearer way
        uploader.relay.heard(BridgeHere(page="r"))
        assert talk.now().number == number + 1
        talk.gone("r")
        uploader.relay.heard(BridgeHere(page="s"))
        assert talk.page == "s"
        uploader.relay.heard(BridgeHere(page="t"))  # instead of "s", as central says
        assert talk.page == "t"


async def test_a_page_that_was_taken_over_is_told_so_though_it_says_nothing(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        uploader.says("r")
        talk.connect("on loopback")
        await uploader.until(1)
        uploader.relay.heard(BridgeHere(page="r"))
        assert (uploader.told[-1].page, uploader.told[-1].over) == ("r", True)
        assert talk.page == "on loopback"


async def test_each_change_is_told(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        uploader.says("r")
        await uploader.until(1)
        uploader.says("r", Said(first=9, said=JOHN.said))  # a gap
        await uploader.until(2)
        assert uploader.told[-1].number > uploader.told[0].number
        assert uploader.told[-1].listing == talk.now().listing


async def test_what_is_not_understood_does_no_harm(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, _):
        uploader.relay.heard(FromBridge(page="r", body='{"first": 0}'))
        uploader.relay.heard(Kept(key="another's"))
        assert inbox.events == []


async def test_a_page_that_is_gone_is_out_of_touch_and_may_come_back(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, _):
        uploader.says("r")
        uploader.relay.heard(BridgeGone(page="another"))
        uploader.relay.heard(BridgeGone(page="r"))
        assert inbox.events[-1] == TouchLost(Source.BRIDGE)
        uploader.says("r", Said(first=2, said=JOHN.said))
        assert inbox.events[-2] == TouchRegained(Source.BRIDGE)


async def test_without_the_uploader_the_page_is_out_of_touch(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, _):
        uploader.says("r")
        await uploader.until(1)
        uploader.gone.set()
        await inbox.until(lambda events: TouchLost(Source.BRIDGE) in events)


async def test_news_are_told_once_the_uploader_takes_them(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        uploader.there = False
        uploader.says("r")
        await inbox.until(lambda events: TouchLost(Source.BRIDGE) in events)
        uploader.there = True
        await uploader.until(1)
        assert uploader.told[0].number == talk.now().number


async def test_a_newer_page_on_loopback_ends_the_one_through_central(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        uploader.says("r")
        await uploader.until(1)
        talk.connect("newer")
        await uploader.until(2)
        assert (uploader.told[-1].page, uploader.told[-1].over) == ("r", True)
        uploader.says("r", Said(first=2, said=JOHN.said))
        await uploader.until(3)
        assert uploader.told[-1].over
        assert talk.page == "newer"


async def test_a_newer_page_through_central_takes_over(inbox: Inbox) -> None:
    async with relayed(inbox) as (uploader, talk):
        talk.connect("on loopback")
        uploader.says("r")
        assert talk.page == "r"
        uploader.says("s")
        assert talk.page == "s"
