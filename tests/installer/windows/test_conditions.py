"""The tests' own reading of Windows Installer's conditions."""

import pytest

from tests.installer.windows.conditions import holds


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ("GIVEN", True),
        ("MISSING", False),
        ("NOT MISSING", True),
        ('GIVEN = "https://c"', True),
        ('GIVEN ~<< "HTTPS://"', True),
        ('GIVEN << "HTTPS://"', False),
        ('GIVEN >< "//"', True),
        ("NUMBER >= 8 AND NUMBER <= 9", True),
        ("GIVEN >= 1", False),
        ("MISSING OR GIVEN AND NUMBER", True),
        ("NOT (MISSING OR GIVEN)", False),
        ("NOT GIVEN OR MISSING", False),
    ],
)
def test_a_condition_is_read_as_windows_installer_reads_it(condition: str, true: bool) -> None:  # noqa: FBT001 -- what is expected
    assert holds(condition, {"GIVEN": "https://c", "NUMBER": "8"}) is true


def test_what_is_no_condition_is_an_error() -> None:
    with pytest.raises(ValueError, match="left over"):
        holds('A = "1" B', {})
