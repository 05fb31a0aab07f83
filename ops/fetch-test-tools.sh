#!/usr/bin/env bash
# Makes promtool, prometheus, alertmanager and amtool available in build/tools/bin, for the tests of ops/.
# What is on PATH is linked; the rest is unpacked from Debian's packages, not installed: no service is set up or started.
# Usage: ops/fetch-test-tools.sh [FOLDER]   (default: build/tools in the checkout; safe to run again)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
mkdir -p "${1:-$root/build/tools}"
folder="$(cd "${1:-$root/build/tools}" && pwd)"
bin="$folder/bin"
declare -A package_of=(
  [prometheus]=prometheus
  [promtool]=prometheus
  [alertmanager]=prometheus-alertmanager
  [amtool]=prometheus-alertmanager
)

have() {
  [[ -x "$bin/$1" ]] && "$bin/$1" --version >/dev/null 2>&1
}

link_from_path() {
  local found
  found="$(command -v "$1" || command -v "prometheus-$1" || true)" # Debian names alertmanager prometheus-alertmanager
  [[ -n "$found" ]] && ln -sfn "$found" "$bin/$1"
}

unpack() {
  local package="$1" downloads
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
    echo "fetch-test-tools: $package is not on PATH, and this machine has no apt-get to unpack it with" >&2
    return 1
  }
  # apt gives up root's rights for downloads, so the folder must be open to its own user.
  downloads="$(mktemp -d)" && chmod 777 "$downloads"
  (
    trap 'rm -rf "$downloads"' EXIT
    cd "$downloads"
    apt-get download -qq "$package" >&2 || { apt-get update -qq >&2 && apt-get download -qq "$package" >&2; }
    dpkg-deb -x "${package}"_*.deb "$folder/root"
  )
}

link_unpacked() {
  local name
  for name in "$1" "prometheus-$1"; do
    if [[ -x "$folder/root/usr/bin/$name" ]]; then
      ln -sfn "$folder/root/usr/bin/$name" "$bin/$1"
      return
    fi
  done
}

mkdir -p "$bin"
for tool in prometheus promtool alertmanager amtool; do
  have "$tool" || link_from_path "$tool" || link_unpacked "$tool"
  if ! have "$tool"; then
    unpack "${package_of[$tool]}"
    link_unpacked "$tool"
  fi
  have "$tool" || { echo "fetch-test-tools: $tool does not run from $bin" >&2; exit 1; }
done
echo "fetch-test-tools: $("$bin/promtool" --version 2>&1 | head -1) in $bin" >&2
