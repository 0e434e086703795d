from __future__ import annotations

from agent_client.capture.windows_monitors import plain


def test_a_monitor_may_be_named_as_windows_does_or_plainly() -> None:
    assert plain(r"\\.\DISPLAY2") == plain("DISPLAY2") == "DISPLAY2"
    assert plain("all") == "all"
