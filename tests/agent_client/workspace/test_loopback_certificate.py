"""The certificate that the endpoint shows: from the first place that has one, and renewed."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_client.certificate import AUTHORITY, make
from agent_client.certificate_folders import PEM
from agent_client.core.events import ProblemChanged
from agent_client.core.problems import problem
from agent_client.workspace.loopback import Loopback, LoopbackSettings
from agent_client.workspace.loopback_certificate import (
    CERTIFICATE_PROBLEMS,
    EXPIRED,
    EXPIRING,
    MISSING,
    UNUSABLE,
    CertificatePlace,
    KeptCertificate,
)
from bench.stage.workspace import StageWorkspace
from tests.agent_client.workspace.conftest import Inbox
from tests.agent_client.workspace.loopback_staging import endpoint_for

_NOW = datetime.now(UTC)


def _place(folder: Path) -> CertificatePlace:
    return CertificatePlace("a test's", folder / PEM, folder / PEM)


def _kept(*folders: Path, now: Callable[[], datetime] = lambda: _NOW) -> KeptCertificate:
    kept = KeptCertificate([_place(folder) for folder in folders], now)
    kept.look()
    return kept


def _settings(kept: KeptCertificate, **ports: tuple[int, ...]) -> LoopbackSettings:
    http, https = ports.get("http", ()), ports.get("https", (0,))
    return LoopbackSettings(http, https, ("127.0.0.1",), kept, again_seconds=0.05)


def test_none_is_said_to_be_missing_until_one_is_made(tmp_path: Path) -> None:
    kept = _kept(tmp_path)
    assert (kept.problem, kept.is_there) == (MISSING, False)
    make(tmp_path)
    kept.look()
    assert (kept.problem, kept.is_there) == ("", True)


def test_the_users_own_goes_before_the_computers(tmp_path: Path) -> None:
    own, computers = tmp_path / "own", tmp_path / "computers"
    make(computers)
    kept = _kept(own, computers)
    before = kept.context()
    make(own)
    kept.look()
    assert kept.context() is not before


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    make(tmp_path)
    kept = _kept(tmp_path)
    before = kept.context()
    kept.look()
    assert kept.context() is before


@pytest.mark.parametrize(
    ("days", "wanted"), [(0, ""), (366, ""), (368, EXPIRING), (396, EXPIRING), (398, EXPIRED)]
)
def test_its_end_is_told_a_month_before(days: int, wanted: str, tmp_path: Path) -> None:
    make(tmp_path)
    assert _kept(tmp_path, now=lambda: _NOW + timedelta(days=days)).problem == wanted


@pytest.mark.parametrize("spoilt", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_one_that_cannot_be_used_is_told_and_the_old_one_stays_in_force(
    spoilt: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path)
    kept = _kept(tmp_path)
    before = kept.context()
    (tmp_path / PEM).write_bytes(spoilt)
    for _ in range(3):
        kept.look()
    assert (kept.problem, kept.context()) == (UNUSABLE, before)
    assert len([one for one in caplog.records if one.levelno >= logging.ERROR]) == 1
    assert str(tmp_path) not in caplog.text
    make(tmp_path)
    kept.look()
    assert kept.problem == ""


def test_every_problem_has_words() -> None:
    for code in CERTIFICATE_PROBLEMS:
        assert problem(code).happened


async def _shown(loopback: Loopback, authority: Path) -> bool:
    """Whether who trusts this authority accepts what is shown."""
    context = ssl.create_default_context(cafile=str(authority))
    try:
        _, writer = await asyncio.open_connection(
            "127.0.0.1", loopback.ports.https, ssl=context, server_hostname="localhost"
        )
    except ssl.SSLCertVerificationError:
        return False
    writer.close()
    return True


async def test_a_renewed_certificate_is_shown_without_a_restart(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    make(tmp_path)
    old = tmp_path / "old.crt"
    old.write_bytes((tmp_path / AUTHORITY).read_bytes())
    async with endpoint_for(workspace, inbox, settings=_settings(_kept(tmp_path))) as loopback:
        assert await _shown(loopback, old)
        make(tmp_path)
        async with asyncio.timeout(20):
            while not await _shown(loopback, tmp_path / AUTHORITY):  # noqa: ASYNC110 -- nobody tells
                await asyncio.sleep(0.02)
        assert not await _shown(loopback, old)


async def test_http_is_served_while_there_is_no_certificate_and_https_once_there_is(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    settings = _settings(KeptCertificate([_place(tmp_path)]), http=(0,))
    async with endpoint_for(workspace, inbox, settings=settings) as loopback:
        await inbox.until(lambda e: ProblemChanged(MISSING, present=True) in e)
        assert loopback.ports.http is not None
        assert loopback.ports.https is None
        make(tmp_path)
        await inbox.until(lambda e: e.count(ProblemChanged(MISSING, present=False)) == 1)
        async with asyncio.timeout(20):
            while loopback.ports.https is None:  # noqa: ASYNC110 -- nobody tells
                await asyncio.sleep(0.02)
        assert await _shown(loopback, tmp_path / AUTHORITY)


async def test_a_certificate_that_has_expired_is_told_and_still_shown(
    workspace: StageWorkspace, inbox: Inbox, tmp_path: Path
) -> None:
    """A Workspace that does not look at it goes on; so does one that is told to go on."""
    make(tmp_path)
    late = KeptCertificate([_place(tmp_path)], lambda: _NOW + timedelta(days=500))
    async with endpoint_for(workspace, inbox, settings=_settings(late)) as loopback:
        await inbox.until(lambda e: ProblemChanged(EXPIRED, present=True) in e)
        assert await _shown(loopback, tmp_path / AUTHORITY)
