#!/bin/bash
# format.sh ROOT: every C++ file is as clang-format 19 would write it.
set -euo pipefail
cd "$(dirname -- "$0")"
source ./common.sh
cd "$1"
command -v clang-format-19 >/dev/null || { echo "clang-format-19 is not installed" >&2; exit 3; }
mapfile -t files < <(cpp_files . cpp hpp)
echo "${#files[@]} files"
printf '%s\0' "${files[@]}" | xargs -0 -r -n 20 -P "$(nproc)" clang-format-19 --dry-run -Werror
