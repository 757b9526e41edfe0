# Debian packages, by what needs them. Checked with dpkg-query first, so that a second run is instant and off line.

readonly PACKAGES_BUILD=(
  ccache
  cmake
  g++
  libboost-dev
  libcli11-dev
  libfmt-dev
  liblzma-dev
  libsleef-dev
  libsodium-dev
  libsqlite3-dev
  libssl-dev
  libtomlplusplus-dev
  ninja-build
  zlib1g-dev
)
readonly PACKAGES_CONSOLE=(
  ca-certificates
  nodejs
  npm
)
readonly PACKAGES_TEST=(
  golang-go
  golang-golang-x-mod-dev
  libgeographiclib-dev
  libgtest-dev
  nlohmann-json3-dev
  openssl
  xz-utils
)
readonly PACKAGES_BROWSER=(
  chromium
  xvfb
)
readonly PACKAGES_CLANG=(
  clang-19
  libclang-rt-19-dev
  nlohmann-json3-dev
)
readonly PACKAGES_LINT=(
  clang-19
  clang-format-19
  clang-tidy-19
)

is_debian_12() {
  [[ -r /etc/os-release ]] || return 1
  (
    # shellcheck source=/dev/null
    source /etc/os-release
    [[ ${ID:-} == debian && ${VERSION_ID:-} == 12 ]]
  )
}

# Node.js 18 or later with npm, wherever it came from.
has_node() {
  command -v npm >/dev/null && command -v node >/dev/null || return 1
  local version
  version=$(node --version 2>/dev/null)
  version=${version#v}
  [[ ${version%%.*} -ge 18 ]]
}

# missing_packages NAME...: those that are not installed, one a line, sorted.
missing_packages() {
  comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n' "$@" 2>/dev/null |
      sed -n 's/^installed \([^:]*\).*/\1/p' | sort -u)
}

# need_packages NAME...: installs what is missing, or says what to install.
need_packages() {
  local wanted=() name
  for name in "$@"; do
    case $name in
      nodejs | npm) has_node || wanted+=("$name") ;;
      *) wanted+=("$name") ;;
    esac
  done
  if ! is_debian_12; then
    say "this is not Debian 12: nothing is installed by itself; needed are the equivalents of"
    say "  ${wanted[*]}"
    return 0
  fi
  local missing
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  ((${#missing[@]} == 0)) && return 0

  local become=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "not root and no sudo: as root, run: apt-get install --no-install-recommends ${missing[*]}"
    become=(sudo)
    sudo -v
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  logged packages "${become[@]}" env DEBIAN_FRONTEND=noninteractive bash -euc '
    apt-get -q update
    apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@"' install "${missing[@]}" ||
    die "packages could not be installed (is there a network? are the sources those of Debian 12?)"
}
