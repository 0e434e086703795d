from collections.abc import Callable
from pathlib import Path

import pytest

from central.services import audit, checking, removal, start, uploads
from central.services.checking import Depth
from central.services.site import Site, now
from central.store.models import DeletionMark, Device, EnrolmentToken, RefusedFile, Upload


def _device() -> Device:
    return Device.objects.create(
        device_id="d", name="d", token=EnrolmentToken.objects.get(), enrolled_at=now()
    )


def _kept(site: Site) -> Path:
    """A file with a row that knows its size and digest."""
    path = site.path("refused/one")
    path.parent.mkdir()
    path.write_bytes(b"content")
    RefusedFile.objects.create(
        device=_device(),
        path="refused/one",
        size_bytes=7,
        sha256="ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
        reason="x",
        refused_at=now(),
    )
    return path


def _faults(site: Site, depth: Depth = Depth.HASH) -> list[str]:
    return list(checking.faults(site, depth))


def test_all_is_well_at_first(site: Site) -> None:
    _kept(site)
    assert _faults(site) == []


@pytest.mark.parametrize(
    ("harm", "seen_at"),
    [
        (lambda path: path.unlink(), Depth.PRESENCE),
        (lambda path: path.write_bytes(b"short"), Depth.SIZE),
        (lambda path: path.write_bytes(b"CONTENT"), Depth.HASH),
    ],
)
def test_a_harmed_file_is_seen_at_the_depth_that_looks_for_it(
    site: Site, harm: Callable[[Path], object], seen_at: Depth
) -> None:
    harm(_kept(site))
    depths = list(Depth)
    for depth in depths:
        seen = bool(_faults(site, depth))
        assert seen is (depths.index(depth) >= depths.index(seen_at))


def test_a_file_that_nobody_owns_is_named(site: Site) -> None:
    orphan = site.path("sealed/ab/x")
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"x")
    assert _faults(site) == ["sealed/ab/x: nobody's"]


def test_a_marked_file_goes_at_the_next_start(site: Site) -> None:
    doomed = site.path("films/x")
    doomed.parent.mkdir(parents=True)
    doomed.write_bytes(b"x")
    removal.mark(["films/x"])
    assert _faults(site) == []
    start.every_start(site)
    assert not doomed.exists()
    assert not DeletionMark.objects.exists()


def test_drafts_are_thrown_away_at_start(site: Site) -> None:
    draft = site.path("incoming/x.draft")
    draft.parent.mkdir()
    draft.write_bytes(b"x")
    start.every_start(site)
    assert not draft.exists()


def test_an_upload_that_was_never_finished_is_given_up_in_time(site: Site) -> None:
    recording_id = "00000000-0000-0000-0000-000000000001"
    upload, _ = uploads.create(site, _device(), f"{recording_id}/000.seg", 3, "")
    assert uploads.expire(site) == 0
    Upload.objects.update(expires_at=now())
    assert uploads.expire(site) == 1
    assert not site.path(upload.path).exists()
    assert _faults(site) == []


def test_a_start_is_in_the_audit(site: Site) -> None:
    start.every_start(site)
    assert [entry for entry in audit.exported() if "central:started" in entry["entry"]]


def test_start_removes_the_file_of_an_upload_whose_row_a_crash_prevented(site: Site) -> None:
    device = _device()
    key = "5c0a0ff5-4d9a-4c05-9d2c-8d1d0f6b3a11"
    held, _ = uploads.create(site, device, f"{key}/000.seg", 5, "")
    orphan = site.path(held.path).with_name("0" * 32)
    orphan.touch()
    assert len(_faults(site)) == 1
    start.every_start(site)
    assert _faults(site) == []
    assert uploads.offset(site, held) == 0  # an upload that has a row keeps its file
