"""The files that the configuration names."""

from pathlib import Path

import pytest
import trustme

from contract.desk_layers import Layer, Source, merged
from uploader.desk_settings.kept_files import unusable


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


def wrong(path: Path, section: str = "central", word: str = "site_ca") -> list[str]:
    tables = {section: {word: str(path)}}
    return [str(one) for one in unusable(merged([Source(Layer.MACHINE, "/etc/t.toml", tables)]))]


def test_authorities_that_can_be_read_are_right(site: Path) -> None:
    assert wrong(site) == []


def test_a_file_that_is_not_there_is_named_with_who_named_it(tmp_path: Path) -> None:
    (line,) = wrong(tmp_path / "none.pem")
    assert line.startswith("central.site_ca (machine, /etc/t.toml): ")
    assert "none.pem cannot be read" in line


def test_text_is_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("hello")
    (line,) = wrong(tmp_path / "ca.pem")
    assert "is no file of certificates" in line


def test_a_key_has_to_be_pem(tmp_path: Path) -> None:
    (tmp_path / "k.der").write_bytes(b"\x30\x82")
    (line,) = wrong(tmp_path / "k.der", "workspace", "https_key")
    assert "is no PEM file" in line


def test_what_is_not_named_is_not_looked_for() -> None:
    assert unusable(merged([])) == ()
