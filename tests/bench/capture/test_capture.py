"""The benchmark as it is typed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.capture.__main__ import arguments, chosen, main
from bench.capture.peers import peers

_NAMES = [one.name for one in peers()]


def test_a_recorder_that_is_not_installed_is_named_and_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    here, *others = peers()
    gone = replace(others[0], programs=("no-such-recorder",))
    plan = chosen(arguments([], _NAMES), [here, gone])
    assert [one.name for one in plan.recorders] == [here.name]
    assert f"{gone.name} is left out: no-such-recorder is not" in capsys.readouterr().err


def test_a_name_that_nobody_knows_is_refused() -> None:
    for words in (["--workloads", "wrok"], ["--recorders", "obs"]):
        with pytest.raises(ValueError, match="not known here"):
            chosen(arguments(words, _NAMES), peers())


def test_a_full_run_takes_less_than_35_minutes_and_a_quick_one_less_than_6() -> None:
    everything = [replace(one, programs=(), lacks=str) for one in peers()]
    ours = replace(everything[0], name="twinreel")
    full = chosen(arguments([], _NAMES), [ours, *everything])
    assert len(full.recorders) == 6
    assert full.length() < 35 * 60
    quick = chosen(arguments(["--quick"], _NAMES), [ours, *everything])
    assert [one.name for one in quick.recorders] == ["twinreel", "ffmpeg-veryfast"]
    assert quick.length() < 6 * 60


@pytest.mark.e2e
def test_our_recorder_and_another_record_the_same_desktop(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    asked = ["--workloads", "work", "--recorders", "twinreel,ffmpeg-veryfast", "--rounds", "1"]
    assert main([*asked, "--seconds", "3", "--no-ocr", "--json", str(found)]) in {0, 3}
    told = json.loads(found.read_text(encoding="utf-8"))
    rounds: dict[str, dict[str, Any]] = {one["recorder"]: one for one in told["rounds"]}
    assert list(rounds) == ["nobody", "twinreel", "ffmpeg-veryfast"]
    for one in rounds.values():
        assert not one["failed"]
    for name in ("twinreel", "ffmpeg-veryfast"):
        one = rounds[name]
        assert one["psnr"] > 30
        assert one["ssim"] > 0.98
        assert one["kept"] > 2
        assert one["cpu"] > 0
        assert one["memory_peak"] > 20
        assert 0 < one["mb_per_hour"] < 2000
    assert rounds["twinreel"]["first_picture_ms"] > 0
    assert rounds["twinreel"]["delay_p50"] < 1000
    assert {goal["met"] for goal in told["goals"]} <= {True, False}
    assert told["goals"]
    assert "ffmpeg version" in told["recorders"]["ffmpeg-veryfast"]["version"]
    assert told["machine"]["cores"]
