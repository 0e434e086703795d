"""An app as PyInstaller lays one out on a Mac, with programs that only say what they were told."""

import plistlib
from pathlib import Path

from installer.macos.app import NAME


def small_app(folder: Path, program: str = "#!/bin/sh\nexit 0\n") -> Path:
    """Twinreel.app in this folder."""
    contents = folder / NAME / "Contents"
    (contents / "MacOS").mkdir(parents=True)
    (contents / "Frameworks" / "Qt.framework" / "Versions" / "A").mkdir(parents=True)
    (contents / "Frameworks" / "Qt.framework" / "Versions" / "Current").symlink_to("A")
    (contents / "Frameworks" / "libav.dylib").write_bytes(bytes(range(256)) * 5000)
    info = {"CFBundleIdentifier": "com.twinreel.agent", "CFBundleExecutable": "twinreel-agent"}
    (contents / "Info.plist").write_bytes(plistlib.dumps(info))
    for name in ("twinreel-agent", "twinreel-uploader"):
        (contents / "MacOS" / name).write_text(program)
        (contents / "MacOS" / name).chmod(0o755)
    return folder / NAME
