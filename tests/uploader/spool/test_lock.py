"""Two programs share a spool, and each runs once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.uploader.spool.staging import spool_in
from uploader.spool import AlreadyRunningError


def test_only_one_client_and_one_uploader_at_a_time(tmp_path: Path) -> None:
    spool = spool_in(tmp_path)
    code = (
        "import sys; from pathlib import Path; from uploader.spool import Spool;"
        "Spool(Path(sys.argv[1])).lock('client')"
    )
    other = [sys.executable, "-c", code, str(tmp_path)]
    with spool.lock("client"), spool.lock("uploader"):
        refused = subprocess.run(other, capture_output=True, text=True, check=False)
        assert AlreadyRunningError.__name__ in refused.stderr
    assert subprocess.run(other, check=False).returncode == 0
