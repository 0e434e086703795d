"""Orders for voice go to the source that told of the leg."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent_client.core.events import Event, Source, VoiceOrderFailed
from agent_client.workspace.voice_by_source import VoiceBySource


@dataclass
class Heard:
    orders: list[tuple[str, str]] = field(default_factory=list)

    def pause(self, connection_id: str) -> None:
        self.orders.append(("pause", connection_id))

    def resume(self, connection_id: str) -> None:
        self.orders.append(("resume", connection_id))


def test_each_order_goes_to_the_source_that_knows_the_leg() -> None:
    workspace, bridge = Heard(), Heard()
    voice = VoiceBySource(
        {Source.WORKSPACE: workspace, Source.BRIDGE: bridge}, list[Event]().append
    )
    voice.pause("w1", Source.WORKSPACE)
    voice.pause("b1", Source.BRIDGE)
    voice.resume("b1", Source.BRIDGE)
    assert workspace.orders == [("pause", "w1")]
    assert bridge.orders == [("pause", "b1"), ("resume", "b1")]


def test_an_order_for_a_source_without_voice_has_failed() -> None:
    said = list[Event]()
    voice = VoiceBySource({}, said.append)
    voice.pause("a1", Source.API)
    voice.resume("a1", Source.API)
    assert said == [VoiceOrderFailed("a1", "voice-order-failed")] * 2
