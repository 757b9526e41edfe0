#!/bin/bash
# demo_test.sh LIPTAKO: the browser checks against `liptako demo` on a free port.
set -euo pipefail
liptako=$1
here=$(cd "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
"$liptako" demo --port 0 --seconds 170 >"$work/out" 2>&1 &
demo=$!
trap 'kill "$demo" 2>/dev/null || true; wait "$demo" || true; rm -rf "$work"' EXIT

# The address is printed once the node listens.
url=
until [[ -n $url ]]; do
  kill -0 "$demo" 2>/dev/null || {
    cat "$work/out"
    echo "the demo ended before it served"
    exit 1
  }
  url=$(grep -o 'http://127\.0\.0\.1:[0-9]*/' "$work/out" | head -n 1 || true)
  [[ -n $url ]] || read -r -t 0.1 <> <(:) || true
done
echo "console at $url"
LIPTAKO_URL=$url node "$here/run.mjs"
