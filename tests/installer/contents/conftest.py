"""A small bundle, as PyInstaller lays it out."""

from pathlib import Path

import pytest

from tests.installer.contents_bundle import write


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write(tmp_path / "twinreel")
