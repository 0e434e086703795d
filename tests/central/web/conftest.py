"""One central for all tests of its pages, in a process of its own, and a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect, sync_playwright

from tests.central.web.serving import PASSWORD

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0  # seconds; the machine may be slow
expect.set_options(timeout=PATIENCE * 1000)
BROWSER_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Pages:
    """Where central's pages are."""

    url: str

    def signed_in(self, name: str) -> requests.Session:
        """A session as a browser would hold it."""
        session = requests.Session()
        session.trust_env = False
        session.get(f"{self.url}/sign-in", timeout=30)
        answer = session.post(
            f"{self.url}/sign-in",
            {
                "username": name,
                "password": PASSWORD,
                "csrfmiddlewaretoken": session.cookies["csrftoken"],
            },
            timeout=30,
        )
        assert answer.ok
        return session


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("central")
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.central.web.serving", str(folder / "data")],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as program,
    ):
        assert program.stdin is not None
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        assert url.startswith("http://"), (folder / "log").read_text()
        yield Pages(url)
        program.stdin.close()
        program.wait(PATIENCE)


@pytest.fixture(scope="module")  # Playwright runs a loop, in which no other could run
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=BROWSER_ARGS
        )
        yield chromium
        chromium.close()
