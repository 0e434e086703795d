"""The one crossing to the Qt thread."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from agent_client.core.status import Status
from agent_client.tray.house_rules import HouseRules
from contract.make_way import Purpose


class Bridge(QObject):
    """Emitted from any thread; Qt queues it to the thread that made this object, the main one."""

    status_changed = pyqtSignal(Status)
    rules_changed = pyqtSignal(HouseRules)
    refused = pyqtSignal(str)
    paired = pyqtSignal(str)
    diagnosed = pyqtSignal(str, str)
    imported = pyqtSignal()
    over = pyqtSignal()
    steps_aside = pyqtSignal(Purpose)

    def publish(self, status: Status) -> None:
        """Show this from now on. Never waits."""
        self.status_changed.emit(status)

    def publish_rules(self, rules: HouseRules) -> None:
        """Keep to these from now on. Never waits."""
        self.rules_changed.emit(rules)

    def say_refused(self, text: str) -> None:
        """Somebody asked for something by a key or the menu, and this is why it was not done."""
        self.refused.emit(text)

    def say_paired(self, reason: str) -> None:
        """What became of a page's code: "" if it is connected, else a word of `tray.pairing`."""
        self.paired.emit(reason)

    def say_diagnosed(self, path: str, failure: str) -> None:
        """Where the diagnostics are, or why they could not be written."""
        self.diagnosed.emit(path, failure)

    def step_aside(self, purpose: Purpose) -> None:
        """The program is being replaced: tell that, and end it."""
        self.steps_aside.emit(purpose)

    def end(self) -> None:
        """There is nothing more to show. Never waits."""
        self.over.emit()
