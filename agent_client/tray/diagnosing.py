"""The diagnostics being written, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QDialogButtonBox, QProgressBar

from agent_client.tray.dialog import Dialog, WordsLabel
from agent_client.tray.words import Words


class DiagnosticsWindow(Dialog):
    """Opened as the writing begins; `ended` tells how it went."""

    def __init__(self, words: Words, leave_out: Callable[[int], None]) -> None:
        super().__init__(words("Diagnostics"), leave_out)
        self._words = words
        self._folder = ""
        self.said = WordsLabel(words("Looking at how Twinreel is…"))
        self.column.addWidget(self.said)
        self.column.addWidget(
            WordsLabel(
                words(
                    "The file holds versions, settings, rules, the state of the screen and the "
                    "last lines of the logs. It holds no names, numbers, passwords or pictures."
                )
            )
        )
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setAccessibleName(self.said.text())
        self.column.addWidget(self.busy)
        buttons = QDialogButtonBox()
        self.open_button = buttons.addButton(
            words("&Open folder"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.close_button = buttons.addButton(
            words("C&lose"), QDialogButtonBox.ButtonRole.RejectRole
        )
        if self.open_button is not None:
            self.open_button.setEnabled(False)
            self.open_button.clicked.connect(self._open_folder)
        buttons.rejected.connect(self.reject)
        self.column.addWidget(buttons)

    def ended(self, path: str, failure: str) -> None:
        """Say where the file is, or why there is none."""
        self.busy.hide()
        if failure:
            text = self._words("The file could not be saved: {reason}", reason=failure)
        else:
            text = self._words("Saved at {path}", path=path)
            self._folder = str(Path(path).parent)
        self.said.say(text)
        if self.open_button is not None:
            self.open_button.setEnabled(not failure)
            self.open_button.setFocus()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))
