# The verbs that check and measure. A failed stage does not stop the later ones: one run tells everything.

STAGES=()
TESTS_PASSED=0
TESTS_FAILED=0

# stage NAME FUNCTION ARGUMENTS...: runs it, keeps its time and verdict for the summary.
stage() {
  local name=$1 start=$SECONDS verdict=passed
  shift
  "$@" || verdict=FAILED
  STAGES+=("$(printf '%-14s %6s  %s' "$name" "$(clock $((SECONDS - start)))" "$verdict")")
  [[ $verdict == passed ]]
}

# count STATUS: one check outside ctest.
count() {
  if (($1 == 0)); then
    TESTS_PASSED=$((TESTS_PASSED + 1))
  else
    TESTS_FAILED=$((TESTS_FAILED + 1))
  fi
  return "$1"
}

# checked NAME COMMAND...: a logged command that counts as one test.
checked() {
  local status=0
  logged "$@" || status=$?
  count "$status"
}

# ctest_stage NAME JOBS CTEST-ARGUMENTS...: a selection of the tests. A selection without tests is a failure.
ctest_stage() {
  local name=$1 jobs=$2 status=0
  shift 2
  logged "$name" ctest --test-dir build/release --no-tests=error --output-on-failure --progress -j "$jobs" "$@" ||
    status=$?
  local total failed
  total=$(sed -n 's/.* tests failed out of \([0-9]*\).*/\1/p' "$LOG_DIR/$name.log" | tail -n 1)
  failed=$(sed -n 's/.*tests passed, \([0-9]*\) tests failed.*/\1/p' "$LOG_DIR/$name.log" | tail -n 1)
  if [[ -n $total && -n $failed ]]; then
    TESTS_PASSED=$((TESTS_PASSED + total - failed))
    TESTS_FAILED=$((TESTS_FAILED + failed))
  else
    TESTS_FAILED=$((TESTS_FAILED + 1))
  fi
  return "$status"
}

# has_tests CTEST-ARGUMENTS...: the selection is not empty.
has_tests() {
  ctest --test-dir build/release -N "$@" | grep -q '^Total Tests: [1-9]'
}

# Labels that have a stage of their own.
readonly OWN_STAGE='^(sim|quality|browser|lint|bench)$'

stage_console() {
  install_console && build_console || return
  local status=0
  checked console-check npm --prefix web run check || status=1
  checked console-test npm --prefix web test || status=1
  return "$status"
}

# Every fuzz target for SECONDS each, as many at a time as there are processors. The canary holds a planted bug: a
# fuzzer that does not find it finds nothing.
stage_fuzz() {
  local seconds=$1 status=0 line
  configure fuzz --preset fuzz -DLIPTAKO_TESTS=OFF || return
  local targets
  mapfile -t targets < <(ninja -C build/fuzz -t targets all | sed -n 's/^\(fuzz_[a-z0-9_]*\): phony$/\1/p')
  ((${#targets[@]})) || {
    say "no fuzz targets"
    return 1
  }
  logged fuzz-build ninja -C build/fuzz "${targets[@]}" || return
  logged fuzz tools/run/fuzz.sh "$seconds" || status=1
  while read -r line; do
    if [[ $line == passed:* ]]; then count 0; else count 1 || true; fi
  done < <(grep -E '^(passed|FAILED): fuzz_' "$LOG_DIR/fuzz.log")
  return "$status"
}

readonly MASKED_CPU='glibc.cpu.hwcaps=-AVX2_Usable,-AVX2,-FMA_Usable,-FMA,-AVX512F,-AVX512F_Usable,-FMA4'

# equal_hashes WANTED GOT-COMMAND...: the command prints WANTED.
equal_hashes() {
  local wanted=$1 got
  shift
  got=$("$@") || return
  echo "wanted $wanted"
  echo "got    $got"
  [[ -n $wanted && $got == "$wanted" ]]
}

# A live run is recorded, then recomputed: on this CPU, with its newer instructions masked, and by the other compiler.
stage_determinism() {
  local work=build/determinism live hash node status=0
  rm -rf "$work" && mkdir -p "$work"
  logged live bash -c 'build/release/liptako demo --seconds 15 --port 0 --json --record "$1/record" >"$1/demo.out" &&
    tail -n 1 "$1/demo.out"' live "$work" || {
    count 1
    return 1
  }
  live=$(tail -n 1 "$work/demo.out")
  for node in "$work"/record/*/; do
    node=${node%/}
    [[ $node == *.keys ]] && continue
    hash=$(sed -n "s/.*{\"name\":\"${node##*/}\"[^}]*}[^}]*\"hash\":\"\([0-9a-f]*\)\".*/\1/p" <<<"$live")
    checked replay equal_hashes "$hash" build/release/liptako replay "$node" --hash || status=1
    checked replay-masked equal_hashes "$hash" env "GLIBC_TUNABLES=$MASKED_CPU" \
      build/release/liptako replay "$node" --hash || status=1
    # Reported, not required: two compilers may differ where the language leaves them the choice.
    if logged replay-clang second_compiler "$hash" "$node"; then
      say "replay by clang 19 with sanitizers: same hash"
    else
      say "replay by clang 19 with sanitizers: NOT the same (reported check; build/log/replay-clang.log)"
    fi
  done
  return "$status"
}

