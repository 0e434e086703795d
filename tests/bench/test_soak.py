"""What a soak calls wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.lag import Lag, Snapshots
from bench.samples import Sample, memory
from bench.soak import verdicts

QUIET = Sample(
    at=10.0,
    memory_mb=100.0,
    own_mb=80.0,
    beside_mb=30.0,
    threads=8,
    files=33,
    cpu_percent=0.1,
    wakes=1.5,
)
HOUR = [replace(QUIET, at=10.0 * number) for number in range(1, 361)]
STEADY = Lag(seen_first=0.1, seen_last=0.12, disk_first=0.7, disk_last=0.8)


def test_a_quiet_hour_is_as_it_should_be() -> None:
    assert verdicts("static", HOUR, memory(HOUR), None) == []
    assert verdicts("motion", HOUR, memory(HOUR), STEADY) == []


def test_memory_that_grows_is_wrong() -> None:
    growing = [replace(one, own_mb=100 + one.at / 100) for one in HOUR]
    assert verdicts("work", growing, memory(growing), STEADY) == ["memory grows by 36.0 MB an hour"]


def test_files_that_stay_open_are_wrong() -> None:
    leaking = [*HOUR[:-1], replace(HOUR[-1], files=60)]
    assert verdicts("work", leaking, memory(leaking), None) == [
        "threads or open files have become more"
    ]


def test_pictures_that_come_later_and_later_are_wrong() -> None:
    late = replace(STEADY, seen_last=1.0, disk_last=3.0)
    assert verdicts("motion", HOUR, memory(HOUR), late) == [
        "pictures come 0.90 s later at the end",
        "pictures reach the disk 2.30 s later at the end",
    ]


def test_a_still_desktop_that_keeps_the_client_busy_is_wrong() -> None:
    busy = [replace(one, cpu_percent=1.0, wakes=30.0) for one in HOUR]
    assert len(verdicts("static", busy, memory(busy), None)) == 2
    assert verdicts("work", busy, memory(busy), None) == []


def test_the_newest_file_is_copied_as_it_is(tmp_path: Path) -> None:
    spool = tmp_path / "office" / "desk0" / "state" / "spool" / "id"
    spool.mkdir(parents=True)
    (spool / "000.seg").write_bytes(b"so far")
    snapshots = Snapshots(tmp_path / "office", tmp_path / "copies", seconds=600)
    snapshots.look()
    assert snapshots.copies == []  # it has hardly begun
    snapshots.look(last=True)
    (spool / "000.seg").write_bytes(b"more by now")
    (copy,) = snapshots.copies
    assert copy.path.read_bytes() == b"so far"
    assert not copy.early
