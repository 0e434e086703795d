"""Which of the files that PyInstaller found are left out, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable

Entry = tuple[str, str, str]  # place in the bundle, file, kind

_DROPPED: tuple[tuple[str, str], ...] = (
    (r"PyQt6/Qt6/translations/", "the programs bring their own words"),
    (r"PyQt6/Qt6/lib/.*Qt6(Pdf|Quick|Qml|VirtualKeyboard|Svg|Network|EglFS)", "never called"),
    (r"PyQt6/Qt6/(bin|lib)/.*Qt6?(Pdf|Quick|Qml|VirtualKeyboard|Svg|Network)", "never called"),
    (r"PyQt6/Qt6/plugins/imageformats/", "Qt reads PNG by itself"),
    (
        r"PyQt6/Qt6/plugins/(iconengines|generic|networkinformation|tls|egldeviceintegrations)/",
        "never called",
    ),
    (r"PyQt6/Qt6/plugins/platformthemes/.*qgtk3", "it brings all of GTK"),
    (
        r"PyQt6/Qt6/plugins/platforms/.*(eglfs|vkkhrdisplay|vnc|linuxfb|minimal|direct2d)",
        "no desktop that we know",
    ),
    (r"(PyQt6/Qt6/bin/)?(opengl32sw|d3dcompiler_47)\.dll", "nothing is drawn in 3D"),
    (r"twinreel-[^/]*\.dist-info/", "it names the builder's folders; ours is made anew"),
    (r"[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|WHEEL|direct_url\.json)$", "for installers"),
    (r"dukpy/(jsmodules|jsruntime)/", "compilers for JavaScript"),
)


def dropped(place: str) -> str:
    """Why the file at this place of the bundle is left out; "" if it is kept."""
    slashes = place.replace("\\", "/")
    return next((why for pattern, why in _DROPPED if re.match(pattern, slashes)), "")


def trimmed(entries: Iterable[Entry], platform: str) -> list[Entry]:
    """What is kept."""
    return [entry for entry in entries if not dropped(entry[0])]
