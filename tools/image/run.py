#!/usr/bin/env python3
"""Runs an image's operator as a kubelet would under Pod Security "restricted", and passes signals on.

    run.py ROOT SEEN ARGUMENTS...

ROOT is the image's file system, SEEN a file for what the kernel says of the running process. The process is uid 65532 without
capabilities, its root is read-only, and it shares this machine's loopback. When this program is killed, so is the operator.
"""

import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NOBODY = 65532
PR_SET_PDEATHSIG = 1


def bundle(folder: pathlib.Path, root: str, arguments: list[str]) -> None:
    # What a pod gets as a mounted volume: readable by its user, and nothing else of the machine.
    kubeconfig = os.environ["KUBECONFIG"]
    copy = folder / "kubeconfig"
    shutil.copyfile(kubeconfig, copy)
    os.chown(copy, NOBODY, NOBODY)
    copy.chmod(0o400)
    config = {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": NOBODY, "gid": NOBODY},
            "args": ["/usr/local/bin/guestlist", *arguments],
            "env": [f"{name}={value}" for name, value in os.environ.items() if name not in ("PATH", "HOME", "KUBECONFIG")]
            + ["KUBECONFIG=/etc/guestlist/kubeconfig", "HOME=/home/nonroot"],
            "cwd": "/",
            "noNewPrivileges": True,
            "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")},
        },
        "root": {"path": root, "readonly": True},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
            {"destination": "/etc/guestlist/kubeconfig", "type": "bind", "source": str(copy), "options": ["bind", "ro"]},
        ],
        "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}, {"type": "ipc"}, {"type": "uts"}]},
    }
    (folder / "config.json").write_text(json.dumps(config))


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def inside(pid: int) -> int | None:
    """The operator below `pid`, once it runs."""
    try:
        if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "guestlist":
            return pid
        below = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return next((found for child in below if (found := inside(int(child)))), None)


def tell(pid: int, seen: str) -> None:
    wanted = ("Uid:", "CapEff:", "CapBnd:", "NoNewPrivs:")
    status = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    lines = [line for line in status if line.startswith(wanted)]
    mounts = pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
    root = next(line.split() for line in mounts if line.split()[4] == "/")
    pathlib.Path(seen).write_text("\n".join([*lines, f"root: {root[5].split(',')[0]}", ""]))


def main() -> int:
    root, seen, *arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        bundle(pathlib.Path(folder), root, arguments)
        # crun 1.8 refuses a machine with both kinds of cgroups mounted; none is needed here, so it sees none.
        script = 'mount -t tmpfs none /sys/fs/cgroup && exec crun --root "$0/state" --cgroup-manager=disabled run --bundle "$0" guestlist'
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script, folder]
        child = subprocess.Popen(command, preexec_fn=die_with_parent)
        operator: int | None = None

        def forward(number: int, _frame: object) -> None:
            if operator:
                os.kill(operator, number)
            else:
                child.kill()

        signal.signal(signal.SIGTERM, forward)
        signal.signal(signal.SIGINT, forward)
        while child.poll() is None and operator is None:
            operator = inside(child.pid)
            time.sleep(0.02)
        if operator:
            tell(operator, seen)
        return child.wait()


if __name__ == "__main__":
    sys.exit(main())
