"""Figures as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.capture.findings import Round
from bench.capture.results import PRODUCT, VERYFAST, Goal, Medians, goals

_COLUMNS = (
    "recorder",
    "CPU s/min",
    "+ X",
    "x veryfast",
    "wakes/s",
    "MB peak",
    "end",
    "MB/h",
    "x veryfast",
    "kept",
    "PSNR",
    "SSIM",
    "OCR %",
)
_UNITS = {
    "cpu, x_cpu, beside_cpu, x_share": "CPU seconds a minute; x_cpu with what X does for nobody",
    "wakes": "voluntary context switches of all threads, a second",
    "memory_peak, memory_end": "MB (10^6 bytes) of proportional set size",
    "mb_per_hour, mb_per_hour_late": "MB (10^6 bytes) an hour, the latter of the second half",
    "kept, shown": "states in the film, and fifths of a second in which the screen changed",
    "psnr, ssim, ocr": "dB of luma; 0 to 1, all planes; percent of words",
    "delay_*, wait_*, first_picture_ms": "ms",
}


def table(medians: Medians) -> str:
    """Every workload, every recorder, cheapest first, and the goals."""
    lines: list[str] = []
    for workload in medians.workloads():
        rows = sorted(medians.recorders(workload), key=medians.cost)
        veryfast = medians.of(workload, VERYFAST)
        best = medians.best_peer(workload, None)
        lines += [
            f"{workload}:",
            *_laid_out([_COLUMNS, *(_row(medians, one, veryfast) for one in rows)]),
        ]
        ours = medians.of(workload, PRODUCT)
        if ours is not None:
            lines += _about_ours(medians, ours, best)
        lines.append("")
    lines += [
        f"failed: {one.recorder} on {one.workload}, round {one.number}: {one.failed}"
        for one in medians.failed
    ]
    lines += [f"goal: {goal}" for goal in goals(medians)]
    return "\n".join(lines)


def _row(medians: Medians, one: Round, veryfast: Round | None) -> tuple[str, ...]:
    cost = size = "-"
    if veryfast is not None:
        cost = f"{medians.cost(one) / medians.cost(veryfast):.3f}"
        if one.mb_per_hour is not None and veryfast.mb_per_hour:
            size = f"{one.mb_per_hour / veryfast.mb_per_hour:.2f}"
    return (
        one.recorder,
        f"{one.cpu:.2f}",
        _number(medians.x_share(one), 2),
        cost,
        f"{one.wakes:.1f}",
        f"{one.memory_peak:.0f}",
        f"{one.memory_end:.0f}",
        _number(one.mb_per_hour, 1),
        size,
        f"{one.kept}/{one.shown}",
        _number(one.psnr, 1),
        _number(one.ssim, 4),
        _number(one.ocr, 1),
    )


def _about_ours(medians: Medians, ours: Round, best: Round | None) -> Iterable[str]:
    if best is not None:
        ratio = medians.cost(ours) / medians.cost(best)
        yield f"  {PRODUCT}: {ratio:.3f} x the cheapest peer ({best.recorder})"
    if ours.delay_p50 is not None:
        yield (
            f"  {PRODUCT}: a frame is {ours.delay_p50:.0f} ms behind the screen (p50), "
            f"{_number(ours.delay_p99, 0)} ms (p99); a change, seen or passed over, is in the film "
            f"after {_number(ours.wait_p50, 0)} ms (p50), {_number(ours.wait_p99, 0)} ms (p99)"
        )
        yield (
            f"  {PRODUCT}: first picture {_number(ours.first_picture_ms, 0)} ms after the answer; "
            f"{_number(ours.mb_per_hour_late, 1)} MB/h in the second half"
        )
    yield f"  {PRODUCT}: beside it, not counted above: uploader {ours.beside_cpu:.2f} CPU s/min"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _laid_out(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def as_json(rounds: Sequence[Round], medians: Medians, about: Mapping[str, Any]) -> dict[str, Any]:
    """All of it."""
    return {
        "machine": machine(),
        "units": _UNITS,
        **about,
        "medians": [
            {**asdict(one), "x_share": medians.x_share(one)}
            for workload in medians.workloads()
            for one in medians.recorders(workload)
        ],
        "goals": [_goal(goal) for goal in goals(medians)],
        "rounds": [asdict(one) for one in rounds],
    }


def _goal(goal: Goal) -> dict[str, Any]:
    return {**asdict(goal), "met": goal.met, "says": str(goal)}


def machine() -> dict[str, Any]:
    """What it ran on."""
    model = ""
    info, load = Path("/proc/cpuinfo"), Path("/proc/loadavg")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else ""
    return {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "processor": model or platform.processor(),
        "load": load.read_text().split()[:3] if load.exists() else None,
    }
