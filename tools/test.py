#!/usr/bin/env python3
"""Runs the tests, on a real etcd and kube-apiserver, and says per suite how many passed and what they cost.

    tools/test.py                  every suite (`make test`)
    tools/test.py --quick          unit tests, a part of the explorer, a few stories (`make quick`)
    tools/test.py SUITE...         these suites
    tools/test.py --list           their names

  --built         leave the control plane as it is, as it was built already
  --only WORDS    of their tests only those whose names have these words

What passed already with these very binaries and files is not run again, as with `go test`; AGAIN=1 runs it all the same.
What cannot run here, because something is missing that tools/setup_tests.py could not install, is skipped by name.
Logs are in target/tested.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

TOOLS = pathlib.Path(__file__).resolve().parent
ROOT = TOOLS.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
TESTED = TARGET / os.environ.get("GUESTLIST_TESTED", "tested")
CARGO = os.environ.get("CARGO", "cargo")
# How far those that only compute stand back: a story waits for an answer within its time.
STANDS_BACK = 15
# What else a test reads: files of the project, and the settings that change what is run.
READ = "admission crds examples fuzz tools tests charts docs explorer simulator/tests README.md Makefile".split()
SETTINGS = "KUBEBUILDER_ASSETS GUESTLIST_VARIANT GUESTLIST_INSTALLED GUESTLIST_SEED GUESTLIST_SOAK SEED".split()

sys.path[:0] = [str(TOOLS), str(TOOLS / "tests")]
import setup_tests  # noqa: E402
import suites  # noqa: E402


@dataclasses.dataclass
class Ran:
    """What became of a suite."""

    suite: suites.Suite
    well: bool = True
    passed: int = 0
    failed: int = 0
    left_out: int = 0
    wall: float = 0
    cpu: float = 0
    planes: int = 0
    already: bool = False
    left: tuple = ()


def build(chosen):
    """Builds what the suites run, cargo and Go side by side."""
    control_plane = subprocess.Popen([str(TOOLS / "control_plane.py"), "--all"])
    executables = compiled(chosen)
    if control_plane.wait() != 0:
        sys.exit(control_plane.returncode)
    return executables


def compiled(chosen):
    """The executables by cargo's names, each with its package's folder; they are built where they are not there yet."""
    targets = {target for suite in chosen for target in suite.targets}
    flags = ["--workspace", "--locked", "--no-run", "--message-format=json-render-diagnostics"]
    if chosen is not suites.ALL:
        flags += ["--lib", "--bins", *(f"--test={target}" for target in sorted(targets) if ":" not in target)]
    built = subprocess.run([CARGO, "test", *flags], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if built.returncode != 0:
        sys.exit(built.returncode)
    found = {}
    for line in built.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("executable") and message.get("profile", {}).get("test"):
            target = message["target"]
            kind = target["kind"][0]
            name = target["name"] if kind == "test" else f"{kind}:{target['name']}"
            found[name] = (message["executable"], str(pathlib.Path(message["manifest_path"]).parent))
    listed = {target for suite in suites.ALL for target in suite.targets}
    if forgotten := sorted(name for name in found if ":" not in name and name not in listed):
        sys.exit(f"no suite of tools/tests/suites.py runs {', '.join(forgotten)}")
    return found


def digest(path, known={}):
    """Of a file's content."""
    if path not in known:
        content = hashlib.sha256()
        with open(path, "rb") as file:
            while part := file.read(1 << 20):
                content.update(part)
        known[path] = content.hexdigest()
    return known[path]


