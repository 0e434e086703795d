"""What a spool holds after the recorder died: opened with the key, decoded to the last fragment."""

from __future__ import annotations

import io
import json
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import av
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.capture import marks
from contract.envelope import opened_prefix, whole_length
from contract.manifest import from_json
from uploader.spool import Spool

_BOX = struct.Struct(">I4s")
_FULL_BOX_AND_COUNT = struct.Struct(">II")
_CONTAINERS = frozenset({b"moof", b"traf"})


class PlayError(RuntimeError):
    """A film does not play as it should; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of a recording."""

    pictures: int
    last: int | None  # the number (`marks`) in the last picture


def reached(root: Path) -> str:
    """How far the recorder came, before anything is salvaged: the last lines of its journals."""
    lines = [path.read_text("utf-8").splitlines() for path in root.glob("*/journal.jsonl")]
    return (
        "; ".join(json.loads(one[-1])["line"] if one else "nothing" for one in lines) or "no folder"
    )


def kept(spool: Spool, keys: Mapping[str, X25519PrivateKey]) -> Kept:
    """Salvage what lies there, as the client does at its start, and play it.

    PlayError if anything is damaged, cut in what is promised whole, or does not play to its end.
    """
    spool.salvage_all()
    if spool.abandoned() or spool.quarantined():
        raise PlayError("not salvaged")
    pictures, last = 0, None
    for recording_id in spool.waiting():
        manifest = from_json(spool.manifest_bytes(recording_id))
        spool.check(recording_id)
        files = {file.name: file.path for file in spool.files(recording_id)}
        films = [path for name, path in sorted(files.items()) if name.endswith(".seg")]
        if len(films) != len(manifest.segments):
            raise PlayError(f"{len(films)} files for {len(manifest.segments)} segments")
        for path in films:
            numbers = played(_opened(path, keys))
            pictures += len(numbers)
            last = next((one for one in reversed(numbers) if one is not None), last)
    return Kept(pictures, last)


def played(mp4: bytes) -> list[int | None]:
    """The numbers in the pictures of a film, which must play to its last fragment, twice."""
    wanted = promised(mp4)
    try:
        with av.open(io.BytesIO(mp4), "r") as container:
            numbers = [_number(frame) for frame in container.decode(video=0)]
    except av.FFmpegError as error:
        raise PlayError(f"PyAV: {error}") from error
    if len(numbers) != wanted:
        raise PlayError(f"PyAV shows {len(numbers)} pictures of {wanted}")
    command = ["ffmpeg", "-nostdin", "-v", "warning", "-xerror", "-i", "pipe:0"]
    # In the film's own time: in that of its mean rate two pictures may fall into one.
    command += ["-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"]
    done = subprocess.run(command, input=mp4, capture_output=True, check=False)
    if done.returncode or done.stderr:
        raise PlayError(f"ffmpeg, {done.returncode}: {done.stderr.decode()[:500]}")
    return numbers


def promised(mp4: bytes) -> int:
    """How many pictures the film's fragments announce."""
    return sum(
        _FULL_BOX_AND_COUNT.unpack_from(mp4, begin)[1]
        for kind, begin in _boxes(mp4, 0, len(mp4))
        if kind == b"trun"
    )


def _boxes(mp4: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int]]:
    """Each box and where its content begins, those in `_CONTAINERS` opened."""
    while begin < end:
        size, kind = _BOX.unpack_from(mp4, begin)
        if size < _BOX.size or begin + size > end:
            raise PlayError(f"a box {kind!r} of {size} bytes does not fit in")
        yield kind, begin + _BOX.size
        if kind in _CONTAINERS:
            yield from _boxes(mp4, begin + _BOX.size, begin + size)
        begin += size


def _opened(path: Path, keys: Mapping[str, X25519PrivateKey]) -> bytes:
    with path.open("rb") as stream:
        if whole_length(stream) != path.stat().st_size:
            raise PlayError("salvage left a torn end")
        stream.seek(0)
        return b"".join(opened_prefix(stream, keys))


def _number(frame: av.VideoFrame) -> int | None:
    luma = frame.planes[0]
    return marks.read(memoryview(luma), luma.line_size)
