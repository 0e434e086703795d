"""What the tests of the package share: it, its successor, and Debians to install them into."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from installer import bundle
from installer.linux.deb import main
from installer.recipe import version
from tests.installer.linux.deb import fresh
from tests.installer.linux.deb.fresh import USER, Machine
from tests.installer.linux.deb.session import UID

NEXT = "999.1"


@dataclass(frozen=True, slots=True)
class Packages:
    """Two versions of the same programs."""

    present: Path
    following: Path
    programs: Path  # the folder that is in both


@dataclass(frozen=True, slots=True)
class Layers:
    """A Debian, and what was put on top, each without what comes later."""

    debian: Path
    libraries: Path
    installed: Path
    said: str  # what the installation said


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder in memory that other users may pass through, as pytest's own is not."""
    if reason := fresh.missing():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="twinreel-deb-") as name:
        Path(name).chmod(0o711)
        with fresh.memory(Path(name).resolve() / "memory") as memory:
            yield memory


@pytest.fixture(scope="session")
def packages(
    place: Path, debian: Future[Path], tmp_path_factory: pytest.TempPathFactory
) -> Packages:
    """Of the folder that TWINREEL_BUNDLE names, else of one built now."""
    assert debian  # it is being made meanwhile
    told = os.environ.get("TWINREEL_BUNDLE")
    work = tmp_path_factory.mktemp("bundle")
    programs = Path(told) if told else bundle.build(work, work / "work")
    made = {}
    for number in (version(bundle.ROOT), NEXT):
        words = ["--bundle", str(programs), "--out", str(place), "--version", number, "--quick"]
        assert main(words) == 0
        (made[number],) = place.glob(f"twinreel_{number}_*.deb")
    return Packages(made[version(bundle.ROOT)], made[NEXT], programs)


@pytest.fixture(scope="session")
def debian(place: Path) -> Iterator[Future[Path]]:
    """The smallest one, made while the packages are."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(fresh.debian, place / "debian")


@pytest.fixture(scope="session")
def layers(place: Path, debian: Future[Path], packages: Packages) -> Layers:
    """The package is installed in it as IT does: by apt, which finds all that it depends on."""
    bare = debian.result()
    with fresh.machine(place / "libraries", [bare]) as machine:
        machine.do("useradd", "--create-home", "--uid", str(UID), USER)
        machine.do("install", "-d", "-m", "0700", "-o", USER, f"/run/user/{UID}")
        file = machine.bring(packages.present)
        needed = machine.do("dpkg-deb", "--field", file, "Pre-Depends")
        said = machine.run("apt-get", "-q", "-y", "--no-install-recommends", "satisfy", needed)
        assert said.status == 0, said.text
        (machine.root / file.lstrip("/")).unlink()
        libraries = machine.layer
    with fresh.machine(place / "installed", [libraries, bare]) as machine:
        said = machine.apt("install", machine.bring(packages.present))
        assert said.status == 0, said.text
        return Layers(bare, libraries, machine.layer, said.text)


@pytest.fixture
def machine(place: Path, layers: Layers, tmp_path: Path) -> Iterator[Callable[..., Machine]]:
    """Machines of a test's own: `machine()` has the package, `machine(libraries=True)` not yet."""
    with ExitStack() as stack:

        def made(*, bare: bool = False, libraries: bool = False) -> Machine:
            below = [layers.debian]
            if not bare:
                below.insert(0, layers.libraries)
            if not bare and not libraries:
                below.insert(0, layers.installed)
            folder = Path(tempfile.mkdtemp(dir=place, prefix=tmp_path.name))
            return stack.enter_context(fresh.machine(folder, below))

        yield made
