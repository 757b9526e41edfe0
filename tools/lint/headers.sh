#!/bin/bash
# headers.sh ROOT CACHE: every header of src/ compiles alone. Verdicts are cached by content in CACHE.
set -euo pipefail
here=$(cd "$(dirname -- "$0")" && pwd)
source "$here/common.sh"

# The header is included by an empty source: g++ warns of #pragma once in a main file.
readonly COMPILE=(g++ -std=c++23 -march=x86-64-v2 -I. -Isrc '-DLIPTAKO_SOURCE_DIR="."' -Wall -Wextra -Werror
  -x c++ /dev/null -include)

# check_one CACHE HEADER
check_one() {
  local cache=$1 header=$2 manifest
  manifest=$cache/$(cache_key "$header" "${COMPILE[@]}")
  is_clean "$manifest" && return 0
  "${COMPILE[@]}" "$header" -fsyntax-only || {
    echo "$header does not compile alone"
    return 1
  }
  keep_clean "$manifest" "${COMPILE[@]}" "$header"
}

if [[ $1 == --one ]]; then
  check_one "$2" "$3"
  exit
fi

mkdir -p "$2"
cache=$(cd "$2" && pwd)
cd "$1"
mapfile -t headers < <(find src -name '*.hpp' | sort)
echo "${#headers[@]} headers"
printf '%s\0' "${headers[@]}" | xargs -0 -r -n 1 -P "$(nproc)" "$here/headers.sh" --one "$cache"
