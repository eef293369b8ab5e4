"""Pages of 20 cities of all classes, an index, a comparison: their size, what checkers find.

    python -m tests.bench.pages [FOLDER]

With a folder, the pages in it are checked instead of fresh ones.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from dxplan.cli import main
from tests.browser import open_chromium
from tests.drawn import figure_findings
from tests.reading import html_findings, page_findings, plain_text

CITIES = (
    "011002",
    "141003",
    "401307",
    "131016",
    "131211",
    "122033",
    "122173",
    "172014",
    "282014",
    "472018",
    "172031",
    "112089",
    "082201",
    "223441",
    "014231",
    "216046",
    "335860",
    "133817",
    "473561",
    "205621",
)
WIDTHS = (1280, 320)


def run():
    """Print a line for each page, then sizes and totals."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(sys.argv[1] if len(sys.argv) > 1 else folder)
        if len(sys.argv) == 1:
            main(["report", *CITIES, "--effort", "簡易", "--out", str(out)])
            main(["compare", *CITIES[:6], "--effort", "簡易", "--out", str(out / "compare")])
        pages = [*sorted(out.glob("*.html")), *sorted((out / "compare").glob("*.html"))]
        written = html_findings(pages)
        with open_chromium() as visit:
            total = sum(_look(visit, page, written[page.name]) for page in pages)
        sizes = [
            page.stat().st_size / 1000
            for page in pages
            if page.name[:6].isdigit() and page.parent == out
        ]
        print(
            f"{len(pages)} pages, {total} findings; page of a city: "
            f"median {statistics.median(sizes):.0f} kB (goal 400), "
            f"largest {max(sizes):.0f} kB (goal 2,000)"
        )


def _look(visit, page, written):
    """One page: findings at each width, of its HTML, and whether its text needs a script."""
    start = time.perf_counter()
    found = [
        f"{width} px: {text}" for width in WIDTHS for text in page_findings(visit, page, width)
    ] + written
    same = page.name == "index.html" or plain_text(visit, page, True) == plain_text(
        visit, page, False
    )
    found += [] if same else ["the text differs without script"]
    narrow, broad, crossed = figure_findings(visit(page, 390).page)
    found += crossed
    found += [f"figures: {narrow:.2f} px at 390 px (goal 11)"] if narrow < 11 else []
    found += [f"figures: {broad:.2f} points in print (goal 8)"] if broad < 8 else []
    print(
        f"{page.name:<45} {page.stat().st_size / 1000:6.0f} kB  {len(found)} findings  "
        f"words of figures {narrow:.1f} px, {broad:.2f} points, {len(crossed)} crossings  "
        f"{time.perf_counter() - start:.1f} s"
    )
    for text in found:
        print(f"    {text}")
    return len(found)


if __name__ == "__main__":
    run()
