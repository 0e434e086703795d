"""Files as components of the package."""

from pathlib import Path, PurePosixPath

import pytest

from installer.windows.payload import (
    NoPayloadError,
    Piece,
    file_id,
    file_version,
    fragment,
    guid,
    pieces,
    product_code,
    short_names,
)
from tests.installer.windows.conftest import program


def test_each_file_is_a_component_of_its_own(bundle: Path) -> None:
    components = list(fragment(pieces(bundle)).iter("Component"))
    assert [len(component.findall("File")) for component in components] == [1] * 6
    assert len({component.get("Guid") for component in components}) == 6


def test_a_component_is_the_same_in_each_version() -> None:
    assert guid("file _internal/python312.dll") == "415D3065-B09D-5C90-981E-DDACC61F767F"
    assert guid("file a") == guid("file a") != guid("file b")


def test_programs_are_called_by_their_names_in_other_tables() -> None:
    assert file_id(PurePosixPath("twinreel-agent.exe")) == "twinreel_agent.exe"
    assert file_id(PurePosixPath("_internal/a.exe")).startswith("f")


def test_a_folder_without_our_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoPayloadError, match=r"holds no twinreel-agent\.exe"):
        pieces(tmp_path)


def test_names_that_are_one_name_on_windows_are_refused(bundle: Path) -> None:
    with pytest.raises(NoPayloadError, match="on Windows these are one file"):
        pieces(bundle, [Piece(PurePosixPath("Twinreel-Agent.exe"), bundle / "twinreel-agent.exe")])


def test_another_content_has_another_product_code(bundle: Path, tmp_path: Path) -> None:
    packed = pieces(bundle)
    other = tmp_path / "more"
    other.write_bytes(b"more")
    more = pieces(bundle, [Piece(PurePosixPath("more"), other)])
    assert product_code("1.0.0", packed) == product_code("1.0.0", packed)
    assert product_code("1.0.0", packed) != product_code("1.0.1", packed)
    assert product_code("1.0.0", packed) != product_code("1.0.0", more)


def test_versions_are_read_from_programs() -> None:
    assert file_version(program(3, 12, 10, 150)) == "3.12.10.150"
    assert file_version(program()) is None
    assert file_version(b"PK, but not a program") is None


def test_short_names_are_8_3_and_differ() -> None:
    names = ["a library of many words.pyd", "a library of more words.pyd", "short.txt", "_internal"]
    made = short_names(names)
    assert set(made) == set(names) - {"short.txt"}
    assert len(set(made.values())) == 3
    for short in made.values():
        stem, _, ending = short.partition(".")
        assert 0 < len(stem) <= 8
        assert len(ending) <= 3
