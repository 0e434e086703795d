#!/bin/sh
# TWINREEL_SIGN_MACOS="sh installer/macos/files/sign.sh": signs one thing, as its name says what it is.
# A package is also sent to Apple's notary, and the answer stapled to it. From the environment:
#   TWINREEL_APPLICATION_IDENTITY  "Developer ID Application: ... (TEAMID)"
#   TWINREEL_INSTALLER_IDENTITY    "Developer ID Installer: ... (TEAMID)"
#   TWINREEL_NOTARY_PROFILE        made once: xcrun notarytool store-credentials; without it: no notary
# Never run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
case $1 in
*.pkg)
    productsign --timestamp --sign "$TWINREEL_INSTALLER_IDENTITY" "$1" "$1.signed"
    mv "$1.signed" "$1"
    if [ -n "${TWINREEL_NOTARY_PROFILE:-}" ]; then
        xcrun notarytool submit "$1" --keychain-profile "$TWINREEL_NOTARY_PROFILE" --wait
        xcrun stapler staple "$1"
        spctl --assess --type install --verbose "$1"
    fi
    ;;
*)
    # Libraries first, then the second program, then the app around all of it.
    find "$1/Contents/Frameworks" -type f \( -name '*.dylib' -o -name '*.so' -o -perm -u+x \) \
        -exec codesign --force --options runtime --timestamp \
        --sign "$TWINREEL_APPLICATION_IDENTITY" {} +
    find "$1/Contents/Frameworks" -type d -name '*.framework' -prune \
        -exec codesign --force --options runtime --timestamp \
        --sign "$TWINREEL_APPLICATION_IDENTITY" {} +
    codesign --force --options runtime --timestamp --entitlements "$here/../entitlements.plist" \
        --identifier com.twinreel.uploader \
        --sign "$TWINREEL_APPLICATION_IDENTITY" "$1/Contents/MacOS/twinreel-uploader"
    codesign --force --options runtime --timestamp --entitlements "$here/../entitlements.plist" \
        --sign "$TWINREEL_APPLICATION_IDENTITY" "$1"
    codesign --verify --deep --strict --verbose=2 "$1"
    ;;
esac
