"""A code from Twinreel's page in Workspace, typed in so that page and desk know each other."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QPushButton

from agent_client.tray.dialog import Dialog, WordsLabel
from agent_client.tray.words import Words

_LONGEST = 16  # letters of a code, with what stands between them
_ANSWER_MS = 20_000
_NO_ANSWER = "no-answer"

REASONS = {
    "wrong-code": "This code is not known. Look at the page again: it may show a new one.",
    "locked": "Too many codes were wrong. Wait some minutes, then try again.",
    "central-unreachable": "Central cannot be reached at the moment. Try again later.",
    "refused": "Central does not let this computer connect a page. Call your IT department.",
    "uploader-gone": "The program that speaks to central does not run. Try again in a minute.",
    _NO_ANSWER: "There was no answer. Try again in a minute.",
}
"""What keeps a page from being connected, in words."""


class PairingWindow(Dialog):
    """A line for the code. `pair` takes it and does not wait; `answered` is told what became."""

    def __init__(
        self, words: Words, pair: Callable[[str], None], leave_out: Callable[[int], None]
    ) -> None:
        super().__init__(words("Connect Workspace page"), leave_out)
        self._words = words
        self._pair = pair
        ask = WordsLabel(
            words(
                "Twinreel's page in Workspace shows a code while it is not connected with this "
                "computer. Type it here."
            )
        )
        self.column.addWidget(ask)
        label = QLabel(words("&Code:"))
        self.code = QLineEdit()
        self.code.setMaxLength(_LONGEST)
        self.code.setAccessibleName(words("Code"))
        self.code.setAccessibleDescription(ask.text())
        label.setBuddy(self.code)
        self.column.addWidget(label)
        self.column.addWidget(self.code)
        self.said = WordsLabel()
        self.column.addWidget(self.said)
        buttons = QDialogButtonBox()
        self.connect_button = QPushButton(words("C&onnect"))
        self.connect_button.setDefault(True)
        buttons.addButton(self.connect_button, QDialogButtonBox.ButtonRole.ActionRole)
        self._close = buttons.addButton(words("C&lose"), QDialogButtonBox.ButtonRole.RejectRole)
        if self._close is not None:
            self._close.setAutoDefault(False)  # Return is for the code
        buttons.rejected.connect(self.reject)
        self.column.addWidget(buttons)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._unanswered)
        self.connect_button.clicked.connect(self._try)
        self.code.textChanged.connect(self._typed)
        self._typed()

    def answered(self, reason: str) -> None:
        """Say what became of the code: "" if the page is connected, else a key of REASONS."""
        self._patience.stop()
        self.code.setEnabled(True)
        if reason:
            self._say(self._words(REASONS.get(reason, REASONS["refused"])))
            self._typed()
            self.code.setFocus()
            self.code.selectAll()
            return
        self._say(self._words("The page is connected."))
        self.code.clear()
        if self._close is not None:
            self._close.setFocus()

    def _unanswered(self) -> None:
        # A method, which Qt forgets with the window; a lambda of a window that is gone would crash.
        self.answered(_NO_ANSWER)

    def _typed(self) -> None:
        self.connect_button.setEnabled(bool(self.code.text().strip()))

    def _try(self) -> None:
        self.code.setEnabled(False)
        self.connect_button.setEnabled(False)
        self._say(self._words("Asking central…"))
        self._patience.start(_ANSWER_MS)
        self._pair(self.code.text().strip())

    def _say(self, text: str) -> None:
        self.said.say(text)
