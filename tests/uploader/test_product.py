"""Which version the programs say."""

import importlib.metadata
import sys
from pathlib import Path

import pytest

from uploader.product import version


def test_from_source_it_is_that_of_what_is_installed() -> None:
    assert version() == importlib.metadata.version("twinreel")


def test_an_installed_program_says_what_its_own_folder_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = tmp_path / "twinreel.dist-info" / "METADATA"
    stated.parent.mkdir()
    stated.write_text("Metadata-Version: 2.4\nName: twinreel\nVersion: 3.2.1\n", encoding="utf-8")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert version() == "3.2.1"
