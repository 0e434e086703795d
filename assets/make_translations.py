"""Gather every text that an agent reads, keep the .ts files in step, and make the .qm from them.

    python -m assets.make_translations            # needs lrelease (Debian: qt6-l10n-tools)

A text that is new is added to each language as unfinished; one that is gone is dropped. Write the
translations into agent_client/tray/translations/twinreel_<language>.ts, then run it again.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from agent_client.core.problems import PROBLEMS
from agent_client.tray.languages import CONTEXT, LANGUAGES
from agent_client.tray.menu import MOODS
from agent_client.tray.pairing import REASONS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "agent_client/tray/translations"
_TRAY = ROOT / "agent_client/tray"
_CORE = (ROOT / "agent_client/core/status.py", ROOT / "agent_client/core/verdict.py")
_ASKED = {"words", "_words"}  # what is said through these is translated
_ALONE = {"Ready"}  # sentences of one word
_SENTENCE = re.compile(r"[A-Z][^\n]* [^\n]*")
_LRELEASE = ("lrelease-qt6", "/usr/lib/qt6/bin/lrelease", "lrelease")


def sources() -> list[str]:
    """Every English text there is to translate, sorted."""
    found = set(MOODS.values()) | set(REASONS.values())
    for problem in PROBLEMS.values():
        found |= {problem.happened, problem.remedy}
    for path in _TRAY.glob("*.py"):
        found |= set(_said(ast.parse(path.read_text("utf-8"))))
    for path in _CORE:
        found |= set(_sentences(ast.parse(path.read_text("utf-8"))))
    return sorted(found - {""})


def path_of(language: str, kind: str = "ts") -> Path:
    """Where a language's file is."""
    return FOLDER / f"twinreel_{language}.{kind}"


def translated(language: str) -> dict[str, str]:
    """What the language's .ts says, by source text; "" where it says nothing yet."""
    path = path_of(language)
    if not path.exists():
        return {}
    messages = ET.parse(path).iter("message")  # noqa: S314 it is our own file
    return {one.findtext("source", ""): one.findtext("translation", "") for one in messages}


def document(language: str, texts: dict[str, str]) -> str:
    """The .ts file for these translations."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
        "<context>",
        f"    <name>{CONTEXT}</name>",
    ]
    for source, text in texts.items():
        mark = "" if text else ' type="unfinished"'
        lines += [
            "    <message>",
            f"        <source>{_escaped(source)}</source>",
            f"        <translation{mark}>{_escaped(text)}</translation>",
            "    </message>",
        ]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def _said(tree: ast.AST) -> Iterator[str]:
    """First arguments of `words(...)`, `self._words(...)`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        named = node.func.attr if isinstance(node.func, ast.Attribute) else None
        named = node.func.id if isinstance(node.func, ast.Name) else named
        first = node.args[0]
        if named in _ASKED and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _sentences(tree: ast.AST) -> Iterator[str]:
    """Texts for people in a module whose other texts are words for programs and docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        ast.get_docstring(one, clean=False) for one in ast.walk(tree) if isinstance(one, documented)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if not isinstance(text, str) or text in docs:
            continue
        if text in _ALONE or _SENTENCE.fullmatch(text):
            yield text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def main() -> int:
    """Write the .ts anew, then the .qm; the exit status."""
    program = next((one for one in _LRELEASE if shutil.which(one)), None)
    if program is None:
        print("lrelease is missing; Debian has it in qt6-l10n-tools", file=sys.stderr)
        return 1
    missing = 0
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES[1:]:
        known = translated(language)
        texts = {source: known.get(source, "") for source in sources()}
        path_of(language).write_text(document(language, texts), "utf-8")
        command = [program, "-silent", str(path_of(language)), "-qm", str(path_of(language, "qm"))]
        subprocess.run(command, check=True)  # noqa: S603 it is lrelease
        unfinished = [source for source, text in texts.items() if not text]
        missing += len(unfinished)
        print(f"{language}: {len(texts)} texts, {len(unfinished)} without a translation")
        for source in unfinished:
            print(f"    {source}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
