"""The role for Ansible is as its page says. It is run by hand, in a fresh Debian."""

import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_ROLE = _ROOT / "installer/linux/ansible/roles/twinreel"
_VARIABLE = re.compile(r"\btwinreel_[a-z_]+")


def _defaults() -> set[str]:
    text = (_ROLE / "defaults/main.yml").read_text()
    return set(re.findall(r"^(twinreel_[a-z_]+):", text, re.MULTILINE))


def test_the_page_names_every_variable_and_no_other() -> None:
    page = (_ROOT / "docs/it/deploy.md").read_text()
    table = page[page.index("| variable | default |") :]
    table = table[: table.index("\n\n")]
    assert set(_VARIABLE.findall(table)) == _defaults() - {"twinreel_policy_file"}


def test_tasks_use_what_has_a_default_or_what_they_have_found_out() -> None:
    for path in sorted((_ROLE / "tasks").glob("*.yml")):
        text = path.read_text()
        found = set(re.findall(r"(?:register: |^    )(twinreel_[a-z_]+)", text, re.MULTILINE))
        used = set(_VARIABLE.findall(re.sub(r"#.*", "", text)))
        assert used <= _defaults() | found | {"twinreel_installed"}, path.name


def test_the_certificate_is_linked_where_browsers_look_and_where_it_lies() -> None:
    text = (_ROLE / "tasks/certificate.yml").read_text()
    assert "src: /var/lib/twinreel/tls/browser-policy.json" in text
    assert text.count("/policies/managed\n") == 3
