#!/bin/sh
# Make .venv with everything locked: `tools/setup.sh` to run the paper, `tools/setup.sh dev` to work on it.
# Needs git, any Python 3 to fetch uv with, and the package registries.
set -eu
cd "$(dirname "$0")/.."
wanted=requirements.txt
[ "${1:-}" = dev ] && wanted=requirements-dev.txt

stamp=.venv/.made-from
sum=$(cat "$wanted" pyproject.toml | cksum)
if [ -x .venv/bin/broadsheet ] && { [ "$(cat $stamp 2>/dev/null)" = "$wanted $sum" ] || { [ "$wanted" = requirements.txt ] && [ -f $stamp ] && [ "$(cat $stamp)" = "requirements-dev.txt $(cat requirements-dev.txt pyproject.toml | cksum)" ]; }; }; then
    exit 0
fi

if uv --version >/dev/null 2>&1; then
    uv=uv
else
    uv=.build/uv/bin/uv
    if ! [ -x $uv ]; then
        python=
        for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
            if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then python=$name; break; fi
        done
        [ -n "$python" ] || { echo "Broadsheet needs a Python 3 to set itself up with; install one and try again." >&2; exit 2; }
        if ! "$python" -m venv .build/uv >/dev/null 2>&1; then
            # Debian keeps venv's pip in a package of its own.
            "$python" -m venv --without-pip .build/uv
            "$python" -m pip --python .build/uv/bin/python install -q uv >/dev/null 2>&1 || {
                [ "$(id -u)" = 0 ] && apt-get install -y -q python3-venv >/dev/null 2>&1 &&
                    rm -rf .build/uv && "$python" -m venv .build/uv
            } || { echo "Install your system's package for Python's venv (python3-venv) and try again." >&2; exit 2; }
        fi
        [ -x $uv ] || .build/uv/bin/python -m pip install -q --disable-pip-version-check uv
    fi
fi

$uv venv -q --allow-existing --python '>=3.12' .venv || {
    echo "Broadsheet runs on Python 3.12 or newer. There is none here, and none could be fetched: install one and try again." >&2
    exit 2
}
VIRTUAL_ENV=.venv $uv pip sync -q --require-hashes "$wanted"
VIRTUAL_ENV=.venv $uv pip install -q --no-deps --editable .
echo "$wanted $sum" > $stamp
