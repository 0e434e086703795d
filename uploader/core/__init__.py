"""What the uploader decides: pure, with time and chance handed in."""

from uploader.core.clock import (
    ClockSample,
    best,
)
from uploader.core.conditions import (
    Conditions,
)
from uploader.core.life import (
    RESTART_SPAN,
    RESTARTS,
    Restarts,
    still_counts,
)
from uploader.core.pace import (
    FREELY,
    Pace,
)
from uploader.core.schedule import (
    Permission,
    permission,
)
from uploader.core.sending import (
    BLAMES_THE_RECORDING,
    BREAKER_FAILURES,
    FIRST_CHUNK,
    LARGEST_CHUNK,
    LONGEST_ASKED,
    LONGEST_WAIT,
    REFUSALS,
    SMALLEST_CHUNK,
    Breaker,
    ChunkSize,
    FileToSend,
    UploadJob,
    Verdict,
    next_job,
    retry_after,
    verdict,
    wait,
)

__all__ = [
    "BLAMES_THE_RECORDING",
    "BREAKER_FAILURES",
    "FIRST_CHUNK",
    "FREELY",
    "LARGEST_CHUNK",
    "LONGEST_ASKED",
    "LONGEST_WAIT",
    "REFUSALS",
    "RESTARTS",
    "RESTART_SPAN",
    "SMALLEST_CHUNK",
    "Breaker",
    "ChunkSize",
    "ClockSample",
    "Conditions",
    "FileToSend",
    "Pace",
    "Permission",
    "Restarts",
    "UploadJob",
    "Verdict",
    "best",
    "next_job",
    "permission",
    "retry_after",
    "still_counts",
    "verdict",
    "wait",
]
