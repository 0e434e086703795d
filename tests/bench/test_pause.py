"""Pauses as they are measured, and what the measuring calls wrong."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bench.pause import Asked, Drawn, Kept, Paused, leaked, main, measured, shares, verdicts
from contract.manifest import EndReason, Manifest, Pause, PauseReason
from contract.selection import RecordingDecision

_BEGAN = datetime(2026, 11, 22, 8, tzinfo=UTC)
START = _BEGAN.timestamp()
ASKED = [Asked("tray", START + 1.0, START + 2.0)]
DRAWN = [Drawn(number, START + number / 10, START + number / 10 + 0.01) for number in range(40)]
GOOD = [Kept(START + number / 10 + 0.02, number) for number in [*range(10), *range(21, 40)]]


def manifest(*orders: float) -> Manifest:
    """Pauses that were obeyed so many seconds after the recording began."""
    return Manifest(
        recording_id="00000000-0000-4000-8000-000000000001",
        call_id="A",
        agent_id="alice",
        device_id="desk-7",
        started_at=_BEGAN,
        duration=timedelta(seconds=4),
        clock_offset=timedelta(),
        clock_round_trip=timedelta(),
        decision=RecordingDecision(selected=True, bucket=0, percentage=Decimal(100), salt="s"),
        canvas=None,
        segments=(),
        pauses=tuple(
            Pause(timedelta(seconds=at), timedelta(seconds=1), (PauseReason.ASKED,))
            for at in orders
        ),
        views=(),
        troubles=(),
        legs=(),
        details_sha256=None,
        end_reason=EndReason.WRAPPED_UP,
        client_version="1",
    )


def test_a_pause_is_measured_from_when_it_was_asked_for() -> None:
    (only,) = measured(ASKED, DRAWN, GOOD, manifest(1.005))
    assert only.obeyed_ms == pytest.approx(5, abs=0.1)
    assert only.last_ms == pytest.approx(-80, abs=0.1)  # of picture 9, drawn 0.9 s on
    assert only.drawn_ms == pytest.approx(-100, abs=0.1)


def test_a_pause_that_the_manifest_does_not_tell_of_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        measured(ASKED, DRAWN, GOOD, manifest())


def test_what_was_only_there_in_a_pause_is_found_in_the_film() -> None:
    assert leaked(ASKED, DRAWN, GOOD, manifest(1.005)) == []
    told = [*GOOD, Kept(START + 2.02, 15)]
    assert leaked(ASKED, DRAWN, told, manifest(1.005)) == [15]


def test_what_was_still_there_when_it_went_on_is_not() -> None:
    told = [*GOOD, Kept(START + 2.005, 20)]
    assert leaked(ASKED, DRAWN, told, manifest(1.005)) == []


def test_slow_pauses_are_wrong() -> None:
    quick = Paused("tray", 5.0, -20.0, -30.0)
    slow = Paused("api", 250.0, 240.0, 230.0)
    assert verdicts({"drawn_in_a_pause": []}, [quick] * 300) == []
    assert len(verdicts({"drawn_in_a_pause": []}, [quick] * 100 + [slow] * 3)) == 1
    assert verdicts({"drawn_in_a_pause": [7]}, [quick] * 9) == ["kept though drawn in a pause: [7]"]


def test_a_picture_drawn_after_the_order_is_wrong() -> None:
    late = Paused("tray", 5.0, 9.0, 8.0)
    assert verdicts({"drawn_in_a_pause": []}, [late] * 3) == [
        "a picture was kept that was drawn after the order"
    ]


def test_shares_are_of_all() -> None:
    assert shares([float(one) for one in range(1, 102)]) == {"p50": 51, "p99": 100, "max": 101}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the stage is an X server")
def test_a_few_pauses_of_the_whole_client(tmp_path: Path) -> None:
    figures = tmp_path / "pause.json"
    main(["--pauses", "6", "--json", str(figures)])
    told = json.loads(figures.read_text())
    assert [why for why in told["wrong"] if "took more than" not in why] == []  # a busy machine
    assert told["pauses"] == 6
    assert told["drawn_in_a_pause"] == []
    assert told["pictures_kept"] > 6
    assert {one["way"] for one in told["each"]} == {"workspace", "api", "tray"}
