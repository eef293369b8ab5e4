"""Write the sha256 of each file named in data/SOURCES.csv beside it: `python -m tests.data_hashes`.

A changed table changes its hash, so that no change slips in unseen; run this after you have looked
at the change and at its source.
"""

import csv
import hashlib
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


def hashes_of(files: str) -> str:
    """The sha256 of each file of data/, in the order named; blanks part names, and hashes."""
    return " ".join(
        hashlib.sha256((DATA / name).read_bytes()).hexdigest() for name in files.split()
    )


def main() -> None:
    """Rewrite the column sha256 of data/SOURCES.csv."""
    path = DATA / "SOURCES.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    file_at, hash_at = header.index("file"), header.index("sha256")
    for row in rows:
        row[hash_at] = hashes_of(row[file_at])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main()
