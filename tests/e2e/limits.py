"""Limits of the policy that no command sets, far from the pace of the tests."""

from __future__ import annotations

import subprocess
import sys

from bench.stage.office import ROOT, Central

_CODE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "central.settings"
import django
django.setup()
import msgspec
from central.services import audit, policy
held = policy.in_force()[1]
limits = msgspec.structs.replace(held.limits, provisional_wrap_up_seconds=15.0)
policy.change(audit.OPERATOR, msgspec.structs.replace(held, limits=limits))
"""


def await_after_call_work(central: Central) -> None:
    """For long after a release: here a script says what the agent does, and it may be slow."""
    command = [sys.executable, "-c", _CODE]
    subprocess.run(command, env=central.environment(), cwd=ROOT, check=True)
