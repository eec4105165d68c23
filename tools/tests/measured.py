#!/usr/bin/env python3
"""Runs the commands of one suite in turn, and says what they cost with all that they started.

    measured.py REPORT LOG < COMMANDS

COMMANDS is JSON: a list of {"command": [...], "folder": ..., "environment": {...}}. LOG takes their output. REPORT gets, as JSON,
whether all ended well, the wall and the processor time in seconds, and the names of processes that they left behind.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
# What a test started ends with it. A watchdog shell takes a second for it, a busy machine some more.
LEFT_TO_END = 30


def name(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as line:
            return line.read().replace(b"\0", b" ").decode(errors="replace").strip()[:120]
    except OSError:
        return "?"


def children():
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as line:
            return [int(pid) for pid in line.read().split()]
    except OSError:
        return []


def end_of(command):
    """Waits for the command, and meanwhile for each orphan, so that none is seen as a zombie by those who look for it."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == command:
            return status


def await_the_rest():
    """Waits for what the commands have left to us; ends and returns what does not end by itself."""
    until = time.monotonic() + LEFT_TO_END
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > until:
                    break
                time.sleep(0.05)
        except ChildProcessError:
            return []
    left = [name(pid) for pid in children()]
    for pid in children():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return left


def main():
    report, log = sys.argv[1:]
    # Orphans of the commands become ours, so that their time is counted and none is overlooked.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began, well = time.monotonic(), True
    with open(log, "wb") as output:
        for command in json.load(sys.stdin):
            environment = {**os.environ, **command["environment"]}
            started = subprocess.Popen(
                command["command"], cwd=command["folder"], env=environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )
            well = end_of(started.pid) == 0 and well
    wall = time.monotonic() - began
    left = await_the_rest()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"well": well and not left, "wall": wall, "cpu": spent.ru_utime + spent.ru_stime, "left": left}
    with open(report, "w") as file:
        json.dump(cost, file)


if __name__ == "__main__":
    main()
