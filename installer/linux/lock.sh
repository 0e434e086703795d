#!/usr/bin/env bash
# Writes requirements.lock: every package for every system and Python, with the hashes of its wheels.
set -euo pipefail
cd "$(dirname "$0")/../.."

options=(
    --all-extras
    --group dev
    --output-file requirements.lock
    --universal
    --python-version 3.11
    --generate-hashes
    --only-binary :all:
    --no-emit-index-url
    --no-emit-find-links
    --custom-compile-command "make lock"
    --quiet
)
.venv/bin/python -m uv pip compile pyproject.toml "${options[@]}" "$@"
if grep -nE '://|@ |(^| )/' requirements.lock; then
    echo "lock: requirements.lock names an address or a path of this machine" >&2
    exit 1
fi
echo "lock: $(grep -c '^[a-z].*==' requirements.lock) packages in requirements.lock"
