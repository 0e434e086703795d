"""What the network does to recordings on their way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.flipping import FlippingProxy, flipping_proxy
from tests.e2e.scene import House, Scene

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def proxy(house: House) -> Iterator[FlippingProxy]:
    with flipping_proxy(house.central.url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def scene(house: House, proxy: FlippingProxy) -> Iterator[Scene]:
    """A desk that reaches central by way of the proxy."""
    with house.desk("network", url=proxy.url) as scene:
        yield scene


def test_a_segment_damaged_on_its_way_is_sent_again(scene: Scene, proxy: FlippingProxy) -> None:
    proxy.damage_next = 2
    talk = scene.short_call()
    ((one,),) = scene.received(talk)
    assert proxy.damage_next == 0
    assert one.segments
