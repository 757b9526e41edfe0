#!/bin/bash
# demo_test.sh LIPTAKO: the browser checks against the three nodes of `liptako demo` on free ports, in a scenario where
# Niamey is soon cut off for a minute: three nations headless and with a window at the same time, so that both see the
# cut, and one node by itself while they wait for it.
set -euo pipefail
liptako=$1
here=$(cd "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
touch "$work/out"
"$liptako" demo --scenario "$here/early_cut.toml" --port 0 --seconds 175 >"$work/out" 2>&1 &
demo=$!
trap 'kill "$demo" 2>/dev/null || true; wait "$demo" || true; rm -rf "$work"' EXIT

# The addresses are printed once all nodes listen; the mosaic's comes last.
until grep -q 'mosaic\.html' "$work/out"; do
  kill -0 "$demo" 2>/dev/null || {
    cat "$work/out"
    echo "the demo ended before it served"
    exit 1
  }
  read -r -t 0.1 <> <(:) || true
done
url=$(grep -o 'http://127\.0\.0\.1:[0-9]*/' "$work/out" | head -n 1)
echo "console at $url"
export LIPTAKO_URL=$url LIPTAKO_CUT=1
status=0
LIPTAKO_HEADED=1 node "$here/federation.mjs" >"$work/window" 2>&1 &
window=$!
node "$here/run.mjs" >"$work/one" 2>&1 &
one=$!
node "$here/federation.mjs" || status=1
wait "$window" || status=1
wait "$one" || status=1
cat "$work/window" "$work/one"
exit "$status"
