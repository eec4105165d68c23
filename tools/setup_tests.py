#!/usr/bin/env python3
"""Brings what the tests need besides Rust, Go, Python, make and kubectl, and says what cannot be had.

    tools/setup_tests.py            install what is missing (Debian packages, as root or by sudo that asks nothing)
    tools/setup_tests.py --check    only say what is missing

`make test` and .ci/run begin with it. Where something cannot be installed, the tests that need it are skipped by name.

  GUESTLIST_INSTALL=never   install nothing
  GUESTLIST_NEEDS=all       fail where something is missing, instead of skipping (the build server)
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

INSTALL = "apt-get install --no-install-recommends"


def on_path(*programs):
    return [program for program in programs if not shutil.which(program)]


def root():
    return [] if os.geteuid() == 0 else ["to be root"]


def browser():
    return on_path("chromium", "chromedriver")


def postfix():
    lacks = on_path("saslpasswd2")
    if not os.access("/usr/lib/postfix/sbin/master", os.X_OK):
        lacks.append("postfix")
    if not glob.glob("/usr/lib/*/sasl2/libplain.so"):
        lacks.append("SASL's PLAIN")
    return lacks + root()


def network():
    return on_path("unshare", "ip") + root()


def image():
    return on_path("buildah", "crun", "dpkg-deb", "unshare") + root()


def sdk():
    """Microsoft's SDK comes from PyPI into a virtual environment."""
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode != 0:
        return ["Python's ensurepip"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            got = subprocess.run([*pip, "--dest", folder, "six"], capture_output=True, timeout=60)
        except subprocess.TimeoutExpired:
            return ["an answer of PyPI"]
    return [] if got.returncode == 0 else ["PyPI"]


class Need:
    """Something that some tests need, whether it is there, and how it comes."""

    def __init__(self, name, tests, lacks, packages):
        self.name, self.tests, self.lacks, self.packages = name, tests, lacks, packages

    def way_out(self):
        return f"{INSTALL} {' '.join(self.packages)}, and run as root" if self.packages else "run as root"


NEEDS = [
    Need("browser", "the mailbox pages in a real Chromium", browser, ["chromium", "chromium-driver"]),
    Need("postfix", "own mail to a real postfix", postfix, ["postfix", "sasl2-bin", "libsasl2-modules"]),
    Need("network", "managed identity in a network of its own", network, ["iproute2"]),
    Need("sdk", "Microsoft's own SDK against the simulator", sdk, ["python3-venv"]),
    Need("image", "the image, built and run", image, ["buildah", "crun"]),
]


def say(line):
    print(f"setup: {line}", flush=True)


def missing(wanted):
    """What is not there, each with what it lacks."""
    return {need: lacks for need in NEEDS if need.name in wanted and (lacks := need.lacks())}


def install(packages):
    """Installs Debian packages where that can be done, and says why where it cannot."""
    if os.environ.get("GUESTLIST_INSTALL") == "never":
        say("nothing is installed, as GUESTLIST_INSTALL=never says")
        return
    if not shutil.which("apt-get"):
        say("nothing is installed, as there is no apt-get here")
        return
    if os.geteuid() == 0:
        become = []
    elif shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        become = ["sudo", "-n"]
    else:
        say("nothing is installed, as that needs root, or a sudo that asks nothing")
        return
    say(f"installing {' '.join(packages)}")
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            say(f"{' '.join(command[-4:])} failed: {done.stderr.strip()[-400:]}")
            return


def prepare(wanted, may_install=True):
    """Installs what is missing of `wanted`, which are names; returns the needs that are still not met.

    Says each in a sentence. Ends the program where GUESTLIST_NEEDS=all wants everything."""
    lacking = missing(wanted)
    if lacking and may_install:
        for need, lacks in lacking.items():
            say(f"{need.name} ({need.tests}) lacks {', '.join(lacks)}")
        packages = [package for need in lacking for package in need.packages]
        install(packages)
        lacking = missing(wanted)
    for need, lacks in lacking.items():
        say(f"SKIPPED: {need.name}: {need.tests}. It lacks {', '.join(lacks)}: {need.way_out()}")
    if wanted and not lacking:
        say("everything that the tests need is here")
    elif lacking and os.environ.get("GUESTLIST_NEEDS") == "all":
        sys.exit("setup: GUESTLIST_NEEDS=all, so what is missing is a failure")
    return list(lacking)


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        print(__doc__)
        sys.exit(0 if sys.argv[1:] == ["--help"] else 2)
    prepare({need.name for need in NEEDS}, may_install=not sys.argv[1:])
