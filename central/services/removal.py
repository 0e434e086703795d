"""How a file goes: it is marked, then unlinked, then the mark is dropped.

So at any moment every file has one owner: a row, a mark, or an open upload. What a crash left
half done, `carry_out` finishes at the next start.
"""

from __future__ import annotations

from collections.abc import Iterable

from central.media import disk
from central.services.site import Site, now
from central.store.models import DeletionMark


def mark(paths: Iterable[str]) -> None:
    """Mark files; call it inside the transaction that takes their rows away."""
    moment = now()
    DeletionMark.objects.bulk_create(
        [DeletionMark(path=path, marked_at=moment) for path in paths], ignore_conflicts=True
    )


def carry_out(site: Site) -> int:
    """Unlink every marked file and drop its mark; how many there were."""
    paths = list(DeletionMark.objects.values_list("path", flat=True))
    for path in paths:
        disk.remove(site.path(path))
        DeletionMark.objects.filter(pk=path).delete()
    return len(paths)
