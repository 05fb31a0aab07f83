#!/usr/bin/env bash
# Makes promtool, prometheus, alertmanager, amtool and chromium available in build/tools/bin, for the tests of ops/ and
# of the console. What is on PATH is linked; the rest is unpacked from Debian's packages, not installed: no service is
# set up or started. Chromium, which needs many libraries, and a font for it are the exception: where they are
# missing they are installed, as root.
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

install() {
  [[ "$(id -u)" == 0 ]] && command -v apt-get >/dev/null || {
    echo "fetch-test-tools: install $* first; without root and apt-get this script cannot" >&2
    return 1
  }
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -qq --no-install-recommends "$@" >&2 ||
    { apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >&2; }
}

# A page without any font has no text to take a picture of.
have_font() {
  find -L /usr/share/fonts /usr/local/share/fonts "${HOME:-/nonexistent}/.fonts" \
    \( -iname '*sans*.ttf' -o -iname '*sans*.otf' \) -print -quit 2>/dev/null | grep -q .
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

missing=()
have chromium || link_from_path chromium || missing+=(chromium)
have_font || missing+=(fonts-dejavu-core)
if [[ ${#missing[@]} != 0 ]]; then
  install "${missing[@]}"
  have chromium || link_from_path chromium || true
fi
have chromium || { echo "fetch-test-tools: chromium does not run from $bin" >&2; exit 1; }
have_font || { echo "fetch-test-tools: there is no sans-serif font for chromium" >&2; exit 1; }

echo "fetch-test-tools: $("$bin/promtool" --version 2>&1 | head -1) in $bin" >&2
