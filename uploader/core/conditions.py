"""What the desk is like just now, as far as it bears on uploads: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Conditions:
    """The desk, its power and its network. What is not known holds nothing back."""

    signed_in: bool = False  # an agent, in Workspace
    signed_out_for: timedelta | None = None  # how long none has been, if that is known
    in_call: bool = False
    metered: bool = False  # the network costs by the byte
    battery_percent: int | None = None  # None: on mains, or not known
