"""The recorder is killed on a real display, and what is left is played."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import av
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench import crash
from bench.crash import GOAL_SECONDS, Run, failed, lane, main, report, run
from bench.evidence import PlayError, kept, played, promised
from uploader.spool import Spool


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    folder = tmp_path_factory.mktemp("crash") / "lane"
    with lane(folder) as alone:
        return run(0, 6.0, alone), folder / "spool-0"


def test_of_a_recorder_that_is_killed_a_film_is_left(killed: tuple[Run, Path]) -> None:
    """How much of it was lost is measured by `python -m bench.crash`, on a machine at rest."""
    done, _ = killed
    assert done.failure == ""
    assert done.pictures > 3
    assert 0 <= done.lost_seconds < done.recorded_seconds


@pytest.mark.parametrize(("lost", "status"), [(GOAL_SECONDS, 0), (GOAL_SECONDS + 0.1, 1)])
def test_who_loses_more_than_promised_does_not_pass(
    monkeypatch: pytest.MonkeyPatch, lost: float, status: int
) -> None:
    monkeypatch.setattr(crash, "runs", lambda *_: iter([Run(0, 6.0, 20, lost, "")]))
    assert main(["--runs", "1"]) == status


def test_a_film_that_was_tampered_with_counts_as_a_failure(
    killed: tuple[Run, Path], tmp_path: Path
) -> None:
    shutil.copytree(killed[1], tmp_path / "spool")
    (segment,) = (tmp_path / "spool").glob("*/000.seg")
    content = bytearray(segment.read_bytes())
    content[-100] ^= 1
    segment.write_bytes(content)
    spool = Spool(tmp_path / "spool", ballast_bytes=0, reserve_bytes=0)
    with pytest.raises((PlayError, ValueError)):
        kept(spool, {"bench": X25519PrivateKey.generate()})


def film() -> bytes:
    """Twenty pictures in fragments, as libav writes them."""
    target = io.BytesIO()
    flags = {"movflags": "frag_every_frame+empty_moov+default_base_moof"}
    with av.open(target, "w", format="mp4", options=flags) as container:
        stream = container.add_stream("libx264", rate=5)
        stream.width, stream.height = 640, 64
        stream.options = {"preset": "ultrafast", "tune": "zerolatency"}
        for _ in range(20):
            picture = av.VideoFrame(640, 64, "yuv420p")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return target.getvalue()


def test_a_whole_film_plays_to_its_last_fragment() -> None:
    whole = film()
    assert promised(whole) == 20
    assert len(played(whole)) == 20


def test_a_film_with_a_damaged_picture_does_not_play() -> None:
    whole = bytearray(film())
    place = whole.rindex(b"mdat") + 8
    whole[place : place + 40] = b"\xff" * 40
    with pytest.raises(PlayError):
        played(bytes(whole))


def test_a_film_that_is_cut_does_not_play() -> None:
    with pytest.raises(PlayError, match="does not fit in"):
        played(film()[:-20])


def test_failures_are_reported_one_by_one() -> None:
    good = Run(1, 4.0, 20, 0.5, "")
    bad = replace(good, number=0, failure="PlayError: torn")
    figures = report([good, bad], seed=7)
    assert figures["runs"] == 2
    assert [one["number"] for one in figures["each"]] == [0, 1]  # type: ignore[attr-defined] # JSON
    assert len(figures["failures"]) == 1  # type: ignore[arg-type] # JSON


def test_a_busy_machine_is_no_failure_and_everything_else_is() -> None:
    busy = """{"said": "event", "event": "ProblemChanged(code='capture-late', present=True)"}"""
    black = """{"said": "event", "event": "ProblemChanged(code='screen-black', present=True)"}"""
    for code in ("capture-late", "encoder-slow", "disk-slow"):
        assert failed(busy.replace("capture-late", code) + "\n") == ""
    assert failed(f"{busy}\n{black}\n") == black
    assert failed("RecordingEnded") == "RecordingEnded"
