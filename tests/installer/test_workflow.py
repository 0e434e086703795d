"""The workflow for packages, as far as it can be checked without running it."""

import re
from pathlib import Path
from typing import Any

import yaml

from installer.__main__ import TABLE

_ROOT = Path(__file__).parents[2]
_FILE = _ROOT / ".github" / "workflows" / "packages.yml"
_TEXT = _FILE.read_text("utf-8")
_JOBS: dict[str, Any] = yaml.safe_load(_TEXT)["jobs"]
_STEPS = [step for job in _JOBS.values() for step in job["steps"]]
_ORDERS = "\n".join(step.get("run", "") for step in _STEPS)


def test_every_action_is_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in _STEPS if "uses" in step]
    assert used
    assert [one for one in used if not re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", one)] == []
    assert len(used) == len(re.findall(r"uses: \S+ # v\d+\.\d+\.\d+$", _TEXT, re.MULTILINE))


def test_it_may_only_read_and_keeps_no_credentials() -> None:
    assert yaml.safe_load(_TEXT)["permissions"] == {"contents": "read"}
    assert [job for job in _JOBS.values() if "permissions" in job] == []
    checkouts = [step for step in _STEPS if "actions/checkout" in step.get("uses", "")]
    assert len(checkouts) == len(_JOBS)
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_secret_is_written_into_an_order() -> None:
    assert "${{" not in _ORDERS
    secrets = re.findall(r"(\w+): \$\{\{ secrets\.(\w+) \}\}", _TEXT)
    signing = (_ROOT / "installer" / "signing.py").read_text("utf-8")
    assert secrets
    assert [name for name, secret in secrets if name != secret or name not in signing] == []


def test_every_product_that_it_makes_is_one() -> None:
    made = set(re.findall(r"python3? -m installer (\w+)", _ORDERS))
    products = {product.name for product in TABLE}
    assert made == products


def test_what_is_installed_tests_itself_on_each_system() -> None:
    for name in ("deb", "msi", "pkg"):
        orders = "\n".join(step.get("run", "") for step in _JOBS[name]["steps"])
        assert "--selftest" in orders, name
        assert "twinreel-agent" in orders, name
        assert "twinreel-uploader" in orders, name


def test_the_files_that_it_names_are_there() -> None:
    assert re.search(r"^# NOT YET RUN", _TEXT, re.MULTILINE)
    for place in ("installer/linux/setup.sh", "requirements.lock", "tests/windows"):
        assert place in _ORDERS
        assert (_ROOT / place).exists()
