# Building: the command with g++, the console with esbuild. One tree, build/release, serves product and tests.

# configure TREE CMAKE-ARGUMENTS...: only when the tree is new or asked for something it was not configured with.
configure() {
  local tree=$1 wanted
  shift
  wanted=$(printf '%s\n' "$@")
  if [[ -f build/$tree/build.ninja && -f build/$tree/.configured ]] &&
    [[ $(<"build/$tree/.configured") == "$wanted" ]]; then
    return 0
  fi
  logged "configure-$tree" cmake "$@" -B "build/$tree" || return
  printf '%s\n' "$wanted" >"build/$tree/.configured"
}

# The warnings of another compiler than Debian 12's are not ours to fail on.
werror() {
  if [[ $(g++ -dumpversion 2>/dev/null) == 12* ]]; then echo ON; else echo OFF; fi
}

# build_product: build/release/liptako. A tree that already carries tests keeps them, so that nothing is rebuilt.
build_product() {
  local tests=OFF
  if [[ -f build/release/.configured ]] && grep -q 'LIPTAKO_TESTS=ON' build/release/.configured; then
    tests=ON
  fi
  configure release --preset release "-DLIPTAKO_TESTS=$tests" "-DLIPTAKO_WERROR=$(werror)" || return
  # A no-op build answers at once: no stage is shown for it.
  if ninja -C build/release -n liptako 2>/dev/null | grep -q 'no work to do'; then
    return 0
  fi
  logged build ninja -C build/release liptako
}

build_all() {
  configure release --preset release -DLIPTAKO_TESTS=ON "-DLIPTAKO_WERROR=$(werror)" || return
  logged build ninja -C build/release
}

# build_bench NAME: that benchmark alone; all of them if there is none of that name.
build_bench() {
  configure release --preset release -DLIPTAKO_TESTS=ON "-DLIPTAKO_WERROR=$(werror)" || return
  if ! ninja -C build/release -t query "bench_$1" >/dev/null 2>&1; then
    logged build ninja -C build/release
  else
    logged build ninja -C build/release "bench_$1"
  fi
}

# Hash of the contents and names of what the console is built from: its sources and the map layers.
console_inputs() {
  find web data/region -name node_modules -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

# install_console: web/node_modules as the lock file says; packages run no scripts of their own.
install_console() {
  local lock
  lock=$(sha256sum web/package-lock.json)
  if [[ -f web/node_modules/.liptako && $(<web/node_modules/.liptako) == "$lock" ]]; then
    return 0
  fi
  logged npm npm --prefix web ci --ignore-scripts --no-audit --no-fund || return
  printf '%s\n' "$lock" >web/node_modules/.liptako
}

# build_console: build/web, skipped when nothing it is made from has changed.
build_console() {
  [[ -f web/package-lock.json ]] || return 0
  local inputs
  inputs=$(console_inputs)
  if [[ -d build/web && -f build/.console && $(<build/.console) == "$inputs" ]]; then
    return 0
  fi
  install_console || return
  logged console npm --prefix web run build || return
  printf '%s\n' "$inputs" >build/.console
}

build_everything_for_use() {
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CONSOLE[@]}"
  lock_build
  build_product && build_console
  local status=$?
  unlock_build
  return "$status"
}

verb_build() {
  local start=$SECONDS
  build_everything_for_use || return
  say "build/release/liptako is ready ($(clock $((SECONDS - start))))"
}

verb_demo() {
  build_everything_for_use || return
  exec build/release/liptako demo "$@"
}
