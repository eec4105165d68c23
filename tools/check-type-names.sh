#!/bin/sh
# A type's name exists once in src, so that a reader who searches for it finds the type that is meant.
# Types inside functions are not counted, nor the associated types of traits: both are indented.
set -eu
cd "$(dirname "$0")/.."
types=$(grep -rnE '^(pub(\([a-z: ]+\))? )?(struct|enum|trait|type|union) [A-Z]' src --include='*.rs' |
	sed -E 's/^([^:]+):([0-9]+):(pub(\([a-z: ]+\))? )?(struct|enum|trait|type|union) ([A-Za-z0-9]+).*/\6 \1:\2/' | sort)
twice=$(printf '%s\n' "$types" | awk '{ print $1 }' | uniq -d)
if [ -n "$twice" ]; then
	echo "these type names exist more than once in src; rename all but one:" >&2
	for name in $twice; do
		printf '%s\n' "$types" | grep "^$name " >&2
	done
	exit 1
fi
echo "$(printf '%s\n' "$types" | wc -l) types, each with a name of its own"
