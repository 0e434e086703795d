"""What holds for every test."""

import os
import sys

from hypothesis import settings

# Without a screen Qt draws into memory. A test that needs a real one starts Xvfb itself.
if sys.platform == "linux" and "DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A busy machine is slow at times; that says nothing about the code.
settings.register_profile("twinreel", settings(), deadline=None)
settings.load_profile("twinreel")
