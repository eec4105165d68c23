#!/bin/sh
# Makes an image from Debian's packages that stands in for the distroless base, where no registry can be reached: a C library,
# certificates, a user nonroot, and no shell.
#
#   STORAGE=OPTIONS-OF-BUILDAH tools/image/runtime-base.sh NAME
set -eu
name=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/packages" "$work/root"
(cd "$work/packages" && apt-get download -qq -o APT::Sandbox::User=root libc6 libgcc-s1 ca-certificates base-files netbase)
for package in "$work"/packages/*.deb; do
    dpkg-deb --extract "$package" "$work/root"
done
mkdir -p "$work/root/etc/ssl/certs" "$work/root/home/nonroot" "$work/root/tmp"
find "$work/root/usr/share/ca-certificates" -name '*.crt' -exec cat {} + >"$work/root/etc/ssl/certs/ca-certificates.crt"
echo 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' >"$work/root/etc/passwd"
echo 'nonroot:x:65532:' >"$work/root/etc/group"

# shellcheck disable=SC2086
container=$(buildah $STORAGE from scratch)
buildah $STORAGE copy --quiet "$container" "$work/root" / >/dev/null
buildah $STORAGE config --user 65532:65532 --workingdir /home/nonroot "$container"
buildah $STORAGE commit --quiet --rm "$container" "$name" >/dev/null
