#!/usr/bin/env python3
"""Shows on a machine that has everything what one sees that lacks something.

For each package that the tests need: its files are hidden, in a mount namespace of this test's own. Then tools/setup_tests.py has
to name what is missing and the command that brings it, and `tools/test.py` has to skip what needs it by name and run the rest of
the same suites. Needs root; without it the test says so and ends well, as nothing can be hidden then.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import setup_tests  # noqa: E402

# What is still run of a suite whose need is hidden, and something that it has to have run.
REST = {"postfix": ("mail", "stages::"), "network": ("credentials", "schema::")}


def programs(packages):
    """The executables and plugins of Debian packages, as far as they are installed."""
    listed = subprocess.run(["dpkg", "-L", *packages], capture_output=True, text=True).stdout.split()
    files = [pathlib.Path(line) for line in listed if pathlib.Path(line).is_file()]
    return [file for file in files if os.access(file, os.X_OK) or file.suffix == ".so"]


def hide(files, behind="/dev/null"):
    """Puts something over each that cannot be used."""
    for file in files:
        subprocess.run(["mount", "--bind", behind, str(file.resolve())], check=True)


def inside(name):
    """In the namespace: hides the need, and looks at what is said and done."""
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    need = next(need for need in setup_tests.NEEDS if need.name == name)
    if name == "sdk":
        # The interpreter may not be Debian's, so what is hidden is the module itself.
        import ensurepip

        with tempfile.NamedTemporaryFile("w", suffix=".py") as broken:
            broken.write("raise ImportError('hidden')\n")
            broken.flush()
            hide([pathlib.Path(ensurepip.__file__)], broken.name)
    else:
        hide(programs(need.packages))
    assert need.lacks(), f"{name} is not hidden: {need.lacks()}"
    environment = {**os.environ, "GUESTLIST_INSTALL": "never", "AGAIN": "1", "GUESTLIST_TESTED": "hidden"}
    environment.pop("GUESTLIST_NEEDS", None)
    suite, part = REST.get(name, (name, None))
    filters = ["--only", part] if part else []
    ran = subprocess.run(
        ["tools/test.py", "--built", suite, *filters], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    said = ran.stdout + ran.stderr
    assert ran.returncode == 0, said
    assert f"SKIPPED: {name}: " in said and need.way_out() in said, said
    if part:
        passed = [line for line in said.splitlines() if line.startswith(f"{suite}: ")]
        assert passed and " 0 passed" not in passed[0], said
    # Where everything is wanted, the same is a failure.
    strict = subprocess.run(
        ["tools/setup_tests.py"], cwd=ROOT, env={**environment, "GUESTLIST_NEEDS": "all"}, capture_output=True, text=True
    )
    assert strict.returncode != 0, strict.stdout
    print(f"{name}: hidden, named with the way out, skipped by name; the rest passes")


def main():
    if len(sys.argv) == 3:
        return inside(sys.argv[2])
    if os.geteuid() != 0:
        print("hidden: nothing can be hidden without root")
        return None
    for need in setup_tests.NEEDS:
        if need.lacks():
            print(f"{need.name}: missing here anyway, which `make test` has said already")
            continue
        subprocess.run(["unshare", "--mount", sys.executable, __file__, "inside", need.name], check=True)
    return None


if __name__ == "__main__":
    main()
