"""Samples to begin with: the computer's twinreel.toml, a policy file, and what each format sets.

All samples set the same few keys, so that they can be compared; every other key is explained beside
them, or in the template itself.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from contract.desk_keys import BY_NAME, KEYS, SECTIONS, Key, Value

# By what a desk becomes ready to record.
SAMPLE: Mapping[str, Value] = {
    name: example if (example := BY_NAME[name].example) is not None else BY_NAME[name].default or ""
    for name in ("central.url", "enrolment.token", "workspace.loopback_ports")
}
_WIDTH = 96


def toml_value(value: Value) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\") + '"'


def shown(key: Key) -> Value:
    """What a sample writes for a key: an example, else the default, else a choice."""
    if key.example is not None:
        return key.example
    if key.default not in {None, "", ()}:
        assert key.default is not None  # noqa: S101 -- for the types: what `in` has settled
        return key.default
    return key.choices[0] if key.choices else ""


def configuration_file() -> str:
    """twinreel.toml with every key explained and none set but by hand."""
    lines = [
        "# Twinreel on this computer. Both programs read it at their start and take up changes",
        "# when they start again. `twinreel-agent config check` says whether it is right.",
        "# Policy (group policy, a profile, /etc/twinreel/policy.d) goes before this file.",
    ]
    for section in ("", *SECTIONS):
        if section:
            lines += ["", f"[{section}]"]
        for key in KEYS:
            if key.section == section:
                lines += ["", *_explained(key), f"#{key.word} = {toml_value(shown(key))}"]
    return "\n".join([*lines, ""])


def policy_file() -> str:
    """A file for /etc/twinreel/policy.d."""
    lines = [
        "# A policy for /etc/twinreel/policy.d/: it goes before twinreel.toml, and users cannot",
        "# change it. Files are read in order of their names; the later one wins.",
    ]
    for section in ("", *SECTIONS):
        names = [name for name in SAMPLE if BY_NAME[name].section == section]
        if names:
            lines += ["", *([f"[{section}]"] if section else [])]
            lines += [f"{BY_NAME[name].word} = {toml_value(SAMPLE[name])}" for name in names]
    return "\n".join([*lines, ""])


def nested(values: Mapping[str, Value]) -> dict[str, object]:
    """Values by their full names as tables within tables; lists as lists."""
    tables: dict[str, object] = {}
    for name, value in values.items():
        key = BY_NAME[name]
        plain = list(value) if isinstance(value, tuple) else value
        if key.section:
            table = tables.setdefault(key.section, {})
            assert isinstance(table, dict)  # noqa: S101 -- for the types: no key is named as a section
            table[key.word] = plain
        else:
            tables[key.word] = plain
    return tables


def _explained(key: Key) -> list[str]:
    words = f"{key.title}. {key.help}"
    if key.choices:
        words += f" One of: {', '.join(key.choices)}."
    if key.least is not None and key.most is not None:
        words += f" {key.least} to {key.most}."
    if key.example is not None and key.default not in {None, "", ()} and key.default is not None:
        words += f" Default: {toml_value(key.default)}"
    return [f"# {line}" for line in textwrap.wrap(words, _WIDTH)]
