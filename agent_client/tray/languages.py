"""The translations, through Qt: the system's language, or the one that the configuration names.

`translations/twinreel_<language>.qm` are made from the .ts beside them by
`python -m assets.make_translations`. What has no translation is said in English.
"""

from __future__ import annotations

import logging
from importlib import resources

from PyQt6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from agent_client.tray.words import Words, english

logger = logging.getLogger(__name__)

CONTEXT = "Twinreel"
LANGUAGES = ("en", "de", "fr", "es")  # the first needs no translation


def chosen(wanted: str, system: list[str]) -> str:
    """The language to speak: the wanted one, else the first of the system's that we know."""
    for name in (wanted, *system):
        language = name.replace("_", "-").partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def system_languages() -> list[str]:
    """What the system says its user reads, best first."""
    return QLocale.system().uiLanguages()


class Translation:
    """Our own words in one language, and Qt's (of its buttons) while the application lives."""

    def __init__(self, language: str) -> None:
        """Needs no application; `install` does."""
        self.language = language
        self._own = QTranslator()
        self._qts = QTranslator()
        if language == LANGUAGES[0]:
            return
        content = resources.files("agent_client.tray") / f"translations/twinreel_{language}.qm"
        self._content = content.read_bytes()  # Qt reads in it for as long as it translates
        if not self._own.loadFromData(self._content):  # type: ignore[arg-type]  # PyQt6's stub names no bytes
            logger.warning("the translation for %s cannot be read", language)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if not self._qts.load(f"qtbase_{language}", folder):
            logger.info("Qt has no words of its own in %s", language)

    def install(self, application: QCoreApplication) -> None:
        """Have Qt's own buttons speak this language too."""
        if self.language != LANGUAGES[0]:
            QLocale.setDefault(QLocale(self.language))
            application.installTranslator(self._qts)

    def words(self) -> Words:
        """What speaks this language."""
        return english if self.language == LANGUAGES[0] else self._say

    def _say(self, text: str, /, **values: object) -> str:
        # As bytes: PyQt6 takes a str for ASCII here.
        own = self._own.translate(CONTEXT, text.encode())  # type: ignore[arg-type]  # as above
        return english(own or text, **values)
