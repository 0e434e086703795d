"""How fast bytes may leave."""

from uploader.core import FREELY


def test_without_a_limit_all_may_go() -> None:
    assert FREELY.take(65_536) == 65_536
    assert FREELY.chunk_ceiling() is None
