"""A window to type into: says whenever its text is another, as JSON, one a line."""

import json
import sys

from PyQt6.QtWidgets import QApplication, QPlainTextEdit

TITLE = "What somebody writes"


def main() -> None:
    application = QApplication(sys.argv)
    window = QPlainTextEdit()
    window.setWindowTitle(TITLE)
    window.setStyleSheet("QPlainTextEdit { font-size: 20px }")
    window.textChanged.connect(lambda: print(json.dumps(window.toPlainText()), flush=True))  # noqa: T201 the test reads it
    window.resize(600, 300)
    window.show()
    application.exec()


if __name__ == "__main__":
    main()
