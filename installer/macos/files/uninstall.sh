#!/bin/sh
# Takes Twinreel off this Mac. As root: sudo sh "/Library/Application Support/Twinreel/uninstall.sh"
# Recordings that are not sent yet stay where they are, and it says where. --wait MINUTES: how long
# a call that is recorded may go on; else as configured. --all: also this computer's configuration.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
set -u

root=${TWINREEL_ANY_ROOT:-}
support="$root/Library/Application Support/Twinreel"
app=$root/Applications/Twinreel.app
agent=com.twinreel.agent
daemon=com.twinreel.uploader
marker=$root/var/run/twinreel/make-way.json
wait=
all=

while [ $# -gt 0 ]; do
    case $1 in
    --wait)
        wait=${2:?"--wait needs a number of minutes"}
        shift
        ;;
    --all) all=yes ;;
    *)
        echo "usage: uninstall.sh [--wait MINUTES] [--all]" >&2
        exit 2
        ;;
    esac
    shift
done

if [ "$(id -u)" -ne 0 ] && [ -z "$root" ]; then
    echo "Only an administrator may: say sudo before it." >&2
    exit 3
fi

each_desktop() { # each user who has a desktop now: their numbers
    who | awk '$2 == "console" { print $1 }' | sort -u | while read -r user; do
        id -u "$user" 2>/dev/null
    done
}

# In /Applications every administrator may write, and this runs as root: what is not root's is not run.
others=$(find "$app" ! -user "$(/usr/bin/id -u)" -print 2>/dev/null | head -n 1)
[ -z "$others" ] || echo "The app was not installed by root, and is removed unasked: $others" >&2

if [ -z "$others" ] && [ -x "$app/Contents/MacOS/twinreel-agent" ]; then
    status=0
    "$app/Contents/MacOS/twinreel-agent" make-way --for removal ${wait:+--wait "$wait"} \
        </dev/null || status=$?
    case $status in
    4 | 5 | 6)
        rm -f "$marker"
        for uid in $(each_desktop); do # those that did end come back
            launchctl kickstart "gui/$uid/$agent" 2>/dev/null
        done
        echo "Some of its programs still run; nothing was removed." >&2
        exit 1
        ;;
    esac
    "$app/Contents/MacOS/twinreel-agent" certificate remove --trust \
        --folder "$support/tls" </dev/null
fi

for uid in $(each_desktop); do
    launchctl bootout "gui/$uid/$agent" 2>/dev/null
done
launchctl bootout "system/$daemon" 2>/dev/null
launchctl disable "system/$daemon" 2>/dev/null

rm -rf "$app"
rm -f "$root/Library/LaunchAgents/$agent.plist" "$root/Library/LaunchDaemons/$daemon.plist"
rm -f "$root/usr/local/bin/twinreel-agent" "$root/usr/local/bin/twinreel-uploader" "$marker"
rm -f "$support/twinreel.toml.example" "$support/uninstall.sh"
[ -z "$all" ] || rm -f "$support/twinreel.toml"
rmdir "$support" 2>/dev/null
pkgutil --forget com.twinreel.pkg >/dev/null 2>&1

left=0
for spool in "$root"/Users/*/Library/"Application Support"/Twinreel/spool; do
    [ -d "$spool" ] || continue
    for recording in "$spool"/*/ "$spool"/quarantine/*/; do
        case $recording in
        "$spool/quarantine/" | *'*/') continue ;;
        esac
        [ -d "$recording" ] || continue
        left=$((left + 1))
        echo "not sent yet: $recording"
    done
done
echo "Twinreel was removed."
if [ $left -gt 0 ]; then
    echo "$left recordings stay, sealed. Installed again, Twinreel sends them when their user signs in."
fi
[ -n "$all" ] || [ ! -e "$support/twinreel.toml" ] ||
    echo "This computer's configuration stays: $support/twinreel.toml"
exit 0
