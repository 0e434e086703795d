"""The stage of all end-to-end tests: central, Workspace, a display with desktop, panel, keyring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.stage import display, office
from bench.stage.tray import tray
from tests.e2e.scene import AGENT, ORIGIN, PERCENTAGE, House, Scene

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
    began = datetime.now(UTC)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            patch.delenv(name, raising=False)  # the desks are none that a person works at
        central = office.Central(folder, film_grace_seconds=600.0)
        stack.callback(central.stop)
        central.start()
        central.hire([AGENT])
        workspace = stack.enter_context(office.workspace(folder))
        text = central.command(
            *("policy", "set", "--json", "--percentage", PERCENTAGE),
            *("--server", workspace.url, "--origin", ORIGIN, "--details-key", "CustomerSegment"),
        )
        env = stack.enter_context(display.desk(folder / "session", tray=False))
        yield House(
            folder=folder,
            central=central,
            workspace=workspace,
            desktop=stack.enter_context(office.desktop(env)),
            tray=stack.enter_context(tray(env["DBUS_SESSION_BUS_ADDRESS"])),
            env=env,
            salt=json.loads(text)["selection"]["salt"],
            began=began,
        )


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
