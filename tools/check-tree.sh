#!/bin/sh
# One TLS provider and one HTTP client: two of either panic at start or double every connection pool.
set -eu
tree=$(cargo tree --workspace --locked -e normal,build --prefix none --format '{p}' | awk '{print $1, $2}' | sort -u)
for unwanted in ring openssl openssl-sys native-tls; do
	if printf '%s\n' "$tree" | grep -q "^$unwanted "; then
		echo "the dependency tree has $unwanted; TLS is rustls with aws-lc-rs only: cargo tree -i $unwanted" >&2
		exit 1
	fi
done
for single in reqwest rustls aws-lc-rs kube; do
	count=$(printf '%s\n' "$tree" | grep -c "^$single " || true)
	if [ "$count" -ne 1 ]; then
		echo "the dependency tree has $count versions of $single, not one: cargo tree -d" >&2
		exit 1
	fi
done
echo "one TLS provider (aws-lc-rs), one reqwest"
