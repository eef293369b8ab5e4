"""From key press to painted new figure: JupyterLab in Chromium, 50 changes of a control by topic.

The city is a designated one. ``python -m tests.bench.live`` waits for the proved plan before each
key; ``--row`` presses the next key as soon as the figure is there, while the proof of the change
before it still runs on the other core. Times are the browser's own: from the keydown event to the
second animation frame after the figure was replaced. Where they are spent is read from the
messages, which say when they were written and, in this page, when they came. The figures want a
machine on which nothing else runs: a load above 1 at the start makes them longer.
"""

import argparse
import os
import statistics
from dataclasses import dataclass
from pathlib import Path

from dxplan.town.city import load_city
from tests.workshop.meeting import LONG, VIEW, Meeting, table

CITY = "141003"
LEGS = ("browser to kernel", "plan", "draw", "kernel to browser", "take in", "paint")
SHOWN = "() => [...document.querySelectorAll('figure svg')].find(svg => svg.checkVisibility())"


@dataclass(frozen=True)
class Topic:
    """What is measured: a tab, its figure, the control that is moved, goals (ms: median, 95th)."""

    tab: str
    figure: str
    control: str
    goals: tuple[int, int]


TOPICS = {
    "staffing": Topic("人材", "引継ぎ", "施策のほかの推進の仕事量", (200, 350)),
    "budget": Topic("経費と財源", "歳出と財源", "移行経費", (200, 350)),
    "Gantt": Topic("移行", "ロードマップ", "DX・情報部門の職員数", (400, 700)),
}


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--changes", type=int, default=50)
    words.add_argument("--city", default=CITY)
    words.add_argument(
        "--row", action="store_true", help="do not wait for the proof between two keys"
    )
    words.add_argument("--topics", nargs="*", default=list(TOPICS), choices=TOPICS)
    args = words.parse_args()
    with table() as (browser, _, address):
        context = browser.new_context(**VIEW)
        context.add_init_script(path=Path(__file__).with_suffix(".js"))
        _topics(args, Meeting.at(context, address))


def _topics(args, meeting):
    meeting.run_all()
    city = load_city(args.city)
    meeting.choose(args.city, city.name)
    apart = "each after the proof of the last change"
    proof = "the proof of the last change runs on" if args.row else apart
    print(
        f"{city.code} {city.name}, {args.changes} keys on a control, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, {proof}; ms\n"
    )
    print(
        "topic     figures  median   goal    95th   goal   most"
        " |  where the median change spends it"
    )
    for name in args.topics:
        _row(name, TOPICS[name], _changes(meeting, TOPICS[name], args), args.changes)


def _changes(meeting, topic, args):
    """What the browser noted of each change whose figure is another."""
    page = meeting.page
    meeting.tab(topic.tab)
    meeting.wait_state("計算済みです")
    page.get_by_label("図の種類").locator("visible=true").select_option(topic.figure)
    page.wait_for_timeout(1000)
    page.evaluate(f"() => dxplanLog.watch(({SHOWN})())")
    meeting.slider(topic.control).focus()
    found = [
        _change(
            meeting,
            "ArrowRight" if number % args.changes < args.changes / 2 else "ArrowLeft",
            args.row,
        )
        for number in range(-2, args.changes)
    ][2:]  # the first two warm up
    meeting.wait_state("計算済みです")
    return [change for change in found if change]


def _change(meeting, key, row):
    from playwright.sync_api import TimeoutError

    page = meeting.page
    page.keyboard.press(key)
    try:
        page.wait_for_function("dxplanLog.done || dxplanLog.change['in proved']", timeout=LONG)
        page.wait_for_function("dxplanLog.done", timeout=2000)
    except TimeoutError:  # the first answer has the same figure: nothing is painted
        return None
    change = page.evaluate("dxplanLog.change")
    if not row:
        meeting.wait_state("計算済みです")
        page.wait_for_timeout(400)  # the proved figure is drawn
    return change


def _row(name, topic, changes, asked):
    if not changes:
        print(f"{name:9} {0:3}/{asked}  no figure changed")
        return
    times = sorted(change["painted"] - change["key"] for change in changes)
    high = times[min(len(times) - 1, int(0.95 * len(times)))]
    where = ", ".join(
        f"{leg} {statistics.median(_legs(change)[leg] for change in changes):.0f}" for leg in LEGS
    )
    size = statistics.median(change["in figure"]["bytes"] for change in changes) / 1024
    print(
        f"{name:9} {len(times):3}/{asked:3} {statistics.median(times):7.0f} {topic.goals[0]:6} "
        f"{high:7.0f} {topic.goals[1]:6} {times[-1]:6.0f} | {where}; {size:.0f} KiB",
        flush=True,
    )


def _legs(change):
    """The stations of a change, in order; each message carries the time at which it was written."""
    stale, figure = change["in stale"], change["in figure"]
    told = min(
        change.get("in first", figure)["written"], figure["written"]
    )  # a figure may come before the whole answer
    stops = (
        change["key"],
        stale["written"],
        told,
        figure["written"],
        figure["at"],
        change["mutated"],
        change["painted"],
    )
    return dict(zip(LEGS, (b - a for a, b in zip(stops, stops[1:]))))


if __name__ == "__main__":
    main()
