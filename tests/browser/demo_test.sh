#!/bin/bash
# demo_test.sh LIPTAKO: the browser checks against the three nodes of `liptako demo` on free ports. One demonstration
# soon loses Niamey for good: three nations headless and with a window, which both look at the cut first, and one node
# by itself meanwhile. Another one loses it again and again, for the rejoining. No check depends on how long others
# took: both run until all checks are done.
set -euo pipefail
liptako=$1
here=$(cd "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
demos=()
end() {
  kill "${demos[@]}" 2>/dev/null || true
  wait "${demos[@]}" || true
  rm -rf "$work"
}
trap end EXIT

# start SCENARIO: a demonstration; $url is its first console.
start() {
  local out=$work/$1.out
  touch "$out"
  # Ends by itself only if this script was killed.
  "$liptako" demo --scenario "$here/$1.toml" --port 0 --seconds 900 >"$out" 2>&1 &
  local demo=$!
  demos+=("$demo")
  # The addresses are printed once all nodes listen; the mosaic's comes last.
  until grep -q 'mosaic\.html' "$out"; do
    kill -0 "$demo" 2>/dev/null || {
      cat "$out"
      echo "the demo ended before it served"
      exit 1
    }
    read -r -t 0.1 <> <(:) || true
  done
  url=$(grep -o 'http://127\.0\.0\.1:[0-9]*/' "$out" | head -n 1)
  echo "$1: console at $url"
}

start early_cut
export LIPTAKO_URL=$url LIPTAKO_CUT=1
LIPTAKO_HEADED=1 node "$here/federation.mjs" >"$work/window" 2>&1 &
window=$!
node "$here/federation.mjs" >"$work/headless" 2>&1 &
headless=$!
start rejoin
LIPTAKO_URL=$url node "$here/rejoin.mjs" >"$work/rejoin" 2>&1 &
rejoin=$!
status=0
node "$here/run.mjs" || status=1
for check in "$window" "$headless" "$rejoin"; do
  wait "$check" || status=1
done
cat "$work/headless" "$work/window" "$work/rejoin"
exit "$status"
