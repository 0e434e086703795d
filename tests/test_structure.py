"""The shape of the tree itself: what design and house style promise and no other tool checks."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_CODE = ("contract", "agent_client", "uploader", "central", "bench", "tests")
_PURE = (
    "contract/*.py",
    "agent_client/core/*.py",
    "agent_client/workspace/bayeux.py",
    "agent_client/workspace/bridge_calls.py",
    "agent_client/workspace/bridge_messages.py",
    "agent_client/workspace/genesys_json.py",
    "agent_client/workspace/messages*.py",
    "agent_client/tray/menu.py",
    "uploader/core/*.py",
    "central/core/*.py",
)
_LINES_AT_MOST = 400
# In parts, so that this file does not name them either.
_REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    )
)


def _has_function(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


def _twin(path: Path) -> Path:
    return Path("tests") / path.parent / f"test_{path.name}"


def _tree() -> Iterator[Path]:
    """Every file that is, or could be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=_ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in listed.stdout.split("\0"):
        if name and (_ROOT / name).is_file():
            yield _ROOT / name


def test_every_pure_module_has_its_twin() -> None:
    modules = [path.relative_to(_ROOT) for pattern in _PURE for path in _ROOT.glob(pattern)]
    lonely = [
        f"{module} wants {_twin(module)}"
        for module in sorted(modules)
        if _has_function(_ROOT / module) and not (_ROOT / _twin(module)).is_file()
    ]
    assert lonely == []


def test_no_file_of_code_is_too_long() -> None:
    lengths = {
        path.relative_to(_ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for folder in _CODE
        for path in (_ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts
    }
    assert {path: lines for path, lines in lengths.items() if lines > _LINES_AT_MOST} == {}


def test_no_file_names_a_package_registry() -> None:
    named = [
        f"{path.relative_to(_ROOT)} names {registry}"
        for path in _tree()
        for registry in _REGISTRIES
        if registry.encode() in path.read_bytes()
    ]
    assert named == []
