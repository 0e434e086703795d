"""The table of all keys in docs/it/configuration.md, made from the declarations."""

from __future__ import annotations

from contract.desk_keys import KEYS, SECTIONS, Key
from installer.policy.samples import toml_value

BEGIN = "<!-- keys: made by `python -m installer templates --page`; do not edit by hand -->"
END = "<!-- end of keys -->"
_KINDS = {
    "text": "text",
    "choice": "choice",
    "flag": "yes or no",
    "number": "number",
    "numbers": "list of numbers",
}


class NoPlace(ValueError):
    """The page has no place for the table."""


def with_table(page: str) -> str:
    """The page with the table as it must be now; NoPlace: it has no marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlace(f"there must be the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


def table() -> str:
    """Every key, section by section."""
    lines = [
        "| key | what | kind | default | MSI property |",
        "|---|---|---|---|---|",
    ]
    for section in ("", *SECTIONS):
        lines += [_row(key) for key in KEYS if key.section == section]
    return "\n".join([*lines, ""])


def _row(key: Key) -> str:
    kind = _KINDS[key.kind]
    if key.choices:
        kind = ", ".join(f"`{choice}`" for choice in key.choices)
    elif key.least is not None and key.most is not None:
        kind += f", {key.least:,} to {key.most:,}"
    default = "-" if key.default is None or key.default == "" else f"`{toml_value(key.default)}`"
    if key.needed:
        default = "must be given"
    what = f"**{key.title}.** {key.help}".replace("|", "\\|").replace("<", "&lt;")
    named = f"`{key.msi_property}`" if key.msi_property else "-"
    return f"| `{key.name}` | {what} | {kind} | {default} | {named} |"
