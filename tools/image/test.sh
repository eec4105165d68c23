#!/bin/sh
# Builds the image without a Docker engine and without pulling anything, runs it as nobody with a read-only root, and lets it
# play the demo's story. Needs root, buildah, crun and Debian's package archive; without them it is skipped, unless
# GUESTLIST_IMAGE=required.
#
#   tools/image/test.sh      (after `make build control-plane`)
set -eu
cd "$(dirname "$0")/../.."
for tool in buildah crun dpkg-deb unshare python3; do
    if ! command -v $tool >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "image: skipped, as it needs root and $tool (on Debian: apt-get install buildah crun)"
        [ "${GUESTLIST_IMAGE:-}" != required ] || exit 1
        exit 0
    fi
done
binary=${CARGO_TARGET_DIR:-target}/debug/guestlist
work=$(mktemp -d)
containers="--storage-driver vfs --root $work/storage --runroot $work/run"
container=
# shellcheck disable=SC2086
finish() {
    [ -z "$container" ] || buildah $containers umount "$container" >/dev/null
    [ -z "$container" ] || buildah $containers rm "$container" >/dev/null
    rm -rf "$work"
}
trap finish EXIT

STORAGE="$containers" tools/image/runtime-base.sh localhost/runtime-base
# shellcheck disable=SC2086
buildah $containers build --quiet --isolation chroot --pull-never --build-arg RUNTIME_IMAGE=localhost/runtime-base \
    --build-arg BINARY=given --build-arg GIVEN="$binary" --tag localhost/guestlist . >/dev/null
# shellcheck disable=SC2086
container=$(buildah $containers from --pull-never localhost/guestlist)
# shellcheck disable=SC2086
root=$(buildah $containers mount "$container")

# What the chart and a scanner rely on.
# shellcheck disable=SC2086
config=$(buildah $containers inspect --type image --format '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}} {{index .OCIv1.Config.Labels "org.opencontainers.image.licenses"}}' localhost/guestlist)
[ "$config" = '65532:65532 [/usr/local/bin/guestlist] [run] Apache-2.0' ] || { echo "image: its configuration is $config"; exit 1; }
for shell in bin/sh usr/bin/sh bin/bash usr/bin/env; do
    [ ! -e "$root/$shell" ] || { echo "image: it has $shell, and should have nothing but the operator"; exit 1; }
done
[ -z "$(find "$root" -xdev -perm -4000)" ] || { echo "image: it has files that give other rights"; exit 1; }

# The testbed starts this in the operator's place.
printf '#!/bin/sh\nexec python3 "%s" "%s" "%s" "$@"\n' "$PWD/tools/image/run.py" "$root" "$work/seen" >"$work/guestlist"
chmod +x "$work/guestlist"
if ! GUESTLIST_BIN=$work/guestlist "${CARGO_TARGET_DIR:-target}/debug/demo" --once >"$work/demo.log" 2>&1; then
    cat "$work/demo.log"
    exit 1
fi
tail -n 1 "$work/demo.log"
for wanted in '^Uid:	65532	65532	65532	65532$' '^CapEff:	0*$' '^CapBnd:	0*$' '^NoNewPrivs:	1$' '^root: ro$'; do
    grep -q "$wanted" "$work/seen" || { echo "image: not as it should run:"; cat "$work/seen"; exit 1; }
done
echo "image: built, and the demo's story played by it as uid 65532 with a read-only root"
