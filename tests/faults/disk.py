"""A disk that loses its power: a file system in a file, shut down without flushing its log.

What had not been synced is then gone, as after a power cut; what had been is there after the next
mount, which replays the journal. The ioctl: FS_IOC_SHUTDOWN with NOLOGFLUSH, of ext4 and xfs. What
the drive itself does with a flush is beyond this. An fsync that is under way at that moment may
return as if all were well, with nothing kept: so only what was said before the ioctl began counts.
"""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32): FS_IOC_SHUTDOWN
_NO_LOG_FLUSH = 2
_SIZE = 1 << 30  # bytes; the file is sparse
_MAKE = {
    "ext4": ("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1,nodiscard"),
    "xfs": ("mkfs.xfs", "-q", "-K"),
}
_PATIENCE = 60.0  # seconds until the last process has let go of it


class Disk:
    """One file system. `root` is where it is mounted; only root may use it."""

    def __init__(self, folder: Path, kind: str) -> None:
        """`kind`: ext4 or xfs. OSError or CalledProcessError where this is not allowed."""
        self._image = folder / f"{kind}.img"
        self._holder = folder / "disk"
        self.root = self._holder / "mounted"
        self.root.mkdir(parents=True)
        # Whoever leaves for a mount namespace of his own takes copies of our mounts along. They
        # would keep the file system from ending; from a shared place they go when ours goes.
        _carried_out("mount", "--bind", str(self._holder), str(self._holder))
        _carried_out("mount", "--make-shared", str(self._holder))
        self._mounted = False
        with self._image.open("wb") as image:
            image.truncate(_SIZE)
        _carried_out(*_MAKE[kind], str(self._image))
        self.mount()

    def mount(self) -> None:
        """Power on; what the journal holds is replayed."""
        _carried_out("mount", "-o", "loop", str(self._image), str(self.root))
        self._mounted = True

    def shut_down(self) -> float:
        """Power off: from now on every call fails, and nothing more reaches the disk.

        When this began, by the monotonic clock. What was acknowledged from then on proves nothing.
        """
        if sys.platform == "win32":
            raise OSError("no such call on Windows")
        import fcntl  # noqa: PLC0415  # not on Windows

        handle = os.open(self.root, os.O_RDONLY)
        try:
            began = time.monotonic()
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(handle)
        return began

    def unmount(self) -> None:
        """Once those who used it are gone, also from namespaces that took a copy of the mount."""
        _unmounted(self.root)
        self._mounted = False
        # While one of those lives, the next mount would be of the file system that was shut down.
        deadline = time.monotonic() + _PATIENCE
        while self._is_in_use():
            if time.monotonic() > deadline:
                raise OSError(f"{self._image} is still mounted somewhere")
            time.sleep(0.02)

    def cut(self) -> None:
        """Off, after `shut_down` and the end of those who used it, and on again."""
        self.unmount()
        self.mount()

    def _is_in_use(self) -> bool:
        image = str(self._image.resolve())
        for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
            with contextlib.suppress(OSError):  # it went meanwhile
                if backing.read_text().strip() == image:
                    return True
        return False

    def close(self) -> None:
        """Leave nothing behind."""
        if self._mounted:
            with contextlib.suppress(OSError):
                self.unmount()
        with contextlib.suppress(OSError):
            _unmounted(self._holder)
        self._image.unlink(missing_ok=True)


@contextmanager
def disk(folder: Path, kind: str) -> Iterator[Disk]:
    """A disk for as long as it is needed."""
    made = Disk(folder, kind)
    try:
        yield made
    finally:
        made.close()


@cache
def unavailable(kind: str) -> str:
    """Why there can be no such disk here; "" if there can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root may mount"
    import tempfile  # noqa: PLC0415  # for this one question

    with tempfile.TemporaryDirectory() as folder:
        try:
            with disk(Path(folder), kind) as tried:
                tried.shut_down()
        except (OSError, subprocess.CalledProcessError) as error:
            return f"no {kind} on a loop device here: {error}"
    return ""


def _unmounted(place: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while subprocess.run(["umount", place], check=False, capture_output=True).returncode:
        if time.monotonic() > deadline:
            raise OSError(f"{place} is still in use")
        time.sleep(0.02)


def _carried_out(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
