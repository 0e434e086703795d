"""Central and Workspace for all tests of the page, and a browser for each file of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from bench.stage.office import Central, free_port
from bench.stage.wwe import wwe
from tests.agent_client.workspace.bridge_staging import DeskInThread, desk_at
from tests.agent_client.workspace.page.seating import Office, Seat, chromium, seat


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    kept = os.environ.get("TWINREEL_ARTIFACTS")
    pictures = Path(kept) if kept else folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    central = Central(folder)
    central.start()
    try:
        with wwe() as workspace:
            central.command("policy", "set", "--json", "--origin", workspace.origin)
            yield Office(central, workspace, pictures)
    finally:
        central.stop()


@pytest.fixture(scope="module")  # there can be one, since it runs a loop
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as browser:
        yield browser


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[DeskInThread]:
    with desk_at(tmp_path / "desk", office.central.url, free_port()) as desk:
        yield desk


@pytest.fixture
def john(office: Office, browser: Browser, desk: DeskInThread) -> Iterator[Seat]:
    with seat(office, browser, desk) as john:
        john.shows("ready")
        yield john
