"""Params files as a hand, an editor or another program spoils them: drawn, never by chance.

`make mutate` reads 2,000 of them. A file is either read or refused by sentences, at once.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dxplan.facts.nodes import ParamError
from dxplan.town.city import load_city
from dxplan.town.draft import write_params

SLUG = "216046"
MOST = 2000  # files of the command
SLOWEST = 5.0  # CPU seconds
BROKEN = Path(__file__).parent / "badparams"
ODD = (
    *"\"'#&*!|>%@`{}[],:?-~=<\\",
    *("\t", "\u3000", "\u00a0", "\u2028", "\u0085", "\ufeff", "\u200b", "\u202e", "\x00", "\x07"),
    *(
        "\x1b",
        "\x7f",
        "\ud7ff",
        "\U0010ffff",
        "：",
        "、",
        "－",
        "１",
        "é",
        "e\u0301",
        "葛\U000e0101",
    ),
    *("&a ", "*a", "*b ", "<<: *a", "!!python/object:os.system ", "!!binary ", "---\n", "...\n"),
    *(".inf", ".nan", "1e999", "0o17", "0x1F", "1_000", "12:30:45", "2026-02-30", "null", "~"),
    *("yes", "''", '""', "|\n", ">-\n", "[[", "{{", "- ", "? ", ": ", " #", "\\x", "\\ud800"),
    *("9" * 400, "a" * 3000, "- " * 60, "[" * 60, "令和8年4月1日", "１２名", "¥1,200,000"),
)
CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp932", "euc_jp", "iso2022_jp", "latin-1")
MUCH = 12  # lines; so many are doubled very often
BLANKS = ("", " ", "   ", "\t", "\u3000", " " * 40)
ENDS = ("\n", "\r\n", "\r", "\n\n", "\x0b", "\u2028")


def sources() -> list[str]:
    """Texts to begin with: the whole draft made valid, a part of it, and small bad files."""
    with tempfile.TemporaryDirectory() as folder:
        draft = write_params(SLUG, Path(folder), full=True).read_text(encoding="utf-8")
    whole = re.sub(r"(?m)^# ", "", draft)
    head, *chapters = re.split(r"(?m)^(?=\w+:$)", re.sub(r"(?m)^##.*\n", "", whole))
    small = [path.read_bytes() for path in sorted(BROKEN.glob("*/*.yaml"))]
    texts = [data.decode(errors="replace") for data in small if len(data) < 5000]
    return [whole, *[head + chapter for chapter in chapters] * 4, *texts]


def _cut(lines, at, count, odd):
    return lines[:at] + lines[at + count :]


def _double(lines, at, count, odd):
    return lines[:at] + lines[at : at + count] * (300 if count == MUCH else 2) + lines[at:]


def _swap(lines, at, count, odd):
    other = (at * count) % len(lines)
    lines[at], lines[other] = lines[other], lines[at]
    return lines


def _indent(lines, at, count, odd):
    for row in range(at, min(at + count, len(lines))):
        blank = BLANKS[(at + count) % len(BLANKS)]
        lines[row] = blank + (lines[row].lstrip() if at % 2 else lines[row])
    return lines


def _inject(lines, at, count, odd):
    column = (at * count) % (len(lines[at]) + 1)
    lines[at] = lines[at][:column] + odd + lines[at][column:]
    return lines


def _replace(lines, at, count, odd):
    key, colon, _ = lines[at].partition(":")
    lines[at] = f"{key}{colon} {odd}"
    return lines


def _rename(lines, at, count, odd):
    lines[at] = odd + lines[at].lstrip()[1:]
    return lines


class Mishap(NamedTuple):
    """What happens to the lines of a file.

    Attributes
    ----------
    name : of what is done; `at` : about where; `count` : how many lines; `odd` : what comes in.
    """

    name: str
    at: int
    count: int
    odd: str


MISHAPS = {
    "cut": _cut,
    "double": _double,
    "swap": _swap,
    "indent": _indent,
    "inject": _inject,
    "replace": _replace,
    "rename": _rename,
}
SOURCES = sources()
RARELY = st.integers(0, 9).map(lambda number: number == 0)


def spoilt(source: int, mishaps: list[Mishap], end: str, codec: str, flip: int) -> bytes:
    """The bytes of a file after some mishaps; ``flip``: the byte that is lost, none where 0."""
    lines = SOURCES[source].split("\n")
    for mishap in mishaps:
        at = mishap.at % len(lines)
        lines = MISHAPS[mishap.name](lines, at, mishap.count, mishap.odd) or [""]
    data = end.join(lines).encode(codec, errors="replace")
    if flip:
        at = flip % (len(data) + 1)
        data = data[:at] + data[at + 1 :]
    return data


def mostly(usual, others):
    """One value nine times in ten, else one of others."""
    return RARELY.flatmap(lambda rare: st.sampled_from(others) if rare else st.just(usual))


MISHAP = st.builds(
    Mishap,
    st.sampled_from(sorted(MISHAPS)),
    st.integers(0, 9999),
    st.integers(1, MUCH),
    st.sampled_from(ODD) | st.text(max_size=4),
)
DRAWN = {
    "source": st.integers(0, len(SOURCES) - 1),
    "mishaps": st.lists(MISHAP, min_size=1, max_size=6),
    "end": mostly("\n", ENDS),
    "codec": mostly("utf-8", CODECS),
    "flip": mostly(0, range(1, 9999, 7)),
}


def outcome_of(data: bytes, folder: Path) -> str:
    """Read or refused; a fault of any other class, or a sentence that is none, is raised."""
    path = folder / f"{SLUG}.yaml"
    path.write_bytes(data)
    start = time.process_time()
    try:
        load_city(SLUG, folder)
        said = "read"
    except ParamError as refusal:
        said = "refused"
        for sentence in refusal.faults:
            assert f"{SLUG}.yaml" in sentence and sentence.endswith("。"), sentence
            assert "Error" not in sentence and sentence.isprintable(), sentence
    seconds = time.process_time() - start
    assert seconds < SLOWEST, f"{seconds:.1f} s"
    return said


def mutate(most: int) -> Counter[str]:
    """What became of so many spoilt files; the first that is not answered is raised, made small."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:

        @settings(
            max_examples=most,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(**DRAWN)
        def one(**drawn: Any) -> None:
            counts[outcome_of(spoilt(**drawn), Path(folder))] += 1

        one()
    return counts


if __name__ == "__main__":
    print(dict(mutate(int(sys.argv[1]) if sys.argv[1:] else MOST)))
