"""Whether a change of the code changed what is printed: bundles of 20 cities, byte by byte.

    python -m tests.bench.same BASE

BASE is a commit. Its bundles (page, workbook, calendars, project file, tables) and those of the
working tree are made by the same interpreter in processes of their own. Figures of a page are
compared by their words, every other byte as it is. A difference that is wanted stands in REASONS
with its reason; any other ends the command with status 1.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.plan.cities import CITIES

ROOT = Path(__file__).resolve().parents[2]
FIGURE = re.compile(r"<svg.*?</svg>", re.DOTALL)
WORDS = re.compile(r"<(?:text|title|desc)[^>]*>(.*?)</(?:text|title|desc)>", re.DOTALL)
REASONS = {  # pattern of a member's name -> why it may differ; empty where nothing may
}


def main():
    words = argparse.ArgumentParser()
    words.add_argument("base", help="commit to compare with")
    words.add_argument("--cities", nargs="*", default=CITIES)
    args = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before, after, base = (Path(folder, name) for name in ("before", "after", "base"))
        subprocess.run(
            ["git", "worktree", "add", "--quiet", "--detach", base, args.base], cwd=ROOT, check=True
        )
        try:
            _make(base, args.cities, before)
            _make(ROOT, args.cities, after)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", base], cwd=ROOT, check=True)
        wrong = _tell(_members(before), _members(after))
    sys.exit(1 if wrong else 0)


def _make(tree, cities, out):
    """Bundles by the code of a tree, with its own data and params."""
    # what is told of the package: papermill finds its engine by it
    known = Path(out.parent, f"known-{out.name}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", known, tree], check=True)
    setting = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tree, known)))}
    command = [sys.executable, "-m", "dxplan", "bundle", *cities, "--effort", "簡易", "--out", out]
    subprocess.run(list(map(str, command)), cwd=tree, env=setting, check=True)


def _members(out):
    """'bundle/member' -> bytes of every file of every bundle."""
    found = {}
    for path in sorted(out.rglob("*.zip")):
        with zipfile.ZipFile(path) as bundle:
            for name in bundle.namelist():
                found[f"{path.stem}/{name}"] = bundle.read(name)
    return found


def _tell(before, after):
    """Print what differs, and return the names that differ without a reason."""
    wrong = []
    for name in sorted(before.keys() | after.keys()):
        if _bare(name, before.get(name)) == _bare(name, after.get(name)):
            continue
        reason = next((why for pattern, why in REASONS.items() if re.search(pattern, name)), "")
        print(f"  {name}: {reason or 'differs'}")
        if not reason:
            wrong.append(name)
    bundles = {name.split("/")[0] for name in after}
    print(f"{len(after)} files of {len(bundles)} bundles, {len(wrong)} differ without a reason")
    return wrong


def _bare(name, data):
    """A page with the words of each figure in place of its picture; any other file as it is."""
    if data is None or not name.endswith(".html"):
        return data
    return FIGURE.sub(_words, data.decode("utf-8"))


def _words(figure):
    """The words of a figure in any order of drawing; no reader sees spaces at their ends."""
    return repr(sorted(map(str.strip, WORDS.findall(figure[0]))))


if __name__ == "__main__":
    main()