second_compiler() {
  ninja -C build/fuzz liptako && equal_hashes "$1" build/fuzz/liptako replay "$2" --hash
}

summary() {
  local start=$1 line total=$((TESTS_PASSED + TESTS_FAILED)) percent=0
  echo
  for line in "${STAGES[@]}"; do echo "  $line"; done
  echo
  ((total > 0)) && percent=$((100 * TESTS_PASSED / total))
  echo "$percent% tests passed, $TESTS_FAILED tests failed out of $total"
  echo
  echo "Total test time (real) = $(clock $((SECONDS - start)))"
  local verdict
  for line in "${STAGES[@]}"; do
    [[ $line == *FAILED ]] && verdict=failed
  done
  [[ -z ${verdict:-} && $TESTS_FAILED -eq 0 ]]
}

verb_test() {
  local start=$SECONDS jobs
  jobs=$(nproc)
  stage packages need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CONSOLE[@]}" "${PACKAGES_TEST[@]}" \
    "${PACKAGES_BROWSER[@]}" "${PACKAGES_CLANG[@]}" "${PACKAGES_LINT[@]}"
  lock_build
  if stage build build_all; then
    stage console stage_console || true
    stage tests ctest_stage tests "$jobs" -LE "$OWN_STAGE" || true
    stage simulation ctest_stage simulation "$jobs" -L '^sim$' || true
    if has_tests -L '^quality$'; then
      stage quality ctest_stage quality "$jobs" -L '^quality$' || true
    fi
    stage browser ctest_stage browser 2 -L '^browser$' || true
    stage lint ctest_stage lint 1 -L '^lint$' || true
    stage fuzz stage_fuzz 10 || true
    stage determinism stage_determinism || true
  fi
  unlock_build
  summary "$start"
}

verb_lint() {
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}" "${PACKAGES_LINT[@]}"
  lock_build
  configure release --preset release -DLIPTAKO_TESTS=ON "-DLIPTAKO_WERROR=$(werror)" || return
  logged lint-build ninja -C build/release lint_tools || return
  ctest_stage lint 1 -L '^lint$'
}

verb_fuzz() {
  local seconds=${1:-60}
  [[ $seconds =~ ^[1-9][0-9]*$ ]] || {
    say "fuzz takes a number of seconds, not: $seconds"
    return 2
  }
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CLANG[@]}"
  lock_build
  stage_fuzz "$seconds"
}

verb_soak() {
  local seeds=${1:-10000}
  [[ $seeds =~ ^[1-9][0-9]*$ ]] || {
    say "soak takes a number of seeds, not: $seeds"
    return 2
  }
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"
  lock_build
  build_all || return
  unlock_build
  build/release/tests/soak/soak --seeds "$seeds"
}

# bench [NAME] [--json] [OPTION...]: each benchmark is an executable build/release/bench/bench_NAME that understands
# --json; other options are those of the one that is named.
verb_bench() {
  local name='' json=() options=() argument bench status=0 found=0
  for argument in "$@"; do
    case $argument in
      --json) json=(--json) ;;
      -*) options+=("$argument") ;;
      *) if [[ -z $name ]]; then name=$argument; else options+=("$argument"); fi ;;
    esac
  done
  if [[ -z $name ]]; then
    if ((${#options[@]})); then
      say "bench takes --json; ${options[0]} needs the name of a benchmark"
      return 2
    fi
    name='*'
  fi
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"
  lock_build
  if [[ $name == '*' ]]; then build_all || return; else build_bench "$name" || return; fi
  unlock_build
  # The name may be a pattern on purpose: the star of "all".
  # shellcheck disable=SC2231
  for bench in build/release/bench/bench_$name; do
    [[ -x $bench && -f $bench ]] || continue
    found=1
    "$bench" "${json[@]}" "${options[@]}" || status=1
  done
  if ((!found)); then
    say "no benchmark of that name; there are:"
    find build/release/bench -maxdepth 1 -name 'bench_*' -type f -perm -u+x -printf '  %f\n' |
      sed 's/bench_//' | sort >&2
    return 2
  fi
  return "$status"
}
