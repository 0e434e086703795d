"""What the board and the system mean to those who send: how fast, and under which conditions."""

from __future__ import annotations

import threading

from uploader.app import local_time
from uploader.app.standing import Board
from uploader.bandwidth import Bandwidth
from uploader.core import Conditions, bits_per_second
from uploader.host import Surroundings


def paced(board: Board, stop: threading.Event) -> Bandwidth:
    """The policy's limit as it is at each moment; none without a policy."""

    def limit() -> int:
        standing = board.now
        if standing.policy is None:
            return 0
        uploading = standing.policy.uploading
        return bits_per_second(uploading, local_time.now(), in_call=standing.client.in_call)

    return Bandwidth(limit, stop.wait)


def seen(surroundings: Surroundings) -> Conditions:
    """Network and power, as the system told last."""
    now = surroundings.now
    return Conditions(metered=now.metered, battery_percent=now.battery_percent)
