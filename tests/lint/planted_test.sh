#!/bin/bash
# planted_test.sh ROOT: the gates that call compilers let a clean file pass and stop a planted violation of each kind.
set -euo pipefail
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect WHAT WANTED COMMAND...: the command succeeds (WANTED "clean") or fails (WANTED "found").
expect() {
  local what=$1 wanted=$2 got=clean
  shift 2
  "$@" >"$work/output" 2>&1 || got=found
  if [[ $got != "$wanted" ]]; then
    echo "$what: expected $wanted, got $got"
    cat "$work/output"
    failures=$((failures + 1))
  fi
}

mkdir -p "$work/tree/src/base" "$work/build" "$work/cache"
cp "$root/.clang-format" "$root/.clang-tidy" "$work/tree"
source=$work/tree/src/base/planted.cpp
cat >"$work/build/compile_commands.json" <<JSON
[
{
  "directory": "$work/tree",
  "command": "/usr/bin/g++ -std=c++23 -Isrc -c src/base/planted.cpp",
  "file": "$source"
}
]
JSON
format=("$root/tools/lint/format.sh" "$work/tree")
headers=("$root/tools/lint/headers.sh" "$work/tree" "$work/cache/headers")
tidy=("$root/tools/lint/clang_tidy.sh" "$work/tree" "$work/build" "$work/cache/tidy")

clean='int half(int whole) { return whole / 2; }'

echo "$clean" >"$source"
expect "format, clean" clean "${format[@]}"
echo 'int  half( int whole ){return whole/2;}' >"$source"
expect "format, planted" found "${format[@]}"

printf '#pragma once\n#include <string>\nstd::string name();\n' >"$work/tree/src/base/planted.hpp"
expect "headers, clean" clean "${headers[@]}"
expect "headers, clean from the cache" clean "${headers[@]}"
printf '#pragma once\nstd::string name();\n' >"$work/tree/src/base/planted.hpp"
expect "headers, planted after a cached clean verdict" found "${headers[@]}"
rm "$work/tree/src/base/planted.hpp"

echo "$clean" >"$source"
expect "clang-tidy, clean" clean "${tidy[@]}"
expect "clang-tidy, clean from the cache" clean "${tidy[@]}"
cat >"$source" <<'CPP'
int pick(double near, double far, double high) {
  if (near > 0) return 1;
  if (far > 0) return 2;
  return high > 0 ? 3 : 4;
}
CPP
expect "clang-tidy, three parameters of one type" found "${tidy[@]}"
echo 'int Half(int whole) { return whole / 2; }' >"$source"
expect "clang-tidy, name" found "${tidy[@]}"
cat >"$source" <<'CPP'
#include <string>
#include <utility>
std::string twice(std::string a) {
  std::string b = std::move(a);
  return a + b;
}
CPP
expect "clang-tidy, use after move" found "${tidy[@]}"

((failures == 0)) && echo "every planted violation was found"
exit "$((failures != 0))"
