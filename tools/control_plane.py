#!/usr/bin/env python3
"""Brings etcd and kube-apiserver, on which the demo and the tests stand, and says where from.

    tools/control_plane.py [--demo | --all]

It takes them from the folder that KUBEBUILDER_ASSETS names; else from an earlier build; else from setup-envtest, where that tool
has the version in its folder or can reach its index; else it builds them with Go from what tools/go.mod pins, once.
--demo also brings kube-controller-manager, which the demo needs, and --all Helm 4 and
argo-health as well, which some tests need.

The result is a folder of links, target/control-plane. Settings, as setup-envtest has them:
  ENVTEST_BIN_DIR   its folder (its --bin-dir)
  ENVTEST_INDEX     its index (its --index)
  HELM              the Helm to use; without it the one in PATH, if that is version 4
"""

import fcntl
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINKS = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "control-plane"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "guestlist"
INDEX = "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml"

# What each module pins: by which requirement its version is known, and what the linker writes the version into. Without that
# kube-apiserver takes itself for v0.0.0.
CLUSTER = ("tools", "k8s.io/kubernetes", "k8s.io/component-base/version.gitVersion")
HELM = ("tools/helm", "helm.sh/helm/v4", "helm.sh/helm/v4/internal/version.version")
ARGO = ("tools/argo-health", "github.com/yuin/gopher-lua", "main.version")
PACKAGES = {
    "etcd": "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "helm": "helm.sh/helm/v4/cmd/helm",
    "argo-health": "guestlist.dev/tools/argo-health",
}


class Failed(Exception):
    """A sentence for a person."""


def say(line):
    print(f"control plane: {line}", flush=True)


class Module:
    """A Go module that pins what is built."""

    def __init__(self, folder, pinned, stamped):
        self.folder = ROOT / folder
        try:
            module, sums = (self.folder / "go.mod").read_text(), (self.folder / "go.sum").read_text()
        except OSError as error:
            raise Failed(f"{folder} cannot be read: {error}") from error
        # A program of our own changes without what it requires.
        own = [file.read_text() for file in sorted(self.folder.glob("*.go"))]
        version = re.search(rf"^(?:require)?\s*{re.escape(pinned)} (\S+)", module, re.MULTILINE)
        if not version:
            raise Failed(f"{folder}/go.mod requires no {pinned}")
        self.version, self.stamp = version[1], f"-X {stamped}={version[1]}"
        # The folder's name changes with all that is pinned, so an old build is never taken for a new one.
        machine = f"{platform.system().lower()}-{platform.machine()}"
        digest = hashlib.sha256(b"".join(part.encode() + b"\0" for part in (module, sums, machine, *own)))
        self.key = f"{self.version}-{machine}-{digest.hexdigest()[:12]}"

    def build(self, names, folder, takes):
        """Builds into a folder beside the final one, under a lock that a second process waits for."""
        need_go()
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder.parent / f"{self.key}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            names = [name for name in names if not (folder / name).is_file()]
            if not names:
                return
            say(f"building {' and '.join(names)} {self.version} with Go, once ({takes})")
            unfinished = folder.parent / f"{self.key}.building"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            began = time.monotonic()
            go_build(self, names, unfinished, began)
            for name in names:
                (unfinished / PACKAGES[name].replace("/v3", "").rsplit("/", 1)[1]).rename(folder / name)
            shutil.rmtree(unfinished)
            say(f"{' and '.join(names)} built in {time.monotonic() - began:.0f} s")


