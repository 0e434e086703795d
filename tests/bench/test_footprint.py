"""The arithmetic of `python -m bench.footprint`; the figures themselves need a display and time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.capture import meter
from bench.footprint import Footprint, Recorder, beyond, ours, table

SMALL = Footprint(
    name="twinreel",
    installed_mb=184.0,
    package_mb=None,
    icon_warm_seconds=0.25,
    icon_cold_seconds=0.8,
    icon_cpu_seconds=0.3,
    own_mb=60.0,
    pss_mb=99.0,
    cpu_percent=0.1,
    wakes_a_second=2.0,
)


def test_what_was_not_measured_misses_no_goal() -> None:
    assert beyond(SMALL) == []


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("installed_mb", 220.1),
        ("package_mb", 54.1),
        ("icon_warm_seconds", 0.31),
        ("icon_cold_seconds", 1.01),
        ("pss_mb", 100.1),
    ],
)
def test_each_goal_that_is_missed_is_told_with_its_figure(figure: str, value: float) -> None:
    (told,) = beyond(replace(SMALL, **{figure: value}))  # type: ignore[arg-type]  # a name of its fields
    assert told.startswith(f"{figure} is {value:.2f}, at most ")


def test_recorders_stand_side_by_side_and_what_is_not_known_is_a_dash() -> None:
    lines = table([SMALL, replace(SMALL, name="another", package_mb=1.5)]).splitlines()
    assert lines[0].split() == ["twinreel", "another"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert rows["package_mb"] == ["-", "1.50"]
    assert rows["pss_mb"] == ["99.00", "99.00"]


def test_both_programs_of_a_folder_are_measured_together(tmp_path: Path) -> None:
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "library.so").write_bytes(b"")
    (tmp_path / "twinreel-agent").write_bytes(b"")
    found = ours(tmp_path)
    assert found == Recorder(
        "twinreel",
        (str(tmp_path / "twinreel-agent"),),
        "twinreel-agent",
        (tmp_path / "_internal" / "library.so", tmp_path / "twinreel-agent"),
        ("twinreel-uploader",),
    )


@pytest.mark.skipif(
    os.name != "posix" or not Path("/proc/self/smaps_rollup").exists(), reason="Linux"
)
def test_memory_of_ones_own_is_part_of_the_whole_and_grows_with_what_is_held() -> None:
    # in a program of its own: nothing is freed there that could be taken again
    holding = "held = bytearray(b'x') * 20_000_000"
    words = f"print(flush=True); input(); {holding}; print(flush=True); input()"
    with subprocess.Popen(
        (sys.executable, "-c", words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdout.readline()
        before = meter.own_mb([program.pid])
        print(file=program.stdin, flush=True)
        program.stdout.readline()
        after = meter.own_mb([program.pid])
        whole = meter.memory_mb([program.pid])
        program.communicate("\n")
    assert 15.0 < after - before < 30.0
    assert after <= whole


def test_a_program_that_has_ended_holds_nothing() -> None:
    assert meter.own_mb([2**30]) == 0.0
    assert meter.memory_mb([2**30]) == 0.0
