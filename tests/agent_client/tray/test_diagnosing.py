from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, QUrl, pyqtSlot
from PyQt6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from agent_client.tray.diagnosing import DiagnosticsWindow
from agent_client.tray.words import english

pytestmark = pytest.mark.qt_log_ignore("does not support")  # drawn in memory


class Opened(QObject):
    """Takes what Qt is asked to open, in place of a file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @pyqtSlot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url)


@pytest.fixture
def window(qtbot: QtBot) -> DiagnosticsWindow:
    window = DiagnosticsWindow(english, lambda _: None)
    qtbot.addWidget(window)
    window.show()
    return window


def test_it_is_busy_until_it_is_told_how_it_went(window: DiagnosticsWindow) -> None:
    assert window.busy.isVisible()
    assert window.open_button is not None
    assert not window.open_button.isEnabled()


def test_where_the_file_is_stands_there_and_its_folder_opens(
    window: DiagnosticsWindow, tmp_path: Path
) -> None:
    window.ended(str(tmp_path / "d.zip"), "")
    assert window.said.text() == f"Saved at {tmp_path / 'd.zip'}"
    assert not window.busy.isVisible()
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened.take)
    try:
        assert window.open_button is not None
        window.open_button.click()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert [Path(url.toLocalFile()) for url in opened.urls] == [tmp_path]


def test_why_there_is_no_file_stands_there(window: DiagnosticsWindow) -> None:
    window.ended("", "No space left on device")
    assert window.said.text() == "The file could not be saved: No space left on device"
    assert window.open_button is not None
    assert not window.open_button.isEnabled()
