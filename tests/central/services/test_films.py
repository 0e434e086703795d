"""Films: waited for, made, and made anew when something comes late."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from central.media.keys import Role
from central.media.vault import Vault
from central.services import audit, films, key_changes, policy, recordings, uploads, voice
from central.services.site import Site, now
from central.store.models import Call, Device, EnrolmentToken, Film, FilmFile, Job, Recording
from central.worker import Worker
from contract.canonical import unb64, utc_text
from contract.envelope import Recipient
from contract.manifest import to_json
from contract.protocol import read_receipt, segment_name
from contract.voice import VoiceMetadata
from tests.central.media import calls

CALL = "CALL-1"


class _Lock:
    """Seals to this central."""

    def __init__(self, site: Site) -> None:
        self.recipients: Sequence[Recipient] = site.keys.recipients


def _voice(site: Site, voice_id: str = "V1") -> None:
    metadata = VoiceMetadata(
        voice_id=voice_id,
        call_id=CALL,
        agent_id="A1",
        started_at=calls.NOON,
        channels=("agent", "customer"),
    )
    staged = voice.stage(site, [calls.wav(2)])
    assert voice.keep(site, audit.CENTRAL, metadata, staged) is True


def _screen(site: Site, folder: Path, name: int = 1, *, spans: bool = True) -> str:
    device, _ = Device.objects.get_or_create(
        device_id="D1", defaults={"token": EnrolmentToken.objects.get(), "enrolled_at": now()}
    )
    made = calls.screen(folder, _Lock(site), [(0, 1)] if spans else [], name=name)
    for index, path in enumerate(made.segments):
        content = path.read_bytes()
        key = f"{made.manifest.recording_id}/{segment_name(index)}"
        upload, _ = uploads.create(site, device, key, len(content), "")
        site.path(upload.path).write_bytes(content)
        uploads.complete(site, upload)
    text = to_json(replace(made.manifest, device_id="D1"))
    assert recordings.receive(site, device, made.manifest.recording_id, text)
    return made.manifest.recording_id


def _grace_is_over() -> None:
    Call.objects.update(first_seen_at=now() - timedelta(days=1))
    Job.objects.filter(state="ready").update(run_after=now())


def _present(site: Site) -> set[str]:
    return {
        path.relative_to(site.folder).as_posix()
        for path in (site.folder / "films").rglob("*")
        if path.is_file()
    }


def test_a_selected_call_waits_for_its_screen_and_then_is_whole(site: Site, tmp_path: Path) -> None:
    worker = Worker(site)
    _voice(site)
    worker.drain()
    assert not Film.objects.exists()
    assert Job.objects.get(state="ready").run_after > now() + timedelta(minutes=10)
    recording_id = _screen(site, tmp_path)
    worker.drain()
    film = Film.objects.get()
    assert (film.version, film.has_voice, film.has_screen) == (1, True, True)
    assert film.facts["pauses_confirmed"] is True
    assert Call.objects.get().state == "playable"
    assert Recording.objects.get(pk=recording_id).state == "playable"
    assert _present(site) == set(FilmFile.objects.values_list("path", flat=True))


def _rotated(site: Site, role: Role) -> str:
    """The key that is in use no more."""
    before = site.keys.newest(role).kid
    key_changes.rotate(site, audit.OPERATOR, role, signs_after=timedelta(0), overlap=timedelta(0))
    return before


def _content(site: Site, film: Film) -> list[bytes]:
    contents = []
    for file in FilmFile.objects.filter(film=film).order_by("path"):
        with Vault(site.path(file.path), site.keys.opening) as vault:
            contents.append(b"".join(vault.read_range(0, vault.size)))
    return contents


def test_a_film_sealed_to_an_old_key_still_plays_and_becomes_part_of_the_next_one(
    site: Site, tmp_path: Path
) -> None:
    worker = Worker(site)
    _voice(site)
    _screen(site, tmp_path)
    worker.drain()
    first = Film.objects.get()
    before = _content(site, first)
    old = _rotated(site, "seal")
    _rotated(site, "escrow")
    assert _content(site, first) == before
    assert all(before)
    count = key_changes.sealed_to(site)[old]
    assert count == len(_present(site)) + 2  # the film's files, voice and screen
    _screen(site, tmp_path, name=2)  # sealed to the new key, in one film with the old
    worker.drain()
    assert Film.objects.order_by("-version")[0].version == 2
    assert all(_content(site, Film.objects.order_by("-version")[0]))


def test_a_receipt_whose_key_was_replaced_is_signed_anew_when_it_is_asked_for_again(
    site: Site, tmp_path: Path
) -> None:
    recording_id = _screen(site, tmp_path)
    row, device = Recording.objects.get(), Device.objects.get()
    given = bytes(row.receipt)
    old = _rotated(site, "receipt")
    now_believed = {key.kid: unb64(key.public) for key in policy.in_force()[1].receipt_keys}
    assert old not in now_believed
    for again in (
        recordings.receive(site, device, recording_id, bytes(row.manifest)),
        recordings.receipt(site, device, recording_id),
    ):
        assert json.loads(again)["body"] == json.loads(given)["body"]
        assert read_receipt(again, now_believed).recording_id == recording_id


def test_the_screen_may_come_first(site: Site, tmp_path: Path) -> None:
    worker = Worker(site)
    _screen(site, tmp_path)
    worker.drain()
    assert not Film.objects.exists()
    _voice(site)
    worker.drain()
    assert Film.objects.get().has_voice


def test_what_comes_after_the_grace_makes_the_next_version(site: Site, tmp_path: Path) -> None:
    worker = Worker(site)
    _voice(site)
    worker.drain()
    _grace_is_over()
    worker.drain()
    assert Call.objects.get().state == "partial"
    assert Film.objects.get().facts["pauses_confirmed"] is False
    before = _present(site)
    _screen(site, tmp_path)
    worker.drain()
    assert list(Film.objects.values_list("version", "has_screen")) == [(1, False), (2, True)]
    assert Call.objects.get().state == "playable"
    assert before
    assert not before & _present(site)
    assert _present(site) == set(FilmFile.objects.values_list("path", flat=True))


def test_nothing_new_makes_no_new_film(site: Site, tmp_path: Path) -> None:
    worker = Worker(site)
    _voice(site)
    _screen(site, tmp_path)
    worker.drain()
    assert films.make(site, CALL) is None
    assert Film.objects.count() == 1


def test_pauses_of_a_call_without_screen_are_confirmed_by_its_manifest(
    site: Site, tmp_path: Path
) -> None:
    worker = Worker(site)
    _screen(site, tmp_path, spans=False)  # the desk says: not selected
    _voice(site)
    worker.drain()
    film = Film.objects.get()
    assert (film.has_screen, film.facts["pauses_confirmed"]) == (False, True)
    assert Call.objects.get().state == "playable"


def test_a_second_recording_of_the_call_joins_the_film(site: Site, tmp_path: Path) -> None:
    worker = Worker(site)
    _voice(site)
    _screen(site, tmp_path, 1)
    worker.drain()
    _screen(site, tmp_path, 2)
    worker.drain()
    newest = Film.objects.order_by("-version")[0]
    assert (newest.version, len(newest.facts["recordings"])) == (2, 2)


def test_a_film_that_cannot_be_made_is_given_up_and_said_so(site: Site, tmp_path: Path) -> None:
    worker = Worker(site)
    _voice(site)
    recording_id = _screen(site, tmp_path)
    [file] = Recording.objects.get(pk=recording_id).files.all()
    site.path(file.path).write_bytes(os.urandom(100))  # the disk went bad after the receipt
    for _ in range(20):
        _grace_is_over()
        worker.drain()
    assert Job.objects.get(state="dead").last_error
    assert Call.objects.get().state == "failed"
    assert _present(site) == set()


def test_a_film_is_in_the_audit_with_the_digests_of_its_files(site: Site, tmp_path: Path) -> None:
    _voice(site)
    _screen(site, tmp_path)
    before = utc_text(now())
    Worker(site).drain()
    [entry] = [one["entry"] for one in audit.exported() if '"film:made"' in one["entry"]]
    digest = FilmFile.objects.get(kind="film").content_sha256
    assert digest in entry
    assert before < entry[entry.index('"at":"') + 6 :]
