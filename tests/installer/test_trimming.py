import pytest

from installer.trimming import trimmed, why_dropped, with_what_they_need

_QT = "PyQt6/Qt6"


@pytest.mark.parametrize(
    "place",
    [
        f"{_QT}/lib/libQt6Pdf.so.6",
        "libQt6Pdf.so.6",
        f"{_QT}/plugins/platformthemes/libqgtk3.so",
        f"{_QT}/plugins/imageformats/libqjpeg.so",
        f"{_QT}/translations/qtbase_pl.qm",
        f"{_QT}/translations/qtbase_fr_CA.qm",
        r"PyQt6\Qt6\bin\Qt6Pdf.dll",
        r"PyQt6\Qt6\bin\opengl32sw.dll",
        "dukpy/jsmodules/less/less.js",
    ],
)
def test_what_the_programs_never_touch_is_left_out(place: str) -> None:
    assert why_dropped(place)


@pytest.mark.parametrize(
    "place",
    [
        f"{_QT}/lib/libQt6Widgets.so.6",
        f"{_QT}/plugins/platforms/libqxcb.so",
        f"{_QT}/plugins/platforms/libqoffscreen.so",
        f"{_QT}/translations/qtbase_de.qm",
        r"PyQt6\Qt6\plugins\platforms\qwindows.dll",
        "dukpy/jsruntime/commonjs_runtime.js",
        "twinreel.dist-info/METADATA",
        "certifi/cacert.pem",
    ],
)
def test_what_they_need_is_kept(place: str) -> None:
    assert why_dropped(place) == ""


def test_what_says_where_it_was_built_is_left_out() -> None:
    assert why_dropped("twinreel-0.1.0.dist-info/direct_url.json")
    assert why_dropped("keyring-25.7.0.dist-info/RECORD")
    assert why_dropped("keyring-25.7.0.dist-info/entry_points.txt") == ""


def test_libraries_that_only_the_dropped_ones_asked_for_go_too() -> None:
    asks = {
        "PyQt6/QtGui.abi3.so": ["libQt6Gui.so.6", "libc.so.6"],
        "PyQt6/Qt6/lib/libQt6Gui.so.6": ["libpng16.so.16"],
        "PyQt6/Qt6/plugins/platforms/libqxcb.so": ["libxcb-cursor.so.0"],
        "libpng16.so.16": [],
        "libxcb-cursor.so.0": [],
        "libgtk-3.so.0": ["libgdk-3.so.0"],
        "libgdk-3.so.0": ["libgtk-3.so.0"],
    }
    assert {*asks} - with_what_they_need(asks) == {"libgtk-3.so.0", "libgdk-3.so.0"}


def test_a_link_is_kept_if_what_it_leads_to_is() -> None:
    entries = [
        ("PyQt6/QtGui.abi3.so", "/b/QtGui.abi3.so", "EXTENSION"),
        ("PyQt6/Qt6/lib/libQt6Gui.so.6", "/b/libQt6Gui.so.6", "BINARY"),
        ("libQt6Gui.so.6", "PyQt6/Qt6/lib/libQt6Gui.so.6", "SYMLINK"),
        ("libgtk-3.so.0", "/b/libgtk-3.so.0", "BINARY"),
        ("libgtk.so", "libgtk-3.so.0", "SYMLINK"),
    ]

    def asks(file: str) -> list[str]:
        return ["libQt6Gui.so.6"] if file == "/b/QtGui.abi3.so" else []

    assert trimmed(entries, "linux", asks) == entries[:3]
    assert trimmed(entries, "win32", asks) == entries


def test_libraries_that_are_opened_by_name_stay() -> None:
    assert with_what_they_need({"libxcb-randr.so.0": [], "libpython3.13.so.1.0": []}) == {
        "libxcb-randr.so.0",
        "libpython3.13.so.1.0",
    }
