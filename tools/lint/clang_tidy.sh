#!/bin/bash
# clang_tidy.sh ROOT BUILD CACHE [SECONDS]: clang-tidy 19 with the allow-list of .clang-tidy, over the sources that
# BUILD/compile_commands.json knows. What changed since the merge base with the main branch comes first, then the
# files of the last commits, then the rest, tests last; after SECONDS (120) no new file is begun, and how many were
# not reached is said. Verdicts are cached by content in CACHE, so that the rest is reached over a few runs. What was
# found comes last, where the end of a log shows it.
set -euo pipefail
here=$(cd "$(dirname -- "$0")" && pwd)
source "$here/common.sh"

# check_one CACHE BUILD DEADLINE SOURCE
check_one() {
  local cache=$1 build=$2 deadline=$3 source=$4 manifest output
  manifest=$cache/$(cache_key "$source" "$(<.clang-tidy)")
  is_clean "$manifest" && return 0
  if (($(date +%s) >= deadline)); then
    echo "not reached: $source"
    return 0
  fi
  # Warnings of the compiler are the build's business; flags only g++ knows are not an error here.
  if output=$(clang-tidy-19 -p "$build" --quiet --extra-arg=-Wno-everything "$source" 2>/dev/null); then
    keep_clean "$manifest" clang++-19 -std=c++23 -I. -Isrc -Itools/lint "$source"
    echo "checked: $source"
  else
    printf '%s\nfindings in: %s\n' "$output" "$source"
    return 1
  fi
}

if [[ $1 == --one ]]; then
  check_one "$2" "$3" "$4" "$5"
  exit
fi

command -v clang-tidy-19 >/dev/null || { echo "clang-tidy-19 is not installed" >&2; exit 3; }
build=$(cd "$2" && pwd)
mkdir -p "$3"
cache=$(cd "$3" && pwd)
deadline=$(($(date +%s) + ${4:-120}))
cd "$1"

# Files git says were worked on lately, newest first; nothing where there is no history.
worked_on() {
  git rev-parse --git-dir >/dev/null 2>&1 || return 0
  local main base
  for main in origin/main main; do
    base=$(git merge-base HEAD "$main" 2>/dev/null) || continue
    git diff --name-only --relative "$base" --
    break
  done
  git log -n 20 --format= --name-only --relative
}

known=$(mktemp)
trap 'rm -f "$known"' EXIT
root=$(pwd)
sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" |
  sed "s|^$root/||" | grep -v '^/' | sort -u >"$known"
in_order() {
  worked_on
  grep -v '_test\.cpp$' "$known"
  cat "$known"
}
mapfile -t sources < <(in_order | awk '!seen[$0]++' | grep -Fxf "$known" || true)
echo "${#sources[@]} sources"
((${#sources[@]})) || exit 1
said=$(mktemp)
trap 'rm -f "$known" "$said"' EXIT
status=0
printf '%s\0' "${sources[@]}" |
  xargs -0 -r -n 1 -P "$(nproc)" "$here/clang_tidy.sh" --one "$cache" "$build" "$deadline" >"$said" || status=$?
echo "$(grep -c '^checked: ' "$said" || true) checked, $(grep -c '^not reached: ' "$said" || true) not reached"
grep -vE '^(checked|not reached): ' "$said" || true
exit "$status"
