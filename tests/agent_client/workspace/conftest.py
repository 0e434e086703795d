"""The engine's inbox, as the adapters see it, and the Workspace stand-in on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from agent_client.core.events import Event
from bench.stage.workspace import StageWorkspace

_DEADLINE = 40.0  # seconds; CI is slow


class Inbox:
    """Takes events in the order in which they were posted."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._posted = asyncio.Event()

    def post(self, event: Event) -> None:
        self.events.append(event)
        self._posted.set()

    def taken(self) -> int:
        return len(self.events)

    async def until(self, holds: Callable[[list[Event]], bool]) -> list[Event]:
        """Wait until the events fulfil a condition; they are shown if they never do."""
        try:
            async with asyncio.timeout(_DEADLINE):
                while not holds(self.events):
                    self._posted.clear()
                    await self._posted.wait()
        except TimeoutError:
            raise AssertionError(f"never came true: {self.events}") from None
        return self.events


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def workspace() -> AsyncIterator[StageWorkspace]:
    async with StageWorkspace() as stage:
        yield stage