def inputs():
    """The files of the project that tests read, and the binaries that they start."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *READ]
    files = [ROOT / line for line in subprocess.run(listed, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout.splitlines()]
    files += [path for path in (TARGET / "debug").iterdir() if path.is_file() and os.access(path, os.X_OK)]
    graph = pathlib.Path(os.environ.get("GUESTLIST_GRAPH_OPENAPI") or ROOT.parent / "shared/reference/graph-openapi-subset.yaml")
    return sorted(path for path in [*files, graph] if path.is_file())


def commands(suite, executables, missing, only):
    """What the suite runs, and with what."""
    environment = {"RUST_TEST_THREADS": str(suite.threads)}
    if suite.command:
        return [{"command": list(suite.command), "folder": str(ROOT), "environment": {}}]
    arguments = list(suite.arguments)
    for need, tests in suite.without:
        if need in missing:
            arguments += ["--skip", tests]
    if only:
        arguments.append(only)
    steps = []
    for target in suite.targets:
        executable, folder = executables[target]
        # As cargo starts a test.
        of_cargo = {"CARGO_MANIFEST_DIR": folder, "CARGO_PKG_NAME": pathlib.Path(folder).name}
        command = [executable, "--nocapture", *arguments]
        steps.append({"command": command, "folder": folder, "environment": {**environment, **of_cargo}})
    return steps


def run(suite, todo, key):
    """Runs a suite, unless it passed already."""
    log, report, starts = (TESTED / f"{suite.name}.{end}" for end in ("log", "json", "starts"))
    remembered = TESTED / suite.name
    ran = Ran(suite)
    if not os.environ.get("AGAIN") and remembered.is_file() and remembered.read_text() == key:
        ran = Ran(suite, already=True)
    else:
        remembered.unlink(missing_ok=True)
        starts.unlink(missing_ok=True)
        for step in todo:
            step["environment"]["TESTBED_STARTS"] = str(starts)
        back = ["nice", "-n", str(STANDS_BACK)] if suite.beside == "computing" else []
        measured = [*back, sys.executable, str(TOOLS / "tests/measured.py"), str(report), str(log)]
        subprocess.run(measured, input=json.dumps(todo), text=True, check=True)
        cost = json.loads(report.read_text())
        ran.well, ran.left = cost["well"], tuple(cost["left"])
        if ran.well:
            remembered.write_text(key)
    cost = json.loads(report.read_text())
    ran.wall, ran.cpu = cost["wall"], cost["cpu"]
    ran.planes = len(starts.read_text().splitlines()) if starts.is_file() else 0
    results = re.findall(r"^test result: .*?(\d+) passed; (\d+) failed; .*?(\d+) filtered out", log.read_text(errors="replace"), re.MULTILINE)
    ran.passed, ran.failed, ran.left_out = (sum(int(row[column]) for row in results) for column in range(3))
    return ran


def told(ran):
    """A suite's line."""
    if ran.already:
        return f"{ran.suite.name}: {ran.passed} passed already, and nothing has changed since (AGAIN=1 runs them again)"
    count = f"{ran.passed} passed" if ran.suite.targets else ("passed" if ran.well else "failed")
    failed = f", {ran.failed} FAILED" if ran.failed else ("" if ran.well else ", FAILED")
    return f"{ran.suite.name}: {count}{failed} in {ran.wall:.0f} s, {ran.cpu:.0f} s of processor time, {ran.planes} control planes"


def show_failure(ran):
    log = TESTED / f"{ran.suite.name}.log"
    lines = log.read_text(errors="replace").splitlines()
    # A failed test says why where it stops; its name stands there too.
    at = [number for number, line in enumerate(lines) if "panicked at" in line]
    shown = [line for number in at[:10] for line in [*lines[number : number + 25], "..."]] or lines[-40:]
    print(f"--- {ran.suite.name} failed; all of it is in {log}")
    print("\n".join(shown))
    if ran.left:
        print(f"Processes that it left behind: {'; '.join(ran.left)}")
    print("---", flush=True)


def failures(ran):
    """One line for each failed test: its name, and the first words of why. Short, as a log that is cut keeps its end."""
    text = (TESTED / f"{ran.suite.name}.log").read_text(errors="replace")
    why = dict(re.findall(r"^thread '(.+?)' .*?panicked at .*?\n(.*)", text, re.MULTILINE))
    names = sorted(set(re.findall(r"^    ([\w:]+)$", text.rpartition("\nfailures:\n")[2], re.MULTILINE)))
    return [f"{ran.suite.name}: {name}: {why.get(name, '')[:200]}" for name in names] or [f"{ran.suite.name}: it ended before its tests did"]


