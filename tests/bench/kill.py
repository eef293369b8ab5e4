"""kill -9 at random moments of a run of a prefecture; the next run must end with the same pages."""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.press.processes import shoot

KINDS = ("parent", "template", "worker", "notebook")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--prefecture", default="千葉県")
    words.add_argument("--kills", type=int, default=10)
    words.add_argument("--seed", type=int, default=1)
    args = words.parse_args()
    chance = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, cut = (Path(folder, name) for name in ("whole", "cut"))
        seconds = _run(args, whole)
        print(f"undisturbed: {len(_pages(whole))} pages in {seconds:.0f} s")
        for number in range(args.kills):
            _disturb(args, cut, chance, KINDS[number % len(KINDS)], seconds)
        print(f"the same command at the end: {_run(args, cut):.0f} s")
        same = _pages(whole) == _pages(cut)
        left = [path.name for path in cut.iterdir() if path.name.endswith(".tmp")]
    print(f"pages equal: {same}; half files left: {left or 'none'}")
    sys.exit(not same or bool(left))


def _command(args, out):
    return [
        sys.executable,
        "-m",
        "dxplan",
        "report",
        "--prefecture",
        args.prefecture,
        "--effort",
        "簡易",
        "--out",
        str(out),
    ]


def _run(args, out):
    start = time.perf_counter()
    subprocess.run(
        _command(args, out), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def _disturb(args, out, chance, kind, seconds):
    process = subprocess.Popen(
        _command(args, out),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait = chance.uniform(10, max(15.0, seconds / 3))
    time.sleep(wait)
    hit = shoot(process.pid, kind, chance)
    time.sleep(chance.uniform(0, 5))
    shoot(process.pid, "parent", chance)
    process.wait()
    print(
        f"  {kind} after {wait:.0f} s {'killed' if hit else 'not there'}, then the parent; "
        f"{len(_pages(out))} pages",
        flush=True,
    )


def _pages(folder):
    return {path.name: path.read_bytes() for path in folder.glob("[0-9]*.html")}


if __name__ == "__main__":
    main()
