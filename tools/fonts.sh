#!/bin/sh
# Make the paper's fonts anew from npm's @fontsource-variable/newsreader (SIL Open Font License).
# Takes npm and a Python; writes into broadsheet/edition/static/edition/fonts/ and prints the addresses
# that site.css gives them.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work="$root/.build/fonts"
mkdir -p "$work"
cd "$work"
[ -d package ] || tar xzf "$(npm pack --silent @fontsource-variable/newsreader@5.3.0)"
[ -d tools ] || { python3 -m venv tools && tools/bin/pip install -q fonttools brotli; }
tools/bin/python "$root/tools/fonts.py" package "$root/broadsheet/edition/static/edition/fonts"
