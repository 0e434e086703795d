"""What Twinreel.app says of itself (Info.plist)."""

from __future__ import annotations

NAME = "Twinreel.app"
IDENTIFIER = "com.twinreel.agent"
OLDEST_SYSTEM = "14.0"  # what PyAV's wheels ask for


def info_plist(version: str) -> dict[str, object]:
    """The keys that are ours; PyInstaller adds those that every app has."""
    return {
        "CFBundleDisplayName": "Twinreel",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        # Else macOS slows down the timers of an app that shows no window, and with them the film.
        "LSAppNapIsDisabled": True,
        "NSAppSleepDisabled": True,
        "LSMinimumSystemVersion": OLDEST_SYSTEM,
        "LSUIElement": True,  # an icon in the menu bar, none in the Dock
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "GPL-3.0-or-later",
        "NSScreenCaptureUsageDescription": "Twinreel records the screen during selected calls, "
        "as the company's rules say. Its icon shows when.",
    }
