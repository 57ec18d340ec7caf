#!/usr/bin/env bash
# Processor seconds that the README's two commands need from an empty target folder, offline:
# tests/bench/compile.sh [MOST]. Fails if one of them needs more than MOST (240). Its report of the crates
# that cost most is in the folder that it names.
set -euo pipefail
cd "$(dirname "$0")/../.."
most=${1:-240}
TIMEFORMAT='%U %S %R'
CARGO_TARGET_DIR=$(mktemp -d)
export CARGO_TARGET_DIR
cargo fetch --locked --quiet

failed=0
measure() {
  local name=$1 user system real
  shift
  read -r user system real < <({ time "$@" > "$CARGO_TARGET_DIR/log" 2>&1; } 2>&1) || true
  awk -v name="$name" -v usr="$user" -v sys="$system" -v real="$real" -v most="$most" 'BEGIN {
    sum = usr + sys
    printf "%-32s %6.1f s of processor, %6.1f s by the clock\n", name, sum, real
    exit !(sum > 0 && sum <= most)
  }' || failed=1
}
measure "cargo build" cargo build --locked --offline --timings
measure "cargo test --no-run, after it" cargo test --locked --offline --no-run
measure "cargo run -- build" cargo run --locked --offline -- build --out "$CARGO_TARGET_DIR/site"

cp "$CARGO_TARGET_DIR/cargo-timings/cargo-timing.html" "${TMPDIR:-/tmp}/evalcards-timing.html"
echo "by crate: ${TMPDIR:-/tmp}/evalcards-timing.html"
rm -rf "$CARGO_TARGET_DIR"
exit "$failed"
