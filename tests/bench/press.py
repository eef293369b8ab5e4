"""What a report costs beyond its planning and drawing: four ways to print the same cities.

    commands   papermill and jupyter nbconvert, as two commands for each city
    libraries  papermill and nbconvert as libraries, in a pool of two processes
    press      dxplan's press with two workers
    limit      the same planning and drawing as plain functions in one warm process, no notebooks

The ways take turns. CPU is that of the whole tree of processes; the start of a pool (each worker's
first report) is counted apart, because a batch pays it once. Last come the figures of a page alone.
"""

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import psutil

from dxplan import reports

WAYS = ("commands", "libraries", "press", "limit")
WORKERS = 2
DRAW = 1
FIGURED = ("172031", "141003")  # a middle city and a large one: lots, outsiders and classes


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--cities", type=int, default=8)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--way", choices=WAYS)
    words.add_argument("--slugs", nargs="*")
    args = words.parse_args()
    os.environ[reports.EFFORT] = "簡易"
    if args.way:
        print(json.dumps(RUN[args.way](args.slugs)))
        return
    from dxplan.town.city import load_slugs

    slugs = random.Random(DRAW).sample(load_slugs(everything=True), args.cities)
    print(
        f"{args.cities} municipalities drawn with seed {DRAW}, quick effort, "
        f"{args.rounds} interleaved rounds, {os.cpu_count()} cores"
    )
    found = {way: [] for way in WAYS}
    for number in range(args.rounds):
        for way in WAYS:
            found[way].append(_measure(way, slugs))
            cpu, wall, start = found[way][-1]
            print(
                f"  round {number + 1} {way:10} CPU {cpu:6.2f} s  wall {wall:6.2f} s a report"
                f"   (start {start:5.1f} CPU s)",
                flush=True,
            )
    _tell({way: statistics.median(cpu for cpu, _, _ in rows) for way, rows in found.items()})
    _tell_figures(FIGURED)


def _tell(cpu):
    own = {way: cpu[way] - cpu["limit"] for way in WAYS}
    print(
        "median CPU s a report: "
        + ", ".join(f"{way} {seconds:.2f}" for way, seconds in cpu.items())
    )
    print(f"press / limit {cpu['press'] / cpu['limit']:.2f} (goal 1.30)")
    for way, goal in (("commands", 0.1), ("libraries", 0.2)):
        print(
            f"press's own {own['press']:.2f} s is {own['press'] / own[way]:.1%} "
            f"of {way}' own {own[way]:.2f} s (goal {goal:.0%})"
        )


def _tell_figures(slugs, rounds=5):
    """CPU of the figures of a page together, in a warm process; each as two SVGs."""
    for slug in slugs:
        reports.run_plain(slug)
        rows = [_drawn(slug) for _ in range(rounds)]
        middle = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
        each = ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in middle.items())
        print(
            f"{len(middle)} figures of the page of {slug}, each drawn twice: "
            f"{1000 * sum(middle.values()):.0f} ms CPU (goal 300): {each}"
        )


def _drawn(slug):
    """Name -> CPU s of each figure of a page, for the page and for a telephone."""
    from dxplan.show import style

    fitted, seconds = style.fitted, {}

    def timed(draw, name, *args):
        start = time.process_time()
        figure = fitted(draw, name, *args)
        seconds[name] = time.process_time() - start
        return figure

    with mock.patch.object(style, "fitted", timed):
        reports.run_plain(slug)
    return seconds


def _measure(way, slugs):
    command = [sys.executable, "-m", "tests.bench.press", "--way", way, "--slugs", *slugs]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def family(root):
    """A process and all below it, as far as they still live."""
    try:
        head = psutil.Process(root)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def tree_cpu(root):
    """CPU seconds so far of a process and of all below it, ended and waited-for ones included."""
    total = 0.0
    for process in family(root):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


class _Clock:
    """CPU and wall from now on."""

    def __init__(self):
        self.cpu, self.wall = tree_cpu(os.getpid()), time.perf_counter()

    def answer(self, count, start=0.0):
        """CPU s and wall s of each of some reports, and the CPU s of the start, passed on."""
        return (
            (tree_cpu(os.getpid()) - self.cpu) / count,
            (time.perf_counter() - self.wall) / count,
            start,
        )


def _commands(slugs):
    clock = _Clock()
    with tempfile.TemporaryDirectory() as folder:
        for slug in slugs:
            out = Path(folder, f"{slug}.ipynb")
            quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "papermill",
                    str(reports.REPORT),
                    str(out),
                    "-r",
                    "city",
                    slug,
                    "-k",
                    "python3",
                ],
                **quiet,
            )
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "jupyter",
                    "nbconvert",
                    "--to",
                    "html",
                    "--no-input",
                    str(out),
                ],
                **quiet,
            )
        return clock.answer(len(slugs))


def print_by_library(slug, folder):
    """One report by papermill and nbconvert as they come."""
    import papermill
    from nbconvert import HTMLExporter

    executed = papermill.execute_notebook(
        str(reports.REPORT),
        None,
        parameters={"city": slug},
        kernel_name="python3",
        progress_bar=False,
    )
    body, _ = HTMLExporter(exclude_input=True).from_notebook_node(executed)
    Path(folder, f"{slug}.html").write_text(body, encoding="utf-8")


def _libraries(slugs):
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool,
    ):
        for part in (slugs[:1] * WORKERS, slugs):  # the first ones are the start
            clock = _Clock()
            for future in as_completed(
                [pool.submit(print_by_library, slug, folder) for slug in part]
            ):
                future.result()
            start = clock.cpu
        return clock.answer(len(slugs), start)


def _press(slugs):
    """The batch itself, with a ledger and all; its first jobs, one a worker, are the start."""
    from dxplan.press import batch
    from dxplan.press.ledger import Ledger
    from dxplan.press.pool import Pool

    setting = batch.build_setting(
        reports.REPORT, rehearse="dxplan.reports:rehearse", environment=[(reports.EFFORT, "簡易")]
    )
    jobs, digests = reports.load_jobs(slugs, True), {slug: "" for slug in slugs}
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger(folder) as ledger,
        Pool(WORKERS, setting) as pool,
    ):
        for part in (jobs[:WORKERS], jobs):
            clock = _Clock()
            done = batch.run_jobs(pool, part, ledger, digests, lambda outcome: None)
            assert all(outcome.ok for outcome in done.values()), done
            start = clock.cpu
        return clock.answer(len(slugs), start)


def _limit(slugs):
    reports.run_plain(slugs[0])
    clock = _Clock()
    for slug in slugs:
        reports.run_plain(slug)
    return clock.answer(len(slugs), clock.cpu)


RUN = {"commands": _commands, "libraries": _libraries, "press": _press, "limit": _limit}

if __name__ == "__main__":
    main()
