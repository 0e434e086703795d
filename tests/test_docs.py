"""What the pages say exists, exists: links, pictures, commands, keys and codes of problems."""

import argparse
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from agent_client.command_table import TABLE
from agent_client.config import asked
from agent_client.core.problems import PROBLEMS
from central.__main__ import _parser as central_parser
from contract.desk_keys import KEYS
from uploader.commands import parser as uploader_parser

_ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_MAKE = re.compile(r"(?:^ {4}|`|&& )(?:DEMO_OUT=\S+ )?make ([a-z]+)", re.MULTILINE)
_CENTRAL = re.compile(r"(?:^ {4}|`)(?:\.venv/bin/)?twinreel-central ([^`\n|#]+)", re.MULTILINE)
_UPLOADER = re.compile(r"(?:^ {4}|`)twinreel-uploader((?: [^\s`]+)*)", re.MULTILINE)
_AGENT = re.compile(r"(?:^ {4}|`)twinreel-agent (-?-?[a-z-]+)", re.MULTILINE)
_CODE = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)
_SHOWN = re.compile(r"code(?: = |=)\"([a-z]+(?:-[a-z]+)+)\"")


def _pages() -> dict[str, str]:
    """Every page in the repository, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=_ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = sorted(name for name in listed.stdout.split("\0") if name)
    return {name: (_ROOT / name).read_text("utf-8") for name in names if (_ROOT / name).is_file()}


def _anchors(text: str) -> set[str]:
    """The names under which a page's headings are reached."""
    plain = (heading.lower() for heading in _HEADING.findall(_FENCED.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def _found(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for name, text in _pages().items():
        for found in pattern.findall(text):
            yield name, found.strip()


def _problems_of(page: str) -> set[str]:
    """The codes in the first column of the page's table of problems."""
    return set(_CODE.findall((_ROOT / page).read_text("utf-8").partition("## Problems")[2]))


def test_every_link_and_picture_is_there() -> None:
    broken = []
    pages = _pages()
    for name, link in _found(_LINK):
        if link.startswith(("https://", "mailto:")):
            continue
        target, _, anchor = unquote(link).partition("#")
        path = (_ROOT / name).parent / target if target else _ROOT / name
        inside = path.resolve().relative_to(_ROOT).as_posix()
        if not path.exists() or (anchor and anchor not in _anchors(pages[inside])):
            broken.append(f"{name}: {link}")
    assert broken == []


def test_every_page_is_reached_from_the_readme() -> None:
    pages = _pages()
    reached, ahead = set(), ["README.md"]
    while ahead:
        name = ahead.pop()
        if name in reached or name not in pages:
            continue
        reached.add(name)
        for link in _LINK.findall(pages[name]):
            path = ((_ROOT / name).parent / link.partition("#")[0]).resolve()
            if path.is_relative_to(_ROOT):
                ahead.append(path.relative_to(_ROOT).as_posix())
    assert {name for name in pages if name.startswith("docs/")} - reached == set()


def test_every_make_command_exists() -> None:
    makefile = (_ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert {f"{name}: make {word}" for name, word in _found(_MAKE) if word not in targets} == set()


def _understood(parser: argparse.ArgumentParser, words: list[str]) -> bool:
    try:
        parser.parse_args(words)
    except SystemExit as end:
        return not end.code
    return True


@pytest.mark.parametrize(
    ("pattern", "parser"), [(_CENTRAL, central_parser()), (_UPLOADER, uploader_parser())]
)
def test_every_command_is_understood(
    pattern: re.Pattern[str],
    parser: argparse.ArgumentParser,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = []
    for name, line in _found(pattern):
        example = re.sub(r"\[.*?\]", "", line).replace("presence|size|hash", "size")
        words = re.sub(r"\"([^\"]*)\"", lambda quoted: quoted[1].replace(" ", "_"), example)
        if words.strip().isupper():
            continue  # COMMAND stands for any
        if not _understood(parser, words.split("  ")[0].split()):
            wrong.append(f"{name}: {line}: {capsys.readouterr().err.splitlines()[-1]}")
    assert wrong == []


def test_every_command_and_option_of_the_client_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        asked(["--help"])
    there = {*re.findall(r"--[a-z-]+", capsys.readouterr().out), *(one.name for one in TABLE)}
    named = {(name, word) for name, word in _found(_AGENT)}
    assert {word for _, word in named} >= {"config", "--selftest"}
    assert {f"{name}: {word}" for name, word in named if word not in there} == set()


def test_the_tables_of_problems_are_complete() -> None:
    client, uploader = map(_problems_of, ("docs/it/client.md", "docs/it/uploader.md"))
    assert client & uploader == set()
    assert client | uploader == set(PROBLEMS)


def test_every_problem_of_the_uploader_is_in_its_table() -> None:
    sources = [path.read_text("utf-8") for path in (_ROOT / "uploader").rglob("*.py")]
    shown = {code for text in sources for code in _SHOWN.findall(text)}
    assert shown
    assert shown - _problems_of("docs/it/uploader.md") == set()


def test_every_key_of_the_desks_configuration_is_explained() -> None:
    page = (_ROOT / "docs/it/README.md").read_text("utf-8")
    assert {key.name for key in KEYS if f"`{key.name}`" not in page} == set()


def test_every_layer_is_in_the_developers_picture() -> None:
    declared = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))
    layers = {
        module.strip(" ()")
        for contract in declared["tool"]["importlinter"]["contracts"]
        for layer in contract.get("layers", []) * ("containers" in contract)
        for module in layer.split("|")
    }
    picture = (_ROOT / "docs/developer.md").read_text("utf-8").partition("## Layers")[2]
    assert layers - set(picture.partition("**Pure**")[0].split()) == set()


def test_every_command_of_central_is_on_the_administrators_page() -> None:
    page = (_ROOT / "docs/admin.md").read_text("utf-8")
    actions = [one for one in central_parser()._actions if isinstance(one.choices, dict)]
    assert actions
    assert {name for one in actions for name in one.choices or () if name not in page} == set()
