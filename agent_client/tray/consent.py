"""The notice that each agent reads and confirms once, in a version that the policy names.

It never stands over a call: it waits for its end, and goes away when one begins. Recording does
not depend on it. Closed without a word, it comes again when the client starts anew.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QDialogButtonBox, QPlainTextEdit

from agent_client.core.status import Status
from agent_client.tray.dialog import Dialog, WordsLabel
from agent_client.tray.house_rules import HouseRules
from agent_client.tray.words import Words

_WIDTH, _HEIGHT = 460, 240  # device-independent pixels, of the text
_Reading = tuple[str, str]  # version, agent


class ConsentWindow(Dialog):
    """The company's text, and a button that says it was read."""

    def __init__(
        self,
        text: str,
        words: Words,
        *,
        confirmed: Callable[[], None],
        later: Callable[[], None],
        leave_out: Callable[[int], None],
    ) -> None:
        """One of `confirmed` and `later` is called when the agent closes it."""
        super().__init__(words("Please read: how your work is recorded"), leave_out, fixed=False)
        asked = words("Your company asks you to read this once.")
        self.column.addWidget(WordsLabel(asked, _WIDTH))
        shown = QPlainTextEdit(text)
        shown.setReadOnly(True)
        shown.setTabChangesFocus(True)
        shown.setMinimumSize(_WIDTH, _HEIGHT)
        shown.setAccessibleName(words("Your company's notice"))
        shown.setAccessibleDescription(text)
        self.column.addWidget(shown)
        buttons = QDialogButtonBox()
        read = buttons.addButton(words("&I have read this"), QDialogButtonBox.ButtonRole.AcceptRole)
        wait = buttons.addButton(words("&Later"), QDialogButtonBox.ButtonRole.RejectRole)
        if read is not None:
            read.setDefault(True)
            read.setAccessibleDescription(words("Your name and the time are noted"))
        if wait is not None:
            wait.setAccessibleDescription(words("You are asked again at the next start"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.column.addWidget(buttons)
        self.accepted.connect(confirmed)
        self.rejected.connect(later)


class Consent:
    """When the notice is shown, and what comes of it. On Qt's thread."""

    def __init__(
        self,
        words: Words,
        has_read: Callable[[str, str], bool],
        confirm: Callable[[str, str], None],
        leave_out: Callable[[int], None],
    ) -> None:
        """`has_read` and `confirm` take a version and an agent, and do not wait."""
        self._words = words
        self._has_read = has_read
        self._confirm = confirm
        self._leave_out = leave_out
        self._put_off: set[_Reading] = set()
        self._shown: _Reading | None = None
        self.window: ConsentWindow | None = None

    def follow(self, status: Status, rules: HouseRules) -> None:
        """Show it, or take it away, as is right now."""
        wanted = self._wanted(status, rules)
        if wanted == self._shown:
            return
        self.close()
        if wanted is not None:
            self._shown = wanted
            self.window = ConsentWindow(
                rules.consent_text,
                self._words,
                confirmed=self._confirmed,
                later=self._later,
                leave_out=self._leave_out,
            )
            self.window.show()

    def close(self) -> None:
        """Take it away, with nothing said."""
        self._shown = None
        if self.window is not None:
            self.window.hide()
            self.window.deleteLater()
            self.window = None

    def _wanted(self, status: Status, rules: HouseRules) -> _Reading | None:
        if not rules.asks_consent or status.agent_id is None or status.in_call:
            return None
        reading = (rules.consent_version, status.agent_id)
        return None if reading in self._put_off or self._has_read(*reading) else reading

    def _confirmed(self) -> None:
        if self._shown is not None:
            self._confirm(*self._shown)
            self._put_off.add(self._shown)  # it is being written down: do not ask meanwhile
        self.close()

    def _later(self) -> None:
        if self._shown is not None:
            self._put_off.add(self._shown)
        self.close()
