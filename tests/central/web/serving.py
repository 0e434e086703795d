"""A central with people and calls in it, as a program of its own: `serving.py DATA_DIR`.

Prints its address when it listens; ends when its input does.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from contract.manifest import Trouble, View

if TYPE_CHECKING:
    from central.store.models import Device, EnrolmentToken

PASSWORD = "correct horse battery"
SECOND = timedelta(seconds=1)
VIEWS = (
    View(0 * SECOND, 640, 360, ((0, 0, 640, 360),), (0, 0, 640, 360)),
    View(12 * SECOND, 3840, 1080, ((0, 0, 1920, 1080), (1920, 0, 1920, 1080)), (0, 90, 640, 180)),
)
TROUBLES = (
    Trouble(3 * SECOND, 1.5 * SECOND, "screen-black"),
    Trouble(10 * SECOND, 0 * SECOND, "clock-jumped"),
    Trouble(14 * SECOND, 2 * SECOND, "not-known-here"),
)


def main(folder: Path) -> None:
    os.environ["TWINREEL_DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "central.settings"
    import django  # noqa: PLC0415 - after its settings are known
    import uvicorn  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    from central.services import start  # noqa: PLC0415

    # People sign in dozens of times here; a slow hash would prove nothing about the pages.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    start.first_run(settings.TWINREEL)
    seed()
    from central.asgi import Central  # noqa: PLC0415
    from central.services.site import site  # noqa: PLC0415

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(Central(site()), lifespan="on", log_level="warning"))
    threading.Thread(target=_until_eof, args=(server,), daemon=True).start()
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)  # noqa: T201
    server.run(sockets=[listening])


def _until_eof(server: object) -> None:
    sys.stdin.read()
    server.should_exit = True  # type: ignore[attr-defined]  # uvicorn's way to ask


def seed() -> None:
    """Six people, three agents, four calls, one refused file."""
    from central.core.access import Role  # noqa: PLC0415
    from central.services import audit, people  # noqa: PLC0415
    from central.store.models import Device, EnrolmentToken, RefusedFile  # noqa: PLC0415
    from tests.central.media.calls import NOON  # noqa: PLC0415

    for name, full_name, role, unit in (
        ("sue", "Sue Pervisor", Role.SUPERVISOR, "/sales"),
        ("carla", "Carla Compliance", Role.COMPLIANCE_OFFICER, "/"),
        ("adam", "Adam Admin", Role.ADMIN, "/"),
        ("otto", "Otto Auditor", Role.AUDITOR, "/"),
        ("rita", "Rita Retention", Role.RETENTION_ADMIN, "/"),
        ("gil", "Gil Guessed", Role.AUDITOR, "/"),
    ):
        people.create(audit.OPERATOR, name, full_name, PASSWORD, [(role, unit)])
    people.place_agent(audit.OPERATOR, "A1", "/sales/north", "Maya Lindqvist")
    people.place_agent(audit.OPERATOR, "A2", "/sales/south", "Jonas Weber")
    people.place_agent(audit.OPERATOR, "A3", "/support", "Priya Nair")
    token = EnrolmentToken.objects.create(
        label="t",
        uses_left=1,
        secret_sha256="0" * 64,
        created_at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    device = Device.objects.create(
        device_id="D1",
        name="PC-7",
        secret_sha256="1" * 64,
        token=token,
        enrolled_at=NOON,
        seen_at=NOON,
        agent_id="A1",
        client_version="0.1.0",
        quarantined_count=2,
        problem="no-keyring",
    )
    RefusedFile.objects.create(
        device=device,
        recording_id="00000000-0000-4000-8000-000000000099",
        name="003.seg",
        path="refused/x",
        size_bytes=1_234_567,
        sha256="2" * 64,
        reason="003.seg: frame 12 does not open",
        refused_at=NOON,
    )
    add_call("CALL-1", "A1", 0, screen=True, device=device)
    add_call("CALL-2", "A2", 600, screen=False, device=device)
    add_call("CALL-3", "A3", 1200, screen=True, device=device)
    add_call("CALL-4", "A1", 1800, screen=None, device=device)
    add_live(token)
    add_decisions(device)


def add_live(token: EnrolmentToken) -> None:
    """A desk of each agent, for tests to speak as."""
    from central.services import desks  # noqa: PLC0415
    from central.store.models import Device  # noqa: PLC0415
    from tests.central.media.calls import NOON  # noqa: PLC0415

    for number in (1, 2, 3):
        Device.objects.create(
            device_id=f"LIVE-{number}",
            name=f"PC-{number}",
            secret_sha256=desks.hashed(f"LIVE-{number}-secret"),
            token=token,
            enrolled_at=NOON,
        )


def add_decisions(device: Device) -> None:
    """Of each call; one differs, one was asked for. And a confirmed notice."""
    from central.services import decisions, notices, policy  # noqa: PLC0415
    from contract import protocol  # noqa: PLC0415
    from contract.selection import decide  # noqa: PLC0415
    from tests.central.media.calls import NOON  # noqa: PLC0415

    _, in_force = policy.in_force()
    for number, agent_id in enumerate(("A1", "A2", "A3", "A1"), 1):
        call_id = f"CALL-{number}"
        sum_ = decide(call_id, in_force.selection.percentage, in_force.selection.salt)
        decisions.take(
            device,
            protocol.Decision(
                call_id=call_id,
                agent_id=agent_id,
                at=NOON + 600 * (number - 1) * SECOND,
                selected=number != 2,
                bucket=sum_.bucket,
                percentage=sum_.percentage,
                salt=sum_.salt,
                policy_version=in_force.version,
                asked=number == 3,
                asked_by="central" if number == 3 else "",
            ),
        )
    notices.take(device, protocol.NoticeRead(version="2026-1", agent_id="A1", at=NOON))


def add_call(
    call_id: str, agent_id: str, start: int, *, screen: bool | None, device: Device
) -> None:
    """A call at NOON and `start` seconds; `screen` None: selected, and its recording is missing."""
    from central.services import films, people  # noqa: PLC0415
    from central.services.site import site  # noqa: PLC0415
    from central.store.models import Call, Recording, RecordingFile, Voice  # noqa: PLC0415
    from contract.canonical import canonical, microseconds, utc_text  # noqa: PLC0415
    from contract.manifest import digest, to_json  # noqa: PLC0415
    from tests.central.media import calls  # noqa: PLC0415
    from tests.central.media.calls import NOON  # noqa: PLC0415

    place = site()
    began = NOON + timedelta(seconds=start)
    call = Call.objects.create(
        call_id=call_id,
        agent_id=agent_id,
        unit=people.unit(people.unit_of(agent_id)),
        started_at=began,
        screen_expected=screen is not False,
        ani="+46 8 555 01 23",
        dnis="1800",
        call_type="Inbound",
        first_seen_at=began,
    )
    folder = place.folder / "voice" / call_id
    voice = calls.voice(folder, place.keys, 14, start=start, beeps=[2, 9])
    Voice.objects.create(
        voice_id=f"V-{call_id}",
        call=call,
        agent_id=agent_id,
        started_at=voice.started_at,
        duration_us=microseconds(voice.length),
        codec="pcm_s16le",
        sample_rate_hz=8000,
        channel_count=2,
        metadata=canonical(
            {
                "voice_id": f"V-{call_id}",
                "call_id": call_id,
                "agent_id": agent_id,
                "started_at": utc_text(began),
                "channels": ["agent", "customer"],
            }
        ),
        audio_sha256=voice.content_sha256,
        path=voice.path.relative_to(place.folder).as_posix(),
        size_bytes=voice.path.stat().st_size,
        sha256=voice.sha256,
        received_at=began,
    )
    if screen:
        made = calls.screen(
            place.folder / "sealed",
            place.keys,
            [(0, 5), (7.5, 18)],
            start=start,
            flashes=[2, 9],
            pauses=[(5, 7.5)],
            size=(640, 360),
            name=start + 1,
            call_id=call_id,
            views=VIEWS,
            troubles=TROUBLES,
        )
        text = to_json(made.manifest)
        recording = Recording.objects.create(
            recording_id=made.manifest.recording_id,
            device=device,
            call=call,
            agent_id=agent_id,
            unit=call.unit,
            state="received",
            started_at=began,
            duration_us=microseconds(made.manifest.duration),
            size_bytes=1,
            end_reason="wrapped-up",
            selected=True,
            bucket=12,
            percentage="100",
            manifest=text,
            manifest_sha256=digest(text),
            received_at=began,
        )
        for path in made.segments:
            RecordingFile.objects.create(
                recording=recording,
                name=path.name,
                path=path.relative_to(place.folder).as_posix(),
                size_bytes=path.stat().st_size,
                sha256="3" * 64,
            )
    films.make(place, call_id)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
