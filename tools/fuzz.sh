#!/bin/sh
# Lets libFuzzer look for inputs that break a target of src/fuzzing, guided by what they reach. What it finds it keeps in
# target/fuzz/TARGET; MERGE=1 takes from there into fuzz/corpus what reaches more than is reached already.
#
#   tools/fuzz.sh TARGET [SECONDS]
set -eu
cd "$(dirname "$0")/.."
known=$(ls fuzz/fuzz_targets | sed 's/\.rs$//' | tr '\n' ' ')
target=${1:-}
seconds=${2:-120}
case " $known" in *" $target "*) test -n "$target" ;; *) false ;; esac ||
	{ echo "make fuzz TARGET=... [SECONDS=...]; the targets are: $known" >&2; exit 2; }

# The flags of `cargo fuzz`, but for the sanitizer: there is no unsafe code here, so the pinned stable compiler will do.
# A named --target keeps them from build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR="$PWD/target/fuzz-build"
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
${CARGO:-cargo} build --manifest-path fuzz/Cargo.toml --locked --release --target "$host" --bins
fuzzer=$CARGO_TARGET_DIR/$host/release/$target
found=target/fuzz/$target
mkdir -p "$found" "target/fuzz/$target-broken" "fuzz/corpus/$target"
if [ -n "${MERGE:-}" ]; then
	fresh=$(mktemp -d)
	"$fuzzer" -merge=1 -max_len=4096 "$fresh" "fuzz/corpus/$target" "$found"
	# The smallest hundred; what the others reach is found again soon.
	rm -f fuzz/corpus/"$target"/*
	find "$fresh" -type f -size -9 -printf '%s %p\n' | sort -n | awk -v n=100 'NR <= n { print $2 }' | xargs -I{} cp {} "fuzz/corpus/$target/"
	rm -rf "$fresh"
	exit
fi
exec "$fuzzer" -fork=0 -max_len=2048 -timeout=20 -max_total_time="$seconds" -print_final_stats=1 \
	-artifact_prefix="target/fuzz/$target-broken/" "$found" "fuzz/corpus/$target"
