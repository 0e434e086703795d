import io
import json
import math
import socket
import struct
import uuid
import wave
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import pytest
import requests

from contract.canonical import utc_text
from tests.central.serving import PATIENCE, Central, eventually


def _wav(channels: int = 2, seconds: float = 0.5) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(channels)
        audio.setsampwidth(2)
        audio.setframerate(8000)
        for at in range(int(8000 * seconds)):
            sample = struct.pack("<h", int(9000 * math.sin(at / 5)))
            audio.writeframes(sample * channels)
    return file.getvalue()


def _mp3() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=16000, layout="stereo")
        with av.open(io.BytesIO(_wav()), "r") as source:
            resampler = av.AudioResampler(format="s16p", layout="stereo", rate=16000)
            for frame in source.decode(audio=0):
                for resampled in resampler.resample(frame):
                    container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))
    return file.getvalue()


def _metadata(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of it
    return {
        "voice_id": f"voice-{uuid.uuid4()}",
        "call_id": f"call-{uuid.uuid4()}",
        "agent_id": "agent42",
        "started_at": "2026-11-22T12:00:00Z",
        "ani": "+15551230001",
        "dnis": "800",
        "channels": ["agent", "customer"],
        **changes,
    }


def _post(central: Central, metadata: object, audio: bytes, key: str = "") -> requests.Response:
    return requests.post(
        central.url + "/voice",
        files=[
            ("metadata", ("", json.dumps(metadata), "application/json")),
            ("audio", ("call.wav", audio, "audio/wav")),
        ],
        headers={"Authorization": f"Bearer {key or central.first['import_key']}"},
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("audio", [_wav(), _mp3()], ids=["wav", "mp3"])
def test_voice_is_taken_once(central: Central, audio: bytes) -> None:
    metadata = _metadata()
    first, again = _post(central, metadata, audio), _post(central, metadata, audio)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json()
    received = central.audit("voice:received")
    assert [one["subject"] for one in received].count(metadata["voice_id"]) == 1


def test_no_clear_audio_is_on_the_disk(central: Central) -> None:
    audio = _wav(seconds=2)
    assert _post(central, _metadata(), audio).status_code == 201
    probe = audio[5_000:5_064]
    held = {path: _content(path) for path in central.folder.rglob("*")}
    assert any(held.values())
    assert not [path for path, content in held.items() if probe in content or b"WAVE" in content]
    assert not list(central.folder.glob("incoming/*"))


def _content(path: Path) -> bytes:
    """Nothing of a folder, or of a file that central has just removed."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return b""


def test_other_audio_under_the_same_id_is_a_conflict(central: Central) -> None:
    metadata = _metadata()
    _post(central, metadata, _wav())
    assert _post(central, metadata, _wav(seconds=1)).status_code == 409
    assert _post(central, {**metadata, "ani": "other"}, _wav()).status_code == 409


@pytest.mark.parametrize(
    ("audio", "changes"),
    [
        (b"", {}),
        (b"not audio at all", {}),
        (b"RIFF\x00\x00\x00\x00WAVE", {}),
        (_wav()[:30], {}),
        (_wav(channels=1), {}),
        (_wav(), {"channels": ["mixed"]}),
        (_wav(), {"channels": ["agent", "agent"]}),
        (_wav(), {"started_at": "2026-11-22T12:00:00"}),
        (_wav(), {"voice_id": ""}),
        (_wav(), {"call_id": "x" * 101}),
    ],
)
def test_what_cannot_be_used_is_refused(
    central: Central, audio: bytes, changes: dict[str, object]
) -> None:
    answer = _post(central, _metadata(**changes), audio)
    assert (answer.status_code, answer.json()["error"]) == (422, "unusable")
    assert not list(central.folder.glob("incoming/*"))


def test_a_form_without_sense_is_told_what_is_wrong(central: Central) -> None:
    answer = _post(central, {"voice_id": 1}, _wav())
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")


MARK = "b0undary"


def _part(name: str, content: bytes) -> bytes:
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n"


def _posted(
    central: Central,
    body: bytes | list[bytes],
    kind: str = f'multipart/form-data; boundary="{MARK}"',
) -> requests.Response:
    headers = {
        "Authorization": f"Bearer {central.first['import_key']}",
        "Content-Type": kind,
    }
    data = iter(body) if isinstance(body, list) else body
    return requests.post(central.url + "/voice", data=data, headers=headers, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("parts", "end"),
    [
        (["audio"], "--"),
        (["metadata"], "--"),
        (["metadata", "audio", "audio"], "--"),
        (["metadata", "metadata", "audio"], "--"),
        (["metadata", "audio", "other"], "--"),
        (["metadata", "audio"], ""),
        (["metadata", "audio"], "X"),
        ([], "--"),
    ],
)
def test_a_form_that_is_not_whole_is_refused(central: Central, parts: list[str], end: str) -> None:
    content = {"metadata": json.dumps(_metadata()).encode(), "audio": _wav(), "other": b""}
    body = b"".join(_part(name, content[name]) for name in parts)
    answer = _posted(central, body + f"--{MARK}{end}\r\n".encode())
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
    assert not list(central.folder.glob("incoming/*"))


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "multipart/mixed"])
def test_what_is_no_form_is_refused(central: Central, kind: str) -> None:
    assert _posted(central, b"x", kind).status_code == 400


def test_a_form_may_come_in_any_order_and_in_any_pieces(central: Central) -> None:
    audio, metadata = _wav(), _metadata()
    tricky = audio + f"\r\n--{MARK[:-1]}".encode()  # what follows the samples is not heard
    body = _part("audio", tricky) + _part("metadata", json.dumps(metadata).encode())
    body += f"--{MARK}--\r\n".encode()
    cut = len(audio) + 90  # within what looks like a boundary
    places = [0, 7, 61, cut, cut + 3, len(body)]
    pieces = [body[start:end] for start, end in pairwise(places)]
    assert _posted(central, pieces).status_code == 201
    [entry] = [
        one for one in central.audit("voice:received") if one["subject"] == metadata["voice_id"]
    ]
    assert entry["details"]["audio_sha256"] == sha256(tricky).hexdigest()


def test_an_unknown_key_imports_nothing(central: Central) -> None:
    assert _post(central, _metadata(), _wav(), key="TRV1.wrong").status_code == 401


def test_an_import_that_is_cut_leaves_nothing(central: Central) -> None:
    parts = urlsplit(central.url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        head = (
            f"POST /voice HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: Bearer {central.first['import_key']}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 999999\r\n\r\n"
            '--b\r\nContent-Disposition: form-data; name="audio"\r\n\r\n'
        )
        connection.sendall(head.encode() + _wav())
        eventually(lambda: list(central.folder.glob("incoming/*")))
    eventually(lambda: not list(central.folder.glob("incoming/*")))


def _films(central: Central) -> list[Path]:
    return sorted(central.folder.glob("films/**/film.sealed"))


def test_voice_of_a_call_becomes_a_film(own_central: Central) -> None:
    own_central.run("policy", "set", "--percentage", "0", "--json")
    metadata = _metadata(started_at=utc_text(datetime.now(UTC)))  # the policy of that time counts
    assert _post(own_central, metadata, _wav()).status_code == 201
    assert own_central.run("work", "--drain", "--json")["jobs"] == 1
    assert len(_films(own_central)) == 1
    assert own_central.run("check", "--depth", "hash", "--json")["faults"] == []


def test_a_selected_call_waits_for_its_screen(own_central: Central) -> None:
    assert _post(own_central, _metadata(), _wav()).status_code == 201
    assert own_central.run("work", "--drain", "--json")["jobs"] == 1
    assert _films(own_central) == []


def test_pauses_that_come_late_make_the_film_anew_and_destroy_the_old(
    own_central: Central,
) -> None:
    own_central.run("policy", "set", "--percentage", "0", "--json")
    desk = own_central.enrol()
    began = datetime.now(UTC)
    metadata = _metadata(started_at=utc_text(began))
    _post(own_central, metadata, _wav(seconds=2))
    own_central.run("work", "--drain", "--json")
    [old] = _films(own_central)
    desk.session.post(
        own_central.url + "/desk/masks",
        json={
            "call_id": metadata["call_id"],
            "agent_id": "agent42",
            "since": utc_text(began + timedelta(seconds=1)),
            "until": utc_text(began + timedelta(seconds=2)),
            "reason": "asked",
        },
        headers={"Authorization": f"Bearer {desk.device_id}.{desk.secret}"},
        timeout=PATIENCE,
    )
    own_central.run("work", "--drain", "--json")
    [new] = _films(own_central)
    assert new != old
    assert own_central.run("check", "--depth", "hash", "--json")["faults"] == []
