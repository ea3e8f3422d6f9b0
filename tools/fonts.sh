#!/bin/sh
# Make the paper's fonts again from npm's @fontsource-variable/newsreader and public-sans (both under
# the SIL Open Font License). Takes npm and a Python; writes into broadsheet/edition/static/edition/:
# the files into fonts/, and the faces into site.css. The other packages are only measured: they have
# the widths of the fonts that systems bring along, which stand in until ours are there.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work="$root/.build/fonts"
mkdir -p "$work"
cd "$work"
fetch() { # fetch PACKAGE FOLDER
    [ -d "$2" ] && return
    mkdir -p "$2"
    tar xzf "$(npm pack --silent "$1")" -C "$2" --strip-components=1
}
fetch @fontsource-variable/newsreader@5.3.0 newsreader
fetch @fontsource-variable/public-sans@5.3.0 public-sans
for name in gelasio tinos noto-serif arimo roboto; do
    fetch "@fontsource/$name@5.3.0" "$name"
done
fetch dejavu-fonts-ttf@2.37.3 dejavu-fonts-ttf
[ -d tools ] || { python3 -m venv tools && tools/bin/pip install -q fonttools brotli; }
edition="$root/broadsheet/edition/static/edition"
tools/bin/python "$root/tools/fonts.py" . "$edition/fonts" "$edition/site.css"
