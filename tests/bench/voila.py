"""The table of a meeting loaded by Voila again and again: how long it takes, what the server keeps.

``python -m tests.bench.voila`` loads the page in Chromium 40 times, one after the other, each in a
browser session of its own. A load is good when the controls are there and nothing was said in the
console; it hangs when they are not after 90 s. Pages are closed as people close them; ``--crash``
takes them away as a browser that crashed would: it says no good-bye.
"""

import argparse
import os
import statistics
import time

import psutil

from tests.workshop.meeting import FIELD, LONG, VIEW, Meeting, table

MIB = 1024 * 1024


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--loads", type=int, default=40)
    words.add_argument("--crash", action="store_true")
    args = words.parse_args()
    with table("--present") as (browser, server, address):
        _load(browser, address, args.crash)  # the first one warms up and is not counted
        print(f"before: {_held(server)}", flush=True)
        _tell(args.loads, server, [_load(browser, address, args.crash) for _ in range(args.loads)])


def _load(browser, address, crash):
    """Seconds until the controls are there, or None, and what the console said."""
    from playwright.sync_api import TimeoutError

    context, start = browser.new_context(**VIEW), time.perf_counter()
    try:
        meeting = Meeting.at(context, address)
        meeting.page.wait_for_selector(FIELD, timeout=LONG)
        return time.perf_counter() - start, meeting.said
    except TimeoutError:
        return None, ["hung"]
    finally:
        if not crash:
            _leave(context.pages[0])
        context.close()


def _leave(page):
    """Close a page as people do, and wait until it has gone."""
    with page.expect_event("close", timeout=LONG):
        page.close(run_before_unload=True)
    time.sleep(0.5)  # its good-bye is on the way


def _tell(count, server, loads):
    print(f"after:  {_held(server)}")
    time.sleep(5)
    print(f"5 s later: {_held(server)}")
    seconds = [spent for spent, _ in loads if spent is not None]
    good = sum(spent is not None and not said for spent, said in loads)
    print(f"{good} of {count} loads are good, {count - len(seconds)} hung")
    for sentence in sorted({sentence for _, said in loads for sentence in said}):
        print(f"  said: {sentence[:200]}")
    if seconds:
        print(
            f"seconds until the controls are there: median {statistics.median(seconds):.2f}, "
            f"most {max(seconds):.2f} ({os.cpu_count()} cores)"
        )


def _held(server):
    """Memory of the server, and its kernels with theirs."""
    process = psutil.Process(server.pid)
    kernels = [child.memory_info().rss for child in process.children(recursive=True)]
    return (
        f"server {process.memory_info().rss / MIB:.0f} MiB, "
        f"{len(kernels)} kernels with {sum(kernels) / MIB:.0f} MiB"
    )


if __name__ == "__main__":
    main()
