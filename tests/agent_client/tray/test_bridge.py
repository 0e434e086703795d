from datetime import timedelta
from threading import Thread, current_thread

from pytestqt.qtbot import QtBot

from agent_client.core.status import Mood, Status
from agent_client.tray.bridge import Bridge

STATUS = Status(Mood.READY, "Ready", None, None, timedelta(0), False, False, "", False, 0, ())  # noqa: FBT003 plain values


def test_a_status_from_another_thread_arrives_on_qts(qtbot: QtBot) -> None:
    bridge = Bridge()
    heard: list[tuple[Status, str]] = []
    bridge.status_changed.connect(lambda status: heard.append((status, current_thread().name)))
    with qtbot.waitSignal(bridge.status_changed, timeout=10_000):
        engine = Thread(target=bridge.publish, args=(STATUS,), name="engine")
        engine.start()
        engine.join()
        assert heard == []  # queued, not called
    assert heard == [(STATUS, current_thread().name)]
