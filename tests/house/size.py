"""Tokens of code by room, or file by file: `make size`."""

import argparse
from collections import Counter
from pathlib import Path

from rooms import PACKAGE, ROOT, measured, wide_lines


def main():
    """Print a line a room, the largest first, and the whole; or a line a file."""
    words = argparse.ArgumentParser()
    words.add_argument(
        "--files", nargs="+", type=Path, help="folders or files to tell file by file"
    )
    args = words.parse_args()
    if args.files:
        tell_files(args.files)
    else:
        tell_rooms()


def tell_rooms():
    """One line a room."""
    tokens, lines = Counter(), Counter()
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        room = parts[0] if len(parts) > 1 else "."
        measure = measured(path)
        tokens[room] += measure.tokens
        lines[room] += measure.lines
    for room, count in tokens.most_common():
        print(f"{room:10} {count:8,} tokens {lines[room]:7,} lines of code")
    print(f"{'all':10} {tokens.total():8,} tokens {lines.total():7,} lines of code")


def tell_files(places):
    """One line a file."""
    for place in places:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            tell_file(path)


def tell_file(path):
    """Tokens, lines, density, wide lines, and dense expressions per 100 lines of one file."""
    measure = measured(path)
    share = 100 / max(measure.lines, 1)
    print(
        f"{path.resolve().relative_to(ROOT)}: {measure.tokens} tokens, {measure.lines} lines, "
        f"{measure.dense:.2f} a line, {wide_lines(path)} wide, "
        f"{measure.comprehensions * share:.1f} comprehensions, "
        f"{measure.conditions * share:.1f} conditionals"
    )


if __name__ == "__main__":
    main()
