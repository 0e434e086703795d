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
    Bucket,
    Pace,
    bits_per_second,
    largest_chunk,
)
from uploader.core.route import (
    APART,
    FAIL_OVER,
    SPREAD,
    Course,
    Server,
)
from uploader.core.schedule import (
    Permission,
    permission,
    permission_by_supply,
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
from uploader.core.ways import (
    DIRECT,
    Moment,
    all_bad,
    best_first,
    shown,
    slept,
    ways_said,
)
from uploader.core.week import (
    within,
)

__all__ = [
    "APART",
    "BLAMES_THE_RECORDING",
    "BREAKER_FAILURES",
    "DIRECT",
    "FAIL_OVER",
    "FIRST_CHUNK",
    "FREELY",
    "LARGEST_CHUNK",
    "LONGEST_ASKED",
    "LONGEST_WAIT",
    "REFUSALS",
    "RESTARTS",
    "RESTART_SPAN",
    "SMALLEST_CHUNK",
    "SPREAD",
    "Breaker",
    "Bucket",
    "ChunkSize",
    "ClockSample",
    "Conditions",
    "Course",
    "FileToSend",
    "Moment",
    "Pace",
    "Permission",
    "Restarts",
    "Server",
    "UploadJob",
    "Verdict",
    "all_bad",
    "best",
    "best_first",
    "bits_per_second",
    "largest_chunk",
    "next_job",
    "permission",
    "permission_by_supply",
    "retry_after",
    "shown",
    "slept",
    "still_counts",
    "verdict",
    "wait",
    "ways_said",
    "within",
]
