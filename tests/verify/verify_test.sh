#!/bin/bash
# verify_test.sh WORK-FOLDER WRITE-LOG: other people's code verifies what we write (verify.go says whose). The program
# is built in WORK-FOLDER, off line, from the Go packages of Debian; its build cache stays there.
set -euo pipefail
work=$1 write_log=$2
here=$(cd "$(dirname "$0")" && pwd)
packages=/usr/share/gocode

command -v go >/dev/null && [[ -d $packages/src/golang.org/x/mod/sumdb/tlog ]] || {
  echo "skipped: needs Debian's golang-go and golang-golang-x-mod-dev (./run test installs them)"
  exit 77
}
mkdir -p "$work"
env GO111MODULE=off GOPATH="$packages" GOFLAGS= GOPROXY=off CGO_ENABLED=0 GOCACHE="$work/cache" \
  go build -o "$work/verify" "$here/verify.go"

rm -rf "$work/logs"
"$write_log" "$work/logs"
for log in 0 1 255 256 257 700 65537 66100 record; do
  "$work/verify" -tamper "$work/logs/$log" "$work/logs/members.pub"
done

# A verifier that knows other keys only takes nothing.
sed -n 2p "$work/logs/members.pub" >"$work/logs/witness.pub"
if "$work/verify" "$work/logs/700" "$work/logs/witness.pub" 2>/dev/null; then
  echo "a log that nobody knows was verified"
  exit 1
fi
rm -rf "$work/logs"