def heartbeat(running, done):
    """Says every minute how far the suites are."""
    while not done.wait(60):
        parts = []
        for name in sorted(running):
            log = TESTED / f"{name}.log"
            ended = len(re.findall(r"\.\.\. .*?ok$|^ok$", log.read_text(errors="replace"), re.MULTILINE)) if log.is_file() else 0
            parts.append(f"{name} ({ended} passed)")
        print(f"still running: {', '.join(parts)}", flush=True)


def all_of(chosen, executables, missing, only):
    """Runs the suites side by side, as many of each sort as `SIDE_BY_SIDE` says."""
    read = "".join(f"{path} {digest(path)}\n" for path in inputs())
    settings = " ".join(f"{name}={os.environ.get(name, '')}" for name in SETTINGS)
    TESTED.mkdir(parents=True, exist_ok=True)
    running, done, ended = set(), threading.Event(), []

    def one(suite):
        todo = commands(suite, executables, missing, only)
        of = [digest(pathlib.Path(executables[target][0])) for target in suite.targets]
        key = hashlib.sha256("\n".join([read, settings, str(sorted(missing)), str(only), repr(suite), *of]).encode()).hexdigest()
        running.add(suite.name)
        ran = run(suite, todo, key)
        running.discard(suite.name)
        print(told(ran), flush=True)
        if not ran.well:
            show_failure(ran)
        ended.append(ran)

    threading.Thread(target=heartbeat, args=(running, done), daemon=True).start()
    with contextlib.ExitStack() as pools:
        submitted = []
        for sort, at_once in suites.SIDE_BY_SIDE.items():
            pool = pools.enter_context(concurrent.futures.ThreadPoolExecutor(at_once))
            submitted += [pool.submit(one, suite) for suite in chosen if suite.beside == sort]
        for result in submitted:
            result.result()
    done.set()
    return ended


def table(ended, wall):
    print(f"\n{'suite':14}{'tests':>7}{'wall s':>9}{'CPU s':>9}{'control planes':>16}")
    for ran in sorted(ended, key=lambda ran: -ran.cpu):
        print(f"{ran.suite.name:14}{ran.passed:7}{ran.wall:9.0f}{ran.cpu:9.0f}{ran.planes:16}{'   (before)' if ran.already else ''}")
    total = lambda of: sum(of(ran) for ran in ended)  # noqa: E731
    print(f"{'all':14}{total(lambda ran: ran.passed):7}{wall:9.0f}{total(lambda ran: ran.cpu):9.0f}{total(lambda ran: ran.planes):16}")


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("suites", nargs="*", metavar="SUITE")
    for name in ("--quick", "--list", "--built"):
        flags.add_argument(name, action="store_true", help=argparse.SUPPRESS)
    flags.add_argument("--only", help=argparse.SUPPRESS)
    asked = flags.parse_args()
    known = {suite.name: suite for suite in (*suites.ALL, *suites.AGAIN)}
    if asked.list:
        print("\n".join(known))
        return 0
    if unknown := [name for name in asked.suites if name not in known]:
        flags.error(f"there is no suite {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = suites.QUICK if asked.quick else [known[name] for name in asked.suites] or suites.ALL

    wanted = {need for suite in chosen for need in (*suite.needs, *(need for need, _ in suite.without))}
    missing = {need.name: need for need in setup_tests.prepare(wanted)}
    began = time.monotonic()
    executables = (compiled if asked.built else build)(chosen)
    runnable = [suite for suite in chosen if not any(need in missing for need in suite.needs)]
    ended = all_of(runnable, executables, missing, asked.only)
    table(ended, time.monotonic() - began)
    if chosen is suites.ALL:
        subprocess.run([str(TOOLS / "counts.py"), str(TESTED)], check=True)
    for need in missing.values():
        print(f"SKIPPED: {need.name}: {need.tests}. To run it: {need.way_out()}")
    failed = [ran.suite.name for ran in ended if not ran.well]
    passed = sum(ran.passed for ran in ended)
    for line in (line for ran in ended if not ran.well for line in failures(ran)):
        print(f"failed: {line}")
    print(f"FAILED: {', '.join(failed)}" if failed else f"everything passed, {passed} tests in {len(ended)} suites")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
