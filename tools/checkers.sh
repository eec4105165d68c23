#!/bin/sh
# Prints the folder of the checkers typos and zizmor, in the versions of tools/requirements.txt. Installs them first, once,
# into the user's cache folder; that takes some seconds.
set -eu
cd "$(dirname "$0")/.."
version=$(cksum <tools/requirements.txt | cut -d' ' -f1)
home=${XDG_CACHE_HOME:-$HOME/.cache}/guestlist/checkers/$version
if [ ! -x "$home/bin/typos" ] || [ ! -x "$home/bin/zizmor" ]; then
    echo "installing typos and zizmor into $home, once" >&2
    rm -rf "$home"
    mkdir -p "$home"
    pip="python3 -m pip"
    # Some systems have Python without pip, and bring it with each virtual environment.
    if ! $pip --version >/dev/null 2>&1; then
        python3 -m venv "$home/venv" >/dev/null 2>&1 || true
        pip="$home/venv/bin/python3 -m pip"
    fi
    if ! PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $pip install --quiet --no-deps --require-hashes \
        --only-binary :all: --target "$home" -r tools/requirements.txt >&2; then
        rm -rf "$home"
        echo "typos and zizmor cannot be installed. They need Python 3 with pip or venv (apt-get install python3-venv) and PyPI" \
            "or a mirror of it (PIP_INDEX_URL), once." >&2
        exit 1
    fi
fi
echo "$home/bin"