def need_go():
    try:
        subprocess.run(["go", "version"], cwd=ROOT / "tools", check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Failed("Go is needed to build it and is not installed. Install Go, or set KUBEBUILDER_ASSETS") from error
    except subprocess.CalledProcessError as error:
        raise Failed(f"`go version` fails: {error.stderr.strip()}") from error


def go_build(module, names, into, began):
    command = ["go", "build", "-v", "-trimpath", "-ldflags", f"-s -w {module.stamp}"]
    # Nobody debugs these; without DWARF they are built sooner.
    command += ["-gcflags=all=-dwarf=false", "-o", f"{into}/", *(PACKAGES[name] for name in names)]
    environment = {**os.environ, "CGO_ENABLED": "0"}
    build = subprocess.Popen(command, cwd=module.folder, env=environment, stderr=subprocess.PIPE, text=True)
    lines, done = [], threading.Event()

    def report():
        while not done.wait(15):
            fetched = sum(line.startswith("go: downloading") for line in lines)
            say(f"{time.monotonic() - began:4.0f} s: {fetched} modules downloaded, {len(lines) - fetched} packages compiled")

    threading.Thread(target=report, daemon=True).start()
    try:
        lines.extend(iter(build.stderr.readline, ""))
    finally:
        done.set()
    if build.wait() != 0:
        raise Failed("`go build` in " + str(module.folder.relative_to(ROOT)) + " failed:\n" + "".join(lines[-30:]))


def complete(folder):
    return all((folder / name).is_file() for name in ("etcd", "kube-apiserver"))


def cluster():
    """The folder with etcd and kube-apiserver, and where it is from."""
    named = os.environ.get("KUBEBUILDER_ASSETS")
    if named:
        if not complete(pathlib.Path(named)):
            raise Failed(f"KUBEBUILDER_ASSETS names {named}, which lacks etcd or kube-apiserver")
        return pathlib.Path(named), "KUBEBUILDER_ASSETS"
    module = Module(*CLUSTER)
    built = CACHE / "control-plane" / module.key
    if complete(built):
        return built, "an earlier build"
    found, why_not = envtest(module.version)
    if found:
        return found, "setup-envtest"
    say(f"setup-envtest does not help: {why_not}")
    module.build(["etcd", "kube-apiserver"], built, "3 to 8 minutes")
    return built, "a build"


def envtest(version):
    """The folder in which setup-envtest has the binaries of this minor version; else why it has none."""
    own = pathlib.Path(os.environ.get("ENVTEST_BIN_DIR") or pathlib.Path.home() / ".local/share/kubebuilder-envtest")
    index = os.environ.get("ENVTEST_INDEX") or INDEX
    reached, why_not = reachable(index)
    if not reached and not (own / "k8s").is_dir():
        return None, f"its index cannot be reached ({why_not}), and {own} has nothing"
    minor = version.lstrip("v").rsplit(".", 1)[0]
    command = ["go", "run", "sigs.k8s.io/controller-runtime/tools/setup-envtest", "use", f"{minor}.x", "--print=path"]
    command += [f"--bin-dir={own}", f"--index={index}", *([] if reached else ["--installed-only"])]
    try:
        need_go()
        found = subprocess.run(command, cwd=ROOT / "tools/envtest", capture_output=True, text=True, timeout=300)
    except (Failed, subprocess.TimeoutExpired) as error:
        return None, str(error)
    folder = pathlib.Path(found.stdout.strip() or "/nowhere")
    if found.returncode != 0 or not complete(folder):
        said = found.stderr.strip().splitlines() or ["it says nothing"]
        return None, said[-1]
    return folder, None


def reachable(address):
    if not address.startswith(("http://", "https://")):
        return True, None
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=5):
            return True, None
    except urllib.error.HTTPError as error:
        return False, f"HTTP {error.code}"
    except OSError as error:
        return False, getattr(error, "reason", error)


def controller_manager(folder):
    """kube-controller-manager: envtest's folders have none."""
    beside = folder / "kube-controller-manager"
    if beside.is_file():
        return beside
    module = Module(*CLUSTER)
    built = CACHE / "control-plane" / module.key
    module.build(["kube-controller-manager"], built, "1 to 3 minutes")
    return built / "kube-controller-manager"


def helm():
    """Helm 4: its answers are a part of what the tests expect."""
    named = os.environ.get("HELM")
    candidate = named or shutil.which("helm")
    if candidate:
        said = subprocess.run([candidate, "version", "--short"], capture_output=True, text=True)
        if said.stdout.strip().lstrip("v").startswith("4."):
            return pathlib.Path(candidate)
        if named:
            raise Failed(f"HELM names {named}, which is not Helm 4")
    module = Module(*HELM)
    built = CACHE / "helm" / module.key
    module.build(["helm"], built, "1 to 4 minutes")
    return built / "helm"


def argo_health():
    """What Argo CD makes of a health check."""
    module = Module(*ARGO)
    built = CACHE / "argo-health" / module.key
    module.build(["argo-health"], built, "seconds")
    return built / "argo-health"


def link(name, path):
    LINKS.mkdir(parents=True, exist_ok=True)
    unfinished = LINKS / f"{name}.{os.getpid()}"
    unfinished.symlink_to(path.resolve())
    unfinished.replace(LINKS / name)


def main(arguments):
    if arguments not in ([], ["--demo"], ["--all"]):
        print(__doc__)
        return 0 if arguments == ["--help"] else 2
    try:
        folder, source = cluster()
        for name in ("etcd", "kube-apiserver"):
            link(name, folder / name)
        say(f"etcd and kube-apiserver are from {source}")
        if arguments:
            link("kube-controller-manager", controller_manager(folder))
        if arguments == ["--all"]:
            link("helm", helm())
            link("argo-health", argo_health())
    except Failed as error:
        print(f"control plane: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
