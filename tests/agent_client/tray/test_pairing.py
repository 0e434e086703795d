import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_client.tray.pairing import REASONS, PairingWindow
from agent_client.tray.words import english

pytestmark = pytest.mark.qt_log_ignore("does not support")  # drawn in memory


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def window(qtbot: QtBot, asked: list[str]) -> PairingWindow:
    window = PairingWindow(english, asked.append, lambda _: None)
    qtbot.addWidget(window)
    window.show()
    return window


def test_a_code_is_asked_by_return(qtbot: QtBot, window: PairingWindow, asked: list[str]) -> None:
    qtbot.keyClicks(window.code, " K7M2-Q9 ")  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    qtbot.keyClick(window.code, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    assert asked == ["K7M2-Q9"]
    assert not window.code.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    assert asked == ["K7M2-Q9"]  # one answer is waited for


def test_without_a_code_nothing_is_asked(window: PairingWindow) -> None:
    assert not window.connect_button.isEnabled()
    window.code.setText("  ")
    assert not window.connect_button.isEnabled()


def test_a_page_that_is_connected_is_said_so(
    qtbot: QtBot, window: PairingWindow, asked: list[str]
) -> None:
    qtbot.keyClicks(window.code, "K7M2")  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    window.connect_button.click()
    window.answered("")
    assert asked == ["K7M2"]
    assert window.said.text() == "The page is connected."
    assert window.code.text() == ""


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_code_that_is_refused_can_be_mended(
    qtbot: QtBot, window: PairingWindow, reason: str
) -> None:
    qtbot.keyClicks(window.code, "K7M3")  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    window.connect_button.click()
    window.answered(reason)
    assert window.said.text() == REASONS[reason]
    assert window.code.isEnabled()
    assert window.code.selectedText() == "K7M3"
    assert window.connect_button.isEnabled()


def test_a_reason_that_is_not_known_is_a_refusal(window: PairingWindow) -> None:
    window.answered("moon")
    assert window.said.text() == REASONS["refused"]


def test_an_answer_that_never_comes_is_not_waited_for(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    monkeypatch.setattr("agent_client.tray.pairing._ANSWER_MS", 1)
    window = PairingWindow(english, asked.append, lambda _: None)
    qtbot.addWidget(window)
    window.code.setText("K7M2")
    window.connect_button.click()
    qtbot.waitUntil(lambda: window.said.text() == REASONS["no-answer"], timeout=20_000)
    assert window.code.isEnabled()


def test_a_code_longer_than_any_is_cut(qtbot: QtBot, window: PairingWindow) -> None:
    qtbot.keyClicks(window.code, "7" * 40)  # type: ignore[no-untyped-call]  # pytest-qt leaves it so
    assert len(window.code.text()) == 16
