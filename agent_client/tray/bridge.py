"""The one crossing to the Qt thread."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from agent_client.core.status import Status


class Bridge(QObject):
    """Emitted from any thread; Qt queues it to the thread that made this object, the main one."""

    status_changed = pyqtSignal(Status)

    def publish(self, status: Status) -> None:
        """Show this from now on. Never waits."""
        self.status_changed.emit(status)
