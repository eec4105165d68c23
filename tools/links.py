#!/usr/bin/env python3
"""Checks the links of the Markdown pages.

    tools/links.py              check; exit 1 on a link that leads nowhere
    tools/links.py --self-test  check that this script finds what is planted for it

A relative link leads to a file of the repository, and behind `#` to one of its headings. So does a link to the repository's own
pages on GitHub. No link leads out of the repository's folder. Of other addresses only the form is checked; nobody is called.
A path in backticks that begins with a folder of the repository names a file or folder that exists.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

OWN = "https://github.com/guestlist-dev/guestlist/blob/main/"
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\))?)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s<>]+)>?", re.M)
HTML = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)\s*=\s*["']([^"']+)["']""", re.I)
CODE = re.compile(r"`([^`\n]+)`")
# Stands for a name that a person fills in, or for many files.
OPEN = re.compile(r"[*<>{}$ ]|\.\.\.|\b(?!README|LICENSE|SECURITY|CHANGELOG|CONTRIBUTING)[A-Z]{3,}\b")


def without_fences(text):
    """The page without its blocks of code, line by line as before."""
    lines, fence = [], None
    for line in text.split("\n"):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if fence is None and mark:
            fence = mark.group(1)
        elif fence is not None and mark and mark.group(1).startswith(fence) and line.strip() == mark.group(1):
            fence = None
        elif fence is None:
            lines.append(line)
            continue
        lines.append("")
    return "\n".join(lines)


def anchors(text):
    """The names that GitHub gives the headings of a page."""
    found, counts = set(), {}
    for line in without_fences(text).split("\n"):
        heading = re.match(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$", line)
        if heading:
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1))
            name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            counts[name] = counts.get(name, -1) + 1
            found.add(f"{name}-{counts[name]}" if counts[name] else name)
        found.update(re.findall(r"""<a\b[^>]*?\b(?:id|name)\s*=\s*["']([^"']+)["']""", line))
    return found


def wrong_with(root, page, link):
    """What is wrong with a link on a page; nothing if it is right."""
    if link.startswith(OWN):
        path, _, anchor = link.removeprefix(OWN).partition("#")
        target = root / urllib.parse.unquote(path)
    elif re.match(r"[a-z][a-z0-9+.-]*:", link, re.I):
        parts = urllib.parse.urlsplit(link)
        if parts.scheme == "mailto":
            return None if "@" in parts.path else "is no mail address"
        if parts.scheme not in ("https", "http"):
            return f"has the scheme {parts.scheme}, which no browser opens"
        return None if re.fullmatch(r"[\w.-]+(:\d+)?", parts.netloc) else "names no host"
    elif link.startswith("/"):
        return "begins with /, which is another place on GitHub than on disk: write it relative to the page"
    else:
        path, _, anchor = link.partition("#")
        target = page.parent / urllib.parse.unquote(path) if path else page
    target = target.resolve()
    if not target.is_relative_to(root.resolve()):
        return "leads out of the repository"
    if not target.exists():
        return "leads to nothing"
    if anchor and target.suffix == ".md" and anchor not in anchors(target.read_text()):
        return f"leads to no heading: {target.name} has {', '.join(sorted(anchors(target.read_text()))) or 'none'}"
    return None


def check(root, pages, out):
    """Checks pages; returns how many links are wrong."""
    wrong = links = 0
    folders = {entry.name for entry in root.iterdir() if entry.is_dir()} - {"target"}
    for page in pages:
        text = without_fences(page.read_text())
        plain = CODE.sub(lambda code: " " * len(code.group()), text)
        found = [(match.start(1), match.group(1)) for kind in (LINK, REFERENCE, HTML) for match in kind.finditer(plain)]
        # In a link's own words backticks are blanked too, which does not hurt; a link within backticks is none.
        links += len(found)
        said = [(at, link, wrong_with(root, page, link)) for at, link in found]
        for match in CODE.finditer(text):
            path = match.group(1).rstrip("/")
            if "/" in path and path.split("/")[0] in folders and not OPEN.search(path):
                there = any((root / name).exists() for name in (path, f"{path}.rs"))
                said.append((match.start(1), f"`{path}`", None if there else "names no file of the repository"))
        for at, link, why in sorted(said):
            if why:
                wrong += 1
                out(f"{page.relative_to(root)}:{text.count(chr(10), 0, at) + 1}: {link} {why}")
    out(f"links: {links} on {len(pages)} pages, {wrong} wrong")
    return wrong


def self_test():
    """Plants what has to be found, and what must not be."""
    good = """# One page: `a` and b

[there](docs/two.md), [heading](docs/two.md#the-second_one), [here](#one-page-a-and-b), [again](docs/two.md#twice-1),
[`code`](src/x.rs), [out](https://example.com/x_(y)), [own](https://github.com/guestlist-dev/guestlist/blob/main/src/x.rs),
`src/x.rs`, `src/x`, `src/NAME.rs`, `src/*.rs`, `[not](a-link.md)`, <a href="docs/two.md">x</a>

```
[no](link.md)
```

[ref]: docs/two.md
"""
    two = "## The Second_One!\n\n### Twice\n\n### Twice\n\n[up](../README.md)\n"
    bad = {
        "[x](docs/none.md)": "leads to nothing",
        "[x](docs/two.md#none)": "leads to no heading",
        "[x](#none)": "leads to no heading",
        "[x](../elsewhere.md)": "leads out of the repository",
        "[x](/docs/two.md)": "begins with /",
        "[x](https://)": "names no host",
        "[x](ftp://example.com)": "has the scheme ftp",
        "[x](mailto:nobody)": "is no mail address",
        "[x](https://github.com/guestlist-dev/guestlist/blob/main/none.md)": "leads to nothing",
        "[x]: none.md": "leads to nothing",
        "![x](none.png)": "leads to nothing",
        "`src/none.rs`": "names no file",
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name in ("docs", "src"):
            (root / name).mkdir()
        (root / "src/x.rs").touch()
        (root / "docs/two.md").write_text(two)
        for text, expected in [(good, None), *((text + "\n", why) for text, why in bad.items())]:
            (root / "README.md").write_text(text)
            said = []
            wrong = check(root, [root / "README.md", root / "docs/two.md"], said.append)
            if wrong != (expected is not None) or (expected and expected not in said[0]):
                print(f"links.py --self-test: {text.strip()!r} should have said {expected!r}; it said: {said}", file=sys.stderr)
                return 1
    print(f"links: {len(bad)} planted mistakes, each found")
    return 0


def main():
    if "--self-test" in sys.argv[1:]:
        return self_test()
    root = pathlib.Path(__file__).resolve().parent.parent
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.md"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout
    pages = [root / name for name in sorted(filter(None, listed.split("\0"))) if (root / name).exists()]
    return 1 if check(root, pages, print) else 0


if __name__ == "__main__":
    sys.exit(main())
