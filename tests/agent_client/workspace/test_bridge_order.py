"""What one page says is in order: a listing is newer than all that it said before, however soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agent_client.engine import Engine, Ports, monotonic
from agent_client.memory import MemoryFile
from agent_client.workspace.bridge_talk import BridgeTalk
from contract.bridge import AgentSaid, CallSaid, CallsSaid, FromPage, Said
from tests.agent_client.workspace.api_staging import DEADLINE, Desk, policy
from tests.agent_client.workspace.test_bridge_messages import an_interaction

JOHN = AgentSaid(agent={"employeeId": "JohnSmith"})
TALKING = an_interaction(state="TALKING", recordingState="RECORDING")
PAUSED = an_interaction(state="TALKING", recordingState="PAUSED")
RELEASED = an_interaction(state="IDLE", recordingState="STOPPED")


@asynccontextmanager
async def _talking(folder: Path) -> AsyncIterator[tuple[Engine, BridgeTalk, Desk]]:
    """A page is connected, and its agent talks."""
    desk = Desk(MemoryFile(folder))
    engine = Engine(
        Ports(recorder=desk, voice=desk, masks=desk, decisions=desk, memory=desk.memory),
        lambda _: None,
    )
    talk = BridgeTalk(engine.post, engine.ask, lambda: engine.posted, monotonic)
    run = asyncio.create_task(engine.run())
    talk.connect("page")
    try:
        await asyncio.wrap_future(engine.ask(policy()))
        yield engine, talk, desk
    finally:
        engine.stop()
        await asyncio.wait_for(run, DEADLINE)
        talk.close()


async def _said(engine: Engine, talk: BridgeTalk, *said: FromPage) -> None:
    talk.said("page", Said(first=1, said=[JOHN, *said]))
    await asyncio.wrap_future(engine.ask(policy()))


async def test_an_end_that_a_listing_tells_counts_though_the_call_was_told_of_just_before(
    tmp_path: Path,
) -> None:
    async with _talking(tmp_path) as (engine, talk, _):
        await _said(engine, talk, CallSaid(interaction=TALKING), CallsSaid(interactions=[RELEASED]))
        assert engine.world.talking == ()
        assert engine.world.wrap_up is not None


async def test_a_call_that_a_listing_no_longer_has_is_over_though_told_of_just_before(
    tmp_path: Path,
) -> None:
    async with _talking(tmp_path) as (engine, talk, _):
        await _said(engine, talk, CallSaid(interaction=TALKING), CallsSaid(interactions=[]))
        assert engine.world.talking == ()


async def test_a_pause_that_a_listing_tells_counts_though_the_call_was_told_of_just_before(
    tmp_path: Path,
) -> None:
    async with _talking(tmp_path) as (engine, talk, desk):
        await _said(engine, talk, CallSaid(interaction=TALKING), CallsSaid(interactions=[PAUSED]))
        assert engine.world.reasons
        assert "PauseCapture" in desk.orders
