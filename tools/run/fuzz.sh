#!/bin/bash
# fuzz.sh SECONDS: runs every target of build/fuzz for SECONDS, as many at a time as there are processors, and
# prints "passed: NAME" or "FAILED: NAME" with the end of its log. Corpora grow in build/fuzz/corpus from the seeds in
# fuzz/corpus; inputs that crash are kept in build/fuzz/found.
set -euo pipefail

# run_one SECONDS TARGET
run_one() {
  local seconds=$1 target=$2 name=${2##*/} verdict=passed
  local corpus=build/fuzz/corpus/$name found=build/fuzz/found/$name/ log=build/log/$name.log
  local seeds=() status=0
  [[ $name == fuzz_canary ]] && rm -rf "$corpus" "$found"
  mkdir -p "$corpus" "$found"
  [[ -d fuzz/corpus/${name#fuzz_} ]] && seeds=("fuzz/corpus/${name#fuzz_}")
  "$target" "-max_total_time=$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    "-artifact_prefix=$found" "$corpus" "${seeds[@]}" >"$log" 2>&1 || status=$?
  # The canary must be caught by the fuzzer, which then keeps the input, and not fail in some other way.
  if [[ $name == fuzz_canary ]]; then
    ((status != 0)) && compgen -G "${found}crash-*" >/dev/null || verdict=FAILED
  else
    ((status == 0)) || verdict=FAILED
  fi
  echo "$verdict: $name (exit $status, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1) runs)"
  [[ $verdict == passed ]] || {
    tail -n 25 "$log" | sed 's/^/  | /'
    return 1
  }
}

if [[ $1 == --one ]]; then
  run_one "$2" "$3"
  exit
fi

mapfile -t targets < <(find build/fuzz -name CMakeFiles -prune -o -type f -executable -name 'fuzz_*' -print | sort)
((${#targets[@]})) || {
  echo "no fuzz targets in build/fuzz"
  exit 1
}
printf '%s\0' "${targets[@]}" | xargs -0 -n 1 -P "$(nproc)" "$0" --one "$1"
