import pytest

from contract.versions import is_older, is_version


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.9", "1.10.0"), ("0.1.0", "0.1.1"), ("1", "1.0.1"), ("1.2.3", "2"), ("1.2rc1", "1.3")],
)
def test_the_one_with_the_lesser_numbers_is_older(one: str, other: str) -> None:
    assert is_older(one, other)
    assert not is_older(other, one)


@pytest.mark.parametrize(("one", "other"), [("1.2", "1.2.0"), ("1.2.0-3~deb12", "1.2"), ("2", "2")])
def test_the_same_numbers_are_the_same_version(one: str, other: str) -> None:
    assert not is_older(one, other)
    assert not is_older(other, one)


@pytest.mark.parametrize("text", ["", "new", "v1", "1..2", ".1", "\u0661.\u0662x" * 9 + "."])
def test_what_is_no_version_is_older_than_none(text: str) -> None:
    assert not is_version(text)
    assert not is_older(text, "9")
    assert not is_older("1", text)
