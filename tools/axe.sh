#!/bin/sh
# Put axe-core, which looks for barriers on pages, where the journeys find it. Takes npm.
set -eu
into="$(cd "$(dirname "$0")/.." && pwd)/.build/axe"
[ -f "$into/node_modules/axe-core/axe.min.js" ] && exit 0
mkdir -p "$into"
npm install --silent --no-audit --no-fund --prefix "$into" axe-core@4.14
