#!/usr/bin/env python3
"""Checks how the files of the workspace import each other.

A room is a folder right below src/. docs/architecture.md lists the rooms in their order, and a room may import only rooms
that stand earlier in that list. Besides, no two files may import each other, directly or over others: they would have to be
read, tested and changed together.

    tools/rooms.py              check; exit 1 on an import against the order or a circle of files that is not allowed
    tools/rooms.py --all        also print the circles that are allowed for now
    tools/rooms.py --self-test  check that this script finds what is planted for it

It reads `use` statements and paths within code (`crate::x::y`, `super::y`, `x::y`) of src/, simulator/src and testbed/src.
Unit tests, that is all under `#[cfg(test)]`, are left out: they may import everything but a room for tests only, such as the
fuzz targets. Nothing outside such a room may import it.
A name that a module re-exports counts as imported from the file that defines it.
"""

import pathlib
import re
import sys
import tempfile

ORDER = "docs/architecture.md"
HEADING = "## The order of rooms"
TESTS_ONLY = "(tests only)"
CRATES = ["src", "simulator/src", "testbed/src"]

# The files that are in circles still, by folder. The numbers may only fall: lower them when they do.
ALLOWED = {}

TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<block>/\*)
  | (?P<raw>(?:b|c)?r(?P<hash>\#*)".*?"(?P=hash))
  | (?P<string>(?:b|c)?"(?:\\.|[^"\\])*")
  | (?P<char>b?'(?:\\(?:x..|u\{[^}]*\}|.)|[^\\'])')
  | (?P<lifetime>'[A-Za-z_]\w*)
  | (?P<word>(?:r\#)?[A-Za-z_]\w*)
  | (?P<number>\d\w*)
  | (?P<mark>::|.)
    """,
    re.X | re.S,
)
CLOSES = {"(": ")", "[": "]", "{": "}"}
DEFINES = {"fn", "struct", "enum", "trait", "type", "const", "static", "union"}


class Wrong(Exception):
    """What a person has to mend before anything can be checked."""


def tokens(text):
    """The tokens that matter, each with its line: comments and texts are left out."""
    found, at, line = [], 0, 1
    while at < len(text):
        match = TOKEN.match(text, at)
        end = match.end()
        if match.lastgroup == "block":
            depth, end = 1, at + 2
            while depth and end < len(text):
                pair = text[end : end + 2]
                depth += {"/*": 1, "*/": -1}.get(pair, 0)
                end += 2 if pair in ("/*", "*/") else 1
        elif match.group("word"):
            found.append((match.group().removeprefix("r#"), line))
        elif match.group("mark"):
            found.append((match.group(), line))
        elif match.group("lifetime") or match.group("number") or match.group("string") or match.group("raw") or match.group("char"):
            found.append(("<literal>", line))
        line += text.count("\n", at, end)
        at = end
    return found


class Use:
    """One name that a `use` statement brings."""

    def __init__(self, path, name, public, line):
        self.path, self.name, self.public, self.line = path, name, public, line


class Module:
    """A module: its file, what it defines, what it imports, and the paths that its code names."""

    def __init__(self, path, file):
        self.path, self.file = path, file
        self.names, self.children, self.uses, self.paths, self.words = set(), set(), [], [], {}


class Crate:
    """All modules of one library, from its lib.rs; with or without its unit tests."""

    def __init__(self, root, *, tests=False):
        self.root, self.tests = root, tests
        self.modules = {}
        self.read((), root / "lib.rs")

    def read(self, path, file):
        module = self.modules[path] = Module(path, file)
        walk(self, module, tokens(file.read_text()), folder_of(file))

    def resolve(self, module, path, seen=()):
        """The module in which `path` ends, seen from `module`, and whether it names that module itself.
        None if the path leads out of the crate."""
        here, rest = module, list(path)
        head = rest.pop(0)
        if head == "crate":
            here = self.modules[()]
        elif head == "super":
            here = self.modules[module.path[:-1]]
        elif head != "self":
            # A name of this module, else another crate.
            rest.insert(0, head)
            if not self.knows(module, head, seen):
                return None
        while rest and rest[0] in ("super", "self"):
            here = self.modules[here.path[:-1]] if rest.pop(0) == "super" else here
        return self.descend(here, rest, seen)

    def knows(self, module, name, seen):
        if name in module.children or name in module.names or any(use.name == name for use in module.uses):
            return True
        return self.by_glob(module, name, seen) is not None

    def by_glob(self, module, name, seen):
        for use in module.uses:
            if use.name != "*" or (module.path, id(use)) in seen:
                continue
            target = self.resolve(module, use.path, (*seen, (module.path, id(use))))
            if target and target[1] and self.knows(target[0], name, (*seen, (module.path, id(use)))):
                return target[0]
        return None

    def descend(self, here, rest, seen):
        if not rest:
            return here, True
        name, *rest = rest
        if name in here.children:
            return self.descend(self.modules[(*here.path, name)], rest, seen)
        if name in here.names:
            return here, False
        for use in here.uses:
            if use.name == name and (here.path, id(use)) not in seen:
                return self.resolve(here, [*use.path, *rest], (*seen, (here.path, id(use))))
        through = self.by_glob(here, name, seen)
        if through is not None:
            return self.descend(through, [name, *rest], seen)
        return here, False


def folder_of(file):
    """Where the child modules of a file lie."""
    return file.parent if file.name in ("lib.rs", "main.rs", "mod.rs") else file.with_suffix("")


def closing(found, at):
    """Behind the bracket that closes the one at `at`."""
    depth, opens = 0, found[at][0]
    while at < len(found):
        depth += {opens: 1, CLOSES[opens]: -1}.get(found[at][0], 0)
        at += 1
        if depth == 0:
            break
    return at


def behind_item(found, at):
    """Behind the item, field or statement that begins at `at`, with the attributes before it."""
    while at < len(found) and found[at][0] == "#":
        at = closing(found, at + 1)
    start = at
    if found[start][0] == "pub":
        start += 1
        if found[start][0] == "(":
            start = closing(found, start)
    field = start + 1 < len(found) and found[start + 1][0] == ":"
    while at < len(found):
        token = found[at][0]
        if token == "{":
            return closing(found, at)
        if token in CLOSES:
            at = closing(found, at)
            continue
        if token == ";" or (field and token == ","):
            return at + 1
        if token == "}":
            return at
        at += 1
    return at


def for_tests(attribute):
    words = [token for token, _ in attribute]
    return "cfg" in words and "test" in words and "fuzzing" not in words and "not" not in words


def walk(crate, module, found, folder):
    """Collects what `found`, the tokens of one file, say."""
    inside = [(module, folder, 0)]
    depth, at, public = 0, 0, False
    while at < len(found):
        token, line = found[at]
        module, folder, floor = inside[-1]
        following = found[at + 1][0] if at + 1 < len(found) else ""
        before = found[at - 1][0] if at else ""
        if token == "#" and following in ("[", "!"):
            start = at + (1 if following == "[" else 2)
            end = closing(found, start)
            if following == "[" and not crate.tests and for_tests(found[start:end]):
                end = behind_item(found, end)
            elif any(word == "path" for word, _ in found[start:end]) and depth == floor:
                raise Wrong(f"{module.file}:{line}: this script does not understand #[path]")
            at = end
            continue
        if token == "pub":
            public = True
            at = closing(found, at + 1) if following == "(" else at + 1
            continue
        if token == "mod" and at + 2 < len(found) and found[at + 2][0] in (";", "{"):
            child = (*module.path, following)
            module.children.add(following)
            if found[at + 2][0] == ";":
                for file in (folder / f"{following}.rs", folder / following / "mod.rs"):
                    if file.exists():
                        crate.read(child, file)
                        break
                else:
                    raise Wrong(f"{module.file}:{line}: no file for mod {following}")
            else:
                depth += 1
                crate.modules[child] = Module(child, module.file)
                inside.append((crate.modules[child], folder / following, depth))
            at += 3
        elif token == "use" and before != ".":
            end = at
            while found[end][0] != ";":
                end += 1
            for path, name in tree(found[at + 1 : end], []):
                module.uses.append(Use(path, name, public, line))
            at = end + 1
        elif token == "{":
            depth, at = depth + 1, at + 1
        elif token == "}":
            if len(inside) > 1 and depth == floor:
                inside.pop()
            depth, at = depth - 1, at + 1
        elif token == "macro_rules" and following == "!":
            module.names.add(found[at + 2][0])
            # What a macro writes belongs to whoever calls it.
            at = closing(found, at + 3)
        elif re.match(r"[A-Za-z_]", token):
            if token in DEFINES and depth == floor and re.match(r"[A-Za-z_]", following) and following not in DEFINES:
                module.names.add(following)
                at += 2
            else:
                path, at = [token], at + 1
                while at + 1 < len(found) and found[at][0] == "::" and re.match(r"[A-Za-z_]", found[at + 1][0]):
                    path.append(found[at + 1][0])
                    at += 2
                if before not in ("::", "."):
                    module.words.setdefault(path[0], line)
                    if len(path) > 1:
                        module.paths.append((path, line))
        else:
            at += 1
        public = False


def tree(found, prefix):
    """The names that a `use` tree brings, each as its whole path and the name that it has here."""
    at, path = 0, list(prefix)
    while at < len(found):
        token = found[at][0]
        if token == "{":
            end = closing(found, at)
            part, depth = [], 0
            for pair in [*found[at + 1 : end - 1], (",", 0)]:
                depth += {"{": 1, "}": -1}.get(pair[0], 0)
                if pair[0] == "," and depth == 0:
                    if part:
                        yield from tree(part, path)
                    part = []
                else:
                    part.append(pair)
            return
        if token == "*":
            yield path, "*"
            return
        if token == "as":
            yield path, found[at + 1][0]
            return
        if token != "::":
            # `a::{self}` is `a`.
            if token != "self" or not path:
                path.append(token)
        at += 1
    if path:
        yield path, path[-1]


def arrows(crate):
    """Every import within the crate: (from, to, line), the ends as modules. Of several between two files, the first."""
    found = {}

    def add(module, target, line, *, whole):
        if target is None:
            return
        target, is_module = target
        # A module that is imported as such is named again, with what is taken from it.
        if is_module and not whole:
            return
        if target.file != module.file:
            key = (module.file, target.file)
            if key not in found or line < found[key][2]:
                found[key] = (module, target, line)

    for module in crate.modules.values():
        for use in module.uses:
            if use.name == "*":
                target = crate.resolve(module, use.path)
                if target and target[1] and not use.public:
                    for word, line in module.words.items():
                        if crate.knows(target[0], word, ()):
                            add(module, crate.descend(target[0], [word], ()), line, whole=False)
            elif not use.public or use.name in module.words:
                add(module, crate.resolve(module, use.path), use.line, whole=False)
        for path, line in module.paths:
            add(module, crate.resolve(module, path), line, whole=False)
    return list(found.values())


def room_arrows(crate):
    """Every import from one room into another, whole modules too."""
    found = {}
    for module in crate.modules.values():
        named = [(use.path, use.line) for use in module.uses] + module.paths
        for path, line in named:
            target = crate.resolve(module, path)
            if target and module.path and target[0].path and target[0].path[0] != module.path[0]:
                found.setdefault((module.file, target[0].path[0]), (module.path[0], module.file, target[0].path[0], line))
    return list(found.values())


def circles(imports):
    """The sets of files that import each other, directly or over others (Tarjan)."""
    following = {}
    for source, target, _ in imports:
        following.setdefault(source.file, set()).add(target.file)
        following.setdefault(target.file, set())
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(following[node]):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(set(stack[at:]))
            del stack[at:]

    sys.setrecursionlimit(10_000)
    for node in sorted(following):
        if node not in index:
            visit(node)
    return sorted(found, key=sorted)


def order(root):
    """The rooms as docs/architecture.md lists them: name -> (place, whether only tests may import it)."""
    page = (root / ORDER).read_text()
    if HEADING not in page:
        raise Wrong(f"{ORDER} has no heading '{HEADING}'")
    section = page.split(HEADING, 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\d+\. `(\w+)`(.*)$", section, re.M)
    if not rows:
        raise Wrong(f"{ORDER}: no line like '1. `room`: what it is about' under '{HEADING}'")
    return {name: (place, words.lstrip().startswith(TESTS_ONLY)) for place, (name, words) in enumerate(rows)}


def check(root, allowed, out, *, show_all=False):
    """Checks a workspace; returns how many things are wrong."""
    wrong = 0
    rooms = order(root)
    counts = dict.fromkeys(allowed, 0)
    library = Crate(root / CRATES[0])
    for room in sorted(library.modules[()].children):
        if room not in rooms:
            wrong += 1
            out(f"src/{room} is not in the order of rooms: give it a line in {ORDER}")
    against = 0
    for room, file, target, line in room_arrows(library):
        if room not in rooms or target not in rooms:
            continue
        place, tests_only = rooms[target]
        if place > rooms[room][0] and not tests_only:
            against += 1
            out(f"{file.relative_to(root)}:{line}: {room} imports {target}, which stands later in the order ({ORDER})")
    for room, file, target, line in room_arrows(Crate(root / CRATES[0], tests=True)):
        if rooms.get(target, (0, False))[1] and not rooms.get(room, (0, False))[1]:
            against += 1
            out(f"{file.relative_to(root)}:{line}: {room} imports {target}, which is for tests only")
    wrong += against
    total = 0
    for folder in CRATES:
        if not (root / folder / "lib.rs").exists():
            continue
        crate = library if folder == CRATES[0] else Crate(root / folder)
        imports = arrows(crate)
        for circle in circles(imports):
            total += len(circle)
            names = sorted(str(file.relative_to(root)) for file in circle)
            home = [part for part in allowed if all(name.startswith(part + "/") for name in names)]
            for part in home:
                counts[part] += len(circle)
            wrong += not home
            if not home or show_all:
                out(f"a circle of {len(circle)} files{' (allowed for now)' if home else ''}:")
                for source, target, line in sorted(imports, key=lambda one: (one[0].file, one[2])):
                    if source.file in circle and target.file in circle:
                        out(f"  {source.file.relative_to(root)}:{line} -> {target.file.relative_to(root)}")
    for part, most in allowed.items():
        if counts[part] > most:
            wrong += 1
            out(f"{part} has {counts[part]} files in circles, and {most} are allowed: `tools/rooms.py --all` prints them")
        elif counts[part] < most:
            out(f"{part} has {counts[part]} files in circles: lower its number in tools/rooms.py, {most} as of now")
    left = ", ".join(f"{count} in {part}" for part, count in counts.items())
    out(f"rooms: {against} imports against the order; {total} files in circles{f' ({left})' if left else ''}")
    return wrong


def self_test():
    """Plants what has to be found, and what must not be."""
    page = f"{HEADING}\n\n1. `low`: first\n2. `high`: second\n3. `trial` {TESTS_ONLY}: last\n\n## Next\n"
    clean = {
        ORDER: page,
        "src/lib.rs": "pub mod low;\npub mod high;\n#[cfg(any(test, fuzzing))]\npub mod trial;\n",
        "src/low/mod.rs": "mod one;\nmod two;\npub use one::One;\npub(crate) use two::{Two, helper as help};\n",
        "src/low/one.rs": "pub struct One;\n",
        # A re-export counts as its own file: no circle with low/mod.rs, and none with low/one.rs.
        "src/low/two.rs": 'use super::One;\npub struct Two(One);\npub fn helper() -> &\'static str { "crate::high::x" }\n',
        "src/high.rs": "use crate::low::{self, One};\npub fn x(_: One) { low::help(); }\n"
        "#[cfg(test)]\nmod tests {\n    use crate::low::Two;\n    use super::*;\n}\n",
        "src/trial.rs": "use crate::{high, low};\npub fn all() {}\n",
        "simulator/src/lib.rs": "mod a;\nmod b;\n",
        "simulator/src/a.rs": "pub fn a() {} // crate::b::b()\n",
        "simulator/src/b.rs": "pub fn b() { crate::a::a() }\n",
    }
    cases = [
        ("nothing planted", {}, {}, []),
        ("against the order", {"src/low/one.rs": "use crate::{high::x};\npub struct One;\n"}, {}, ["low imports high", "a circle of"]),
        ("against the order, a whole room", {"src/low/one.rs": "use crate::high;\npub struct One;\n"}, {}, ["low imports high"]),
        ("against the order, within code", {"src/low/one.rs": "pub struct One;\nfn f() { let _ = crate::high::x; }\n"}, {}, ["low/one.rs:2: low imports high"]),
        ("against the order, by super", {"src/low/one.rs": "pub struct One;\nfn f() { super::super::high::x(One) }\n"}, {}, ["low imports high"]),
        ("tests only", {"src/high.rs": "use crate::trial::all;\n", "src/lib.rs": "mod low;\nmod high;\nmod trial;\n"}, {}, ["is for tests only"]),
        ("tests only, in code for the fuzzer", {"src/high.rs": "#[cfg(any(test, fuzzing))]\nuse crate::trial::all;\n"}, {}, ["high imports trial, which is for tests only"]),
        ("tests only, in a unit test", {"src/high.rs": "#[cfg(test)]\nmod tests {\n    use crate::trial::all;\n}\n"}, {}, ["high.rs:3: high imports trial, which is for tests only"]),
        ("fuzz targets within a room", {"src/high.rs": "#[cfg(any(test, fuzzing))]\npub mod targets;\n", "src/high/targets.rs": "use crate::trial::all;\n"}, {}, ["high imports trial"]),
        ("a room that is not listed", {"src/lib.rs": "mod low;\nmod high;\nmod more;\n", "src/more.rs": ""}, {}, ["src/more is not in the order"]),
        ("a circle of two", {"src/low/one.rs": "use super::Two;\npub struct One;\n"}, {}, ["a circle of 2 files:", "src/low/one.rs:1 -> src/low/two.rs"]),
        ("a circle by a renamed name", {"src/low/one.rs": "pub struct One;\nfn f() { super::help() }\n"}, {}, ["a circle of 2 files:"]),
        ("a circle by a glob", {"src/low/one.rs": "use super::*;\npub struct One;\nfn f(_: Two) {}\n"}, {}, ["a circle of 2 files:"]),
        ("a circle with the folder's own file", {"src/low/mod.rs": clean["src/low/mod.rs"] + "pub fn go() { one::start() }\npub fn stop() {}\n",
            "src/low/one.rs": "pub struct One;\npub fn start() { super::stop() }\n"}, {}, ["a circle of 2 files:", "src/low/mod.rs:5 -> src/low/one.rs"]),
        ("a circle in another crate", {"simulator/src/a.rs": "pub fn a() { crate::b::b() }\n"}, {}, ["a circle of 2 files:"]),
        ("a circle that is allowed", {"simulator/src/a.rs": "pub fn a() { crate::b::b() }\n"}, {"simulator/src": 2}, []),
        ("more than is allowed", {"simulator/src/a.rs": "pub fn a() { crate::b::b() }\n"}, {"simulator/src": 1}, ["simulator/src has 2 files in circles, and 1 are allowed"]),
    ]
    for name, planted, allowed, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in {**clean, **planted}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            lines = []
            wrong = check(root, allowed, lines.append)
            said = "\n".join(lines)
            missing = [words for words in expected if words not in said]
            if missing or bool(wrong) != bool(expected):
                print(f"rooms.py --self-test: '{name}' should have said {missing or 'nothing wrong'}; it said:\n{said}", file=sys.stderr)
                return 1
    print(f"rooms: {len(cases)} planted cases, each told right")
    return 0


def main():
    if "--self-test" in sys.argv[1:]:
        return self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    try:
        return 1 if check(root, ALLOWED, print, show_all="--all" in sys.argv[1:]) else 0
    except Wrong as wrong:
        print(f"rooms.py: {wrong}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
