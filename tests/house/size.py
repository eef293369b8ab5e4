"""Tokens of code by room: `make size`."""

from collections import Counter

from rooms import PACKAGE, measured


def main():
    """Print a line a room, the largest first, and the whole."""
    tokens, lines = Counter(), Counter()
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        room = parts[0] if len(parts) > 1 else "."
        found = measured(path)
        tokens[room] += found.tokens
        lines[room] += found.lines
    for room, count in tokens.most_common():
        print(f"{room:10} {count:8,} tokens {lines[room]:7,} lines of code")
    print(f"{'all':10} {tokens.total():8,} tokens {lines.total():7,} lines of code")


if __name__ == "__main__":
    main()
