#!/bin/sh
# Measure a page with Lighthouse: tools/lighthouse.sh http://127.0.0.1:8000/world/a-story/ [desktop]
# Prints the four scores and what the page weighs. Takes npm, node and a Chromium (CHROME_PATH).
set -eu
address=$1
form=${2:-mobile}
into="$(cd "$(dirname "$0")/.." && pwd)/.build/lighthouse"
mkdir -p "$into"
[ -x "$into/node_modules/.bin/lighthouse" ] ||
    npm install --silent --no-audit --no-fund --prefix "$into" lighthouse@13.5
CHROME_PATH=${CHROME_PATH:-$(command -v chromium)}
export CHROME_PATH
preset=
[ "$form" = desktop ] && preset=--preset=desktop
"$into/node_modules/.bin/lighthouse" "$address" $preset --quiet --output=json \
    --output-path="$into/report.json" \
    --chrome-flags="--headless=new --no-sandbox --disable-dev-shm-usage" >/dev/null
node -e '
const report = JSON.parse(require("fs").readFileSync(process.argv[1]));
for (const one of Object.values(report.categories)) console.log(Math.round(one.score * 100), one.title);
const said = (name) => report.audits[name]?.displayValue ?? "-";
console.log("largest paint", said("largest-contentful-paint"), "shift", said("cumulative-layout-shift"),
    "blocked", said("total-blocking-time"), "weight", said("total-byte-weight"));
for (const one of Object.values(report.categories))
    for (const { id, weight } of one.auditRefs)
        if (weight && report.audits[id].score !== null && report.audits[id].score < 1)
            console.log("  below 1:", id, report.audits[id].score, report.audits[id].displayValue ?? "");
' "$into/report.json"
