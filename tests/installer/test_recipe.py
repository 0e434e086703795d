import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent_client.command_table import TABLE
from installer import recipe
from installer.recipe import AGENT, PROGRAMS, UPLOADER, Program, excludes, hidden_imports, version

_ROOT = Path(__file__).parent.parent.parent


def test_every_command_is_in_the_bundle() -> None:
    named = hidden_imports(AGENT, "linux")
    assert {line.where.partition(":")[0] for line in TABLE} <= {*named}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_every_module_that_is_named_is_there(program: Program) -> None:
    lost = [
        name
        for name in hidden_imports(program, "linux")
        if not name.startswith("pynput.") and importlib.util.find_spec(name) is None
    ]
    assert lost == []


def test_each_system_has_its_pointer() -> None:
    for platform, module in (("linux", "_xorg"), ("win32", "_win32"), ("darwin", "_darwin")):
        assert f"pynput.mouse.{module}" in hidden_imports(AGENT, platform)


def test_no_tool_of_the_developers_is_in_the_bundle() -> None:
    left_out = excludes(AGENT, _ROOT)
    assert {"pytest", "mypy", "hypothesis", "django", "PyInstaller"} <= {*left_out}


def test_nothing_that_the_programs_import_is_left_out() -> None:
    asked_for = {"PyQt6", "aiohttp", "av", "cryptography", "keyring", "msgspec", "mss", "pynput"}
    assert not asked_for & {*excludes(AGENT, _ROOT)}
    assert not {"cryptography", "keyring", "msgspec", "requests"} & {*excludes(UPLOADER, _ROOT)}


_WITHOUT = """
import sys
sys.modules["charset_normalizer"] = sys.modules["multiprocessing"] = None
import {module}
"""


@pytest.mark.parametrize("module", ["agent_client.app", "uploader.commands"])
def test_nothing_is_missed_of_what_is_left_out(module: str) -> None:
    assert {"charset_normalizer", "multiprocessing"} <= {*excludes(AGENT, _ROOT)}
    command = [sys.executable, "-W", "error", "-c", _WITHOUT.format(module=module)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


_READ_LATER = """
import sys
def there(*names):
    return [name for name in names if name in sys.modules]
import agent_client.entry, agent_client.start
first = there("cryptography", "agent_client.tray.window", "agent_client.tray.pill", "difflib")
assert not first, f"the icon waits for {first}"
import agent_client.app, uploader.commands
idle = there("cryptography.x509", "agent_client.diagnostics", "pypac")
assert not idle, f"held without need: {idle}"
"""


def test_what_an_idle_program_does_not_need_is_not_read() -> None:
    command = [sys.executable, "-c", _READ_LATER]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_our_own_packages_are_ours_however_they_are_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed = {"agent_client": ["twinreel"], "contract": ["twinreel"], "pytest": ["pytest"]}
    monkeypatch.setattr("installer.recipe.packages_distributions", lambda: installed)
    left_out = excludes(AGENT, _ROOT)
    assert "pytest" in left_out
    assert not {"agent_client", "contract"} & {*left_out}


def test_the_uploader_brings_neither_windows_nor_encoders() -> None:
    assert {"PyQt6", "av", "agent_client"} <= {*excludes(UPLOADER, _ROOT)}


def test_the_files_that_are_no_code_are_there() -> None:
    for program in PROGRAMS:
        for pattern, _ in program.datas(_ROOT):
            path = Path(pattern)
            assert path.exists() or list(path.parent.glob(path.name)), pattern


def test_the_version_is_the_projects() -> None:
    assert f'version = "{version(_ROOT)}"' in (_ROOT / "pyproject.toml").read_text("utf-8")


def test_libraries_without_a_module_of_their_own_say_whose_they_are_before_python_3_12_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe, "packages_distributions", dict)  # it may pass over any
    part = SimpleNamespace(pure=[], binaries=[("PyQt6/Qt6/lib/libQt6Core.so.6", "", "BINARY")])
    told = {place for place, _, _ in recipe.metadata([part], "1.0", tmp_path)}
    assert {
        f"pyqt6_qt6-{importlib.metadata.version('pyqt6-qt6')}.dist-info/METADATA",
        recipe.METADATA,
    } <= told
