"""What only Windows has: collected there, and under Wine by `python -m installer.windows.smoke`."""

from __future__ import annotations

import sys

collect_ignore_glob = [] if sys.platform == "win32" else ["test_*"]
