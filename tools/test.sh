#!/usr/bin/env bash
# Runs a group of test suites and remembers, as `go test` does, that these very binaries have passed: what has not changed
# is not run a second time, and the line says so. AGAIN=1 runs it all the same.
#
#   tools/test.sh GROUP ARGUMENTS-OF-CARGO-TEST... [-- ARGUMENTS-OF-THE-TESTS...]
set -euo pipefail
group=$1
shift
folder=${CARGO_TARGET_DIR:-target}/tested

# What stands before the arguments of the tests themselves says which executables they are.
which=()
for argument; do
    [ "$argument" != -- ] || break
    which+=("$argument")
done

# All that a test reads besides itself: the binaries that it starts, and the files of the project.
executables=$(cargo test --workspace --locked "${which[@]}" --no-run 2>&1 | sed -n 's/^ *Executable .*(\(.*\))$/\1/p')
binaries=$(find "${CARGO_TARGET_DIR:-target}/debug" -maxdepth 1 -type f -perm -u+x | LC_ALL=C sort)
inputs=$(git ls-files --cached --others --exclude-standard -- admission crds examples fuzz tools tests charts docs simulator/tests README.md Makefile)
graph=${GUESTLIST_GRAPH_OPENAPI:-../shared/reference/graph-openapi-subset.yaml}
[ ! -f "$graph" ] || inputs="$inputs $graph"
# shellcheck disable=SC2086
key=$( (sha256sum $executables $binaries $inputs; echo "$* ${KUBEBUILDER_ASSETS:-} ${GUESTLIST_BROWSER:-} ${GUESTLIST_SDK:-} ${GUESTLIST_VARIANT:-} ${GUESTLIST_INSTALLED:-} ${GUESTLIST_SEED:-} ${GUESTLIST_SOAK:-}"; command -v chromium chromedriver python3 || true) | sha256sum | cut -d' ' -f1)

if [ -z "${AGAIN:-}" ] && [ "$(cat "$folder/$group" 2>/dev/null)" = "$key" ]; then
    echo "$group: passed already, and nothing has changed since (AGAIN=1 runs it again)"
    exit 0
fi
# What the tests print of themselves is kept beside the key, for tools/counts.py.
mkdir -p "$folder"
cargo test --workspace --locked "$@" 2>&1 | tee "$folder/$group.log"
echo "$key" >"$folder/$group"
