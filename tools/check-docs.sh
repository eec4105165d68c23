#!/bin/sh
# Checks all that no compiler sees: the order of the rooms, links, spelling, workflows, and the documentation of the code. That
# is built with its private items, because its readers are the people who change the code.
#
#   tools/check-docs.sh         everything
#   tools/check-docs.sh --fast  without the documentation of the code, which may have to be compiled
set -eu
cd "$(dirname "$0")/.."
tools/rooms.py --self-test
tools/rooms.py
tools/links.py --self-test
tools/links.py

checkers=$(tools/checkers.sh)
"$checkers/typos" --config tools/typos.toml || {
    echo "spelling: correct the words above; a word that is right goes into tools/typos.toml" >&2
    exit 1
}
echo "spelling: no mistake found"
# Without asking GitHub: the same everywhere, and without a token.
"$checkers/zizmor" --offline --quiet --no-progress .github
# Without shellcheck and pyflakes, which some machines have and others do not.
root=$PWD
(cd tools/actionlint && go tool actionlint -shellcheck= -pyflakes= "$root"/.github/workflows/*.yaml) || {
    echo "actionlint: correct the workflows above; if it could not be built, it needs Go and a Go module proxy, once" >&2
    exit 1
}
echo "workflows: nothing found by zizmor and actionlint"

if [ "${1:-}" != --fast ]; then
    RUSTDOCFLAGS="-D warnings" "${CARGO:-cargo}" doc --quiet --workspace --no-deps --locked --document-private-items
    echo "documentation of the code: no warning"
fi
