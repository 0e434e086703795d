"""The service's account is named as Windows names it."""

from __future__ import annotations

from uploader.spool.service_account import service_sid


def test_an_account_has_the_identifier_that_windows_gives_it() -> None:
    # As Windows documents that of its own service.
    known = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
    assert service_sid("TrustedInstaller") == known
