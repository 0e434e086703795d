#!/usr/bin/env bash
# Makes this folder ready to run and to develop: Debian packages, a Python, .venv with what
# requirements.lock names. Safe to run again: what is there is left alone. Names of further groups of
# packages may follow: `setup.sh bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."

LIST=installer/linux/apt-packages.txt
LOG=build/setup.log
STAMP=.venv/twinreel-setup

say() { echo "setup: $*"; }

stop() {
    echo "setup: $*" >&2
    exit 1
}

# Runs a command with its output in the log; shows the end of the log if it fails.
quietly() {
    "$@" >>"$LOG" 2>&1 </dev/null && return
    tail -n 20 "$LOG" >&2
    stop "failed: $* (all of it: $LOG)"
}

# The packages of the groups named, in the list's order.
packages() {
    sed 's/#.*//' "$LIST" | awk -v groups=" $* " '
        /^\[/ { wanted = index(groups, " " substr($1, 2, length($1) - 2) " "); next }
        wanted && NF { print $1 }'
}

# Those of the packages given that are not installed, nor provided by others: some Node.js has npm in it.
missing() {
    local installed
    installed=$(dpkg-query -W -f='${db:Status-Status}, ${Package}, ${Provides}\n' 2>/dev/null |
        awk -F ', *' '$1 == "installed" { for (i = 2; i <= NF; i++) { sub(/ .*/, "", $i); print $i } }' |
        grep . || true)
    printf '%s\n' "$@" | grep -vxF -- "${installed:-none}" || true
}

# Those of the packages given that cannot be installed: Ubuntu has chromium by another name, for one.
unknown() {
    local name
    for name; do
        apt-cache show --no-all-versions "$name" >/dev/null 2>&1 || echo "$name"
    done
}

# A file of that name may be there and still not run, so it is run.
python_works() {
    "$1" -c 'import sys, ctypes, ensurepip, sqlite3, ssl, venv
sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in python3.14 python3.13 python3.12 python3.11 python3 /usr/bin/python3; do
        if python_works "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# It runs, is new enough, and was made in this folder: a virtual environment cannot be moved.
venv_works() {
    python_works .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 &&
        { [ ! -e "$STAMP" ] || [ "$(head -n 1 "$STAMP")" = "$PWD" ]; }
}

fingerprint() {
    echo "$PWD"
    .venv/bin/python -V 2>&1
    sha256sum requirements.lock pyproject.toml
}

debian_packages() {
    if ! command -v dpkg-query apt-get >/dev/null; then
        say "no apt-get here: install what $LIST names by this system's own means"
        return
    fi
    local needed others
    mapfile -t needed < <(missing $(packages run))
    mapfile -t others < <(missing $(packages demo "$@"))
    if ! find_python >/dev/null; then
        mapfile -t -O "${#needed[@]}" needed < <(missing $(packages setup))
    fi
    local all=("${needed[@]}" "${others[@]}")
    [ ${#all[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        say "installing Debian packages (some minutes): ${all[*]}"
        export DEBIAN_FRONTEND=noninteractive
        quietly apt-get -o DPkg::Lock::Timeout=600 -q update
        local unknown
        mapfile -t unknown < <(unknown "${all[@]}")
        if [ ${#unknown[@]} -gt 0 ]; then
            say "this system has no packages of these names: ${unknown[*]}"
            say "going on without; install them by the names that they have here"
            mapfile -t all < <(printf '%s\n' "${all[@]}" | grep -vxF -- "$(printf '%s\n' "${unknown[@]}")")
        fi
        [ ${#all[@]} -gt 0 ] || return 0
        quietly apt-get -o DPkg::Lock::Timeout=600 -q -y install --no-install-recommends "${all[@]}"
        return
    fi
    say "these Debian packages are missing; an administrator installs them with"
    echo "    apt-get update && apt-get install --no-install-recommends ${all[*]}"
    [ ${#needed[@]} -eq 0 ] || stop "nothing runs without ${needed[*]}"
    say "going on: only the demo, benches and some tests need them"
}

virtual_environment() {
    if [ -e "$STAMP" ] && venv_works && [ "$(cat "$STAMP")" = "$(fingerprint)" ]; then
        return
    fi
    if ! venv_works; then
        local python
        python=$(find_python) || stop "no Python 3.11 or newer that has venv and ensurepip"
        say "making .venv with $python ($("$python" -V))"
        quietly "$python" -m venv --clear .venv
    fi
    rm -f "$STAMP"
    say "installing what requirements.lock names (some minutes the first time)"
    # The lock is complete, so no dependencies: pynput would ask for evdev (see pyproject.toml).
    # Wheels alone, so no compiler.
    quietly .venv/bin/python -m pip install --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes -r requirements.lock
    quietly .venv/bin/python -m pip install --disable-pip-version-check --no-index --no-deps \
        --no-build-isolation -e .
    fingerprint >"$STAMP"
}

for folder in . build .venv; do
    [ ! -e "$folder" ] || [ -w "$folder" ] || stop "$PWD belongs to another user: work in a clone of your own"
done
mkdir -p build
exec 9>build/setup.lock
flock 9 # one at a time
: >"$LOG"
debian_packages "$@"
virtual_environment
say "ready ($(.venv/bin/python -V) in .venv). Next: make demo, make test"
