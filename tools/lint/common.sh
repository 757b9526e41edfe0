# Shared by the gates that call compilers: which files, and a cache of verdicts by content.
# A verdict holds as long as every file it rests on hashes the same; only clean verdicts are kept.

# cpp_files ROOT ENDING...: C++ files under ROOT, relative to it, sorted.
cpp_files() {
  local root=$1 ending pattern=()
  shift
  for ending in "$@"; do pattern+=(-o -name "*.$ending"); done
  (cd "$root" && find bench fuzz src tests tools -type f '(' "${pattern[@]:1}" ')' 2>/dev/null | sort)
}

# cache_key WORDS...: a file name for them.
cache_key() { printf '%s\n' "$@" | sha256sum | cut -c 1-32; }

# is_clean MANIFEST: the manifest exists and everything in it is unchanged.
is_clean() { [[ -s $1 ]] && sha256sum --check --status "$1" 2>/dev/null; }

# keep_clean MANIFEST COMPILER-COMMAND...: writes the manifest of the project files the command's -MM names.
keep_clean() {
  local manifest=$1
  shift
  "$@" -MM -MG -MF - 2>/dev/null | tr ' \\' '\n\n' | grep -E '\.[ch]pp$' | sort -u |
    xargs -r sha256sum >"$manifest.new" && mv "$manifest.new" "$manifest"
}
