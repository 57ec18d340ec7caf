#!/bin/sh
# Installs evalcards from a release: sh install.sh [FOLDER]
# Fetches the archive for this system, checks its SHA-256, and puts the program into FOLDER (~/.local/bin).
set -eu

# release.yml fills in the address of the release and the hashes of its archives.
from='{FROM}'
sums='{SUMS}'

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

case $(uname -s)-$(uname -m) in
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  *) fail "there is no archive for $(uname -s) on $(uname -m)
  help: compile it with Rust from a clone: cargo install --path ." ;;
esac
line=$(printf '%s\n' "$sums" | grep -e "-$target.tar.gz\$") || fail "this release has no archive for $target"
sha256=${line%% *}
archive=${line##* }

to=${1:-$HOME/.local/bin}
mkdir -p "$to" || fail "cannot make the folder $to"
to=$(cd "$to" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
if command -v curl > /dev/null; then
  curl -fsSL -o "$archive" "$from/$archive" || fail "cannot fetch $from/$archive"
elif command -v wget > /dev/null; then
  wget -q -O "$archive" "$from/$archive" || fail "cannot fetch $from/$archive"
else
  fail "neither curl nor wget is installed"
fi

check='sha256sum -c'
command -v sha256sum > /dev/null || check='shasum -a 256 -c'
printf '%s  %s\n' "$sha256" "$archive" | $check > /dev/null 2>&1 ||
  fail "$archive does not have the SHA-256 $sha256, so nothing was installed
  help: run this again; if it stays so, tell the maintainers"

tar -xzf "$archive"
# Under another name first, so that a program that is running is replaced whole.
cp "${archive%.tar.gz}/evalcards" "$to/evalcards.new"
mv -f "$to/evalcards.new" "$to/evalcards"
"$to/evalcards" --version > /dev/null || fail "$to/evalcards does not run on this system"
echo "installed $("$to/evalcards" --version) as $to/evalcards"
case :$PATH: in
  *":$to:"*) ;;
  *) echo "help: add it to your path: export PATH=\"$to:\$PATH\"" ;;
esac
