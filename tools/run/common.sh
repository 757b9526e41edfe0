# Speaking to the person at the terminal: short lines with elapsed time, logs in build/log, one build at a time.
# Sourced by ./run; everything runs from the root of the repository.

readonly LOG_DIR=build/log

say() { printf '%s\n' "liptako: $*" >&2; }

die() {
  say "$*"
  exit 3
}

# A usable environment even under `env -i`: tools in PATH, a home for caches, UTF-8.
prepare_environment() {
  export PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
  export LC_ALL=C.UTF-8
  if [[ -z ${HOME:-} || ! -w ${HOME:-} ]]; then
    mkdir -p build/home
    export HOME=$LIPTAKO_ROOT/build/home
  fi
  mkdir -p "$LOG_DIR"
}

# Serialises what writes to build/: a second ./run waits instead of corrupting the tree.
lock_build() {
  exec 9>build/.lock
  if ! flock -n 9; then
    say "another ./run is building here; waiting for it"
    flock 9
  fi
}
unlock_build() { exec 9>&-; }

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# progress NAME LOG SECONDS: what is going on, from the last line of the log. Redrawn in place on a terminal; a line
# every 20 s elsewhere.
progress() {
  local line
  line=$(tail -c 2000 "$2" 2>/dev/null | tr '\r' '\n' | grep -v '^[[:space:]]*$' | tail -n 1 | cut -c 1-64)
  if [[ -t 2 ]]; then
    printf '\r\033[K  %-12s %6s  %s' "$1" "$(clock "$3")" "$line" >&2
  elif (($3 % 20 == 0)); then
    printf '  %-12s %6s  %s\n' "$1" "$(clock "$3")" "$line" >&2
  fi
}

# logged NAME COMMAND...: runs the command with its output in build/log/NAME.log, shows progress, and on failure the end
# of the log and where it is. Returns the command's status.
logged() {
  local name=$1 log=$LOG_DIR/$1.log start=$SECONDS shown=$SECONDS status=0
  shift
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  local job=$!
  while kill -0 "$job" 2>/dev/null; do
    sleep 0.2
    if ((SECONDS != shown)); then
      shown=$SECONDS
      progress "$name" "$log" $((SECONDS - start))
    fi
  done
  wait "$job" || status=$?
  [[ -t 2 ]] && printf '\r\033[K' >&2
  if ((status == 0)); then
    printf '  %-12s %6s  done\n' "$name" "$(clock $((SECONDS - start)))" >&2
  else
    printf '  %-12s %6s  FAILED (status %d); the log ends:\n' "$name" "$(clock $((SECONDS - start)))" "$status" >&2
    tail -n 40 "$log" | sed 's/^/    | /' >&2
    say "whole log: $LIPTAKO_ROOT/$log"
  fi
  return "$status"
}
