#!/bin/sh
# Licences, banned crates, duplicates and sources of all that is linked (deny.toml), and known vulnerabilities where the advisory
# database can be reached. cargo-deny is taken from PATH, else built once into the user's cache folder.
# GUESTLIST_ADVISORIES=required fails where that database cannot be reached.
set -eu
version=0.20.2
cargo_deny=$(command -v cargo-deny || true)
if [ -z "$cargo_deny" ] || ! "$cargo_deny" --version | grep -q " $version$"; then
    home=${XDG_CACHE_HOME:-$HOME/.cache}/guestlist/cargo-deny/$version
    cargo_deny=$home/bin/cargo-deny
    if [ ! -x "$cargo_deny" ]; then
        echo "building cargo-deny $version, once (a minute or two)"
        build=$(mktemp -d)
        # Unoptimised: it runs for two seconds and would be built for five minutes.
        cargo install --quiet --debug --locked --no-default-features --root "$home" --target-dir "$build" "cargo-deny@$version"
        rm -rf "$build"
    fi
fi
# Crates of other systems as well, which nothing here has built.
"${CARGO:-cargo}" fetch --quiet --locked
"$cargo_deny" --log-level error --offline check --hide-inclusion-graph bans licenses sources
if timeout 20 git ls-remote --exit-code --quiet https://github.com/RustSec/advisory-db HEAD >/dev/null 2>&1; then
    "$cargo_deny" --log-level error check --hide-inclusion-graph advisories
elif [ "${GUESTLIST_ADVISORIES:-}" = required ]; then
    echo "advisories: the database (github.com/RustSec/advisory-db) cannot be reached, and GUESTLIST_ADVISORIES=required asks for it" >&2
    exit 1
else
    echo "advisories: NOT checked, as the database (github.com/RustSec/advisory-db) cannot be reached; the release workflow checks them"
fi
