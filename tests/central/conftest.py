"""Central for tests: as a program that serves, or its rows in this process."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Django reads its settings once in a process, so all tests share one place for the data folder.
_HOME = Path(tempfile.mkdtemp(prefix="twinreel-central-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["TWINREEL_DATA_DIR"] = str(_HOME / "central")
os.environ["DJANGO_SETTINGS_MODULE"] = "central.settings"

import django  # noqa: E402

django.setup()

from tests.central.serving import Central, Prepared  # noqa: E402

if TYPE_CHECKING:
    from central.services.site import Site


@pytest.fixture(scope="session")
def _first_run() -> Path:
    """A data folder after the first run, to copy."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from central.services import start  # noqa: PLC0415

    start.first_run(settings.TWINREEL)
    connections.close_all()
    kept = _HOME / "first-run"
    shutil.copytree(_HOME / "central", kept)
    return kept


@pytest.fixture
def site(_first_run: Path) -> Iterator[Site]:
    """A central of this test's own, in this process, after its first run."""
    from django.db import connections  # noqa: PLC0415

    from central.services import site as module  # noqa: PLC0415

    connections.close_all()
    shutil.rmtree(_HOME / "central", ignore_errors=True)
    shutil.copytree(_first_run, _HOME / "central")
    module.site.cache_clear()
    yield module.site()
    connections.close_all()


@pytest.fixture(scope="session")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A central that serves, for all tests that do it no harm."""
    one = Central(tmp_path_factory.mktemp("central") / "data", "film_grace_seconds = 0\n")
    one.start()
    yield one
    one.stop()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A data folder after `init`, for all who begin with one."""
    one = Central(tmp_path_factory.mktemp("prepared") / "data")
    first = one.run("init", "--json")
    assert first["rc"] == 0
    return Prepared(one.folder, first)


@pytest.fixture
def own_central(tmp_path: Path, prepared: Prepared) -> Iterator[Central]:
    """A central that serves, for one test that may kill it."""
    one = Central(tmp_path / "data", "worker_inline = false\n", prepared)
    one.start()
    yield one
    one.kill()
