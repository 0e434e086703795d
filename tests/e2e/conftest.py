"""The stage of all end-to-end tests: central, Workspace, a display with desktop, panel, keyring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.stage.display import desk
from tests.e2e.scene import House, Scene, opened

_LAST = "test_privacy.py"  # it looks at what all the others left


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Privacy is looked at when everything else has been."""
    items.sort(
        key=lambda item: item.path.parent == Path(__file__).parent and item.path.name == _LAST
    )


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One of each for the whole session."""
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            patch.delenv(name, raising=False)  # the desks are none that a person works at
        session = desk(folder / "session", tray=False)
        with opened(folder, session, "--details-key", "CustomerSegment") as house:
            yield house


@pytest.fixture(scope="module")
def scene(house: House, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A desk for this file's tests, with the agent signed in."""
    with house.desk(Path(request.path).stem.removeprefix("test_")) as scene:
        yield scene


@pytest.fixture(autouse=True)
def _rest(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that fails in the middle of a call must not make the next ones fail."""
    yield
    if "scene" in request.fixturenames:
        scene: Scene = request.getfixturevalue("scene")
        if not scene.central.is_running:
            scene.central.start()
        scene.come_to_rest()
