#!/bin/bash
# fuzz.sh SECONDS: runs every target of build/fuzz/fuzz for SECONDS, as many at a time as there are processors, and
# prints "passed: NAME" or "FAILED: NAME" with the end of its log. Corpora grow in build/fuzz/corpus from the seeds in
# fuzz/corpus; inputs that crash are kept in build/fuzz/found.
set -euo pipefail

# run_one SECONDS TARGET
run_one() {
  local seconds=$1 target=$2 name=${2##*/} verdict=passed
  local corpus=build/fuzz/corpus/$name found=build/fuzz/found/$name/ log=build/log/$name.log
  local seeds=() status=0
  mkdir -p "$corpus" "$found"
  [[ -d fuzz/corpus/${name#fuzz_} ]] && seeds=("fuzz/corpus/${name#fuzz_}")
  "$target" "-max_total_time=$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    "-artifact_prefix=$found" "$corpus" "${seeds[@]}" >"$log" 2>&1 || status=$?
  # The canary must be caught by the fuzzer, which then exits with 77, and not fail in some other way.
  if [[ $name == fuzz_canary ]]; then
    ((status == 77)) || verdict=FAILED
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

mapfile -t targets < <(find build/fuzz/fuzz -maxdepth 1 -type f -executable -name 'fuzz_*' | sort)
((${#targets[@]})) || {
  echo "no fuzz targets in build/fuzz/fuzz"
  exit 1
}
printf '%s\0' "${targets[@]}" | xargs -0 -n 1 -P "$(nproc)" "$0" --one "$1"
