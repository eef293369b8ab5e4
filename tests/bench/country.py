"""All 1,741 reports at quick effort: wall time, CPU, peak memory of all processes, and a second run with nothing changed."""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.press import tree_cpu

GIB = 2**30


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--prefecture", help="one prefecture in place of the country")
    words.add_argument("--out", help="keep the pages here")
    args = words.parse_args()
    which = ["--prefecture", args.prefecture] if args.prefecture else ["--all"]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "dxplan", "report", *which, "--effort", "簡易", "--out", args.out or folder]
        for word in ("first run", "second run, nothing changed"):
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            seen = _watch(process.pid)
            last = process.communicate()[0].splitlines()[-3:]
            print(f"{word}: {time.perf_counter() - start:.0f} s wall, {seen['cpu']:.0f} CPU s, peak memory of all processes "
                  f"{seen['memory'] / GIB:.2f} GiB, exit {process.returncode}\n  " + "\n  ".join(last), flush=True)


def _watch(pid):
    """CPU and the peak of memory (proportional set size) of a process and all below it, while it runs."""
    seen = {"cpu": 0.0, "memory": 0}

    def look():
        while Path(f"/proc/{pid}/stat").exists() and _state(pid) != "Z":
            seen["cpu"] = max(seen["cpu"], tree_cpu(pid))
            seen["memory"] = max(seen["memory"], _memory(pid))
            time.sleep(2)

    threading.Thread(target=look, daemon=True).start()
    return seen


def _state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _memory(root):
    below, total = {root}, 0
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            above = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if int(path.name) in below or above in below:
                below.add(int(path.name))
                rows = dict(line.split(":", 1) for line in (path / "smaps_rollup").read_text().splitlines()[1:])
                total += int(rows["Pss"].split()[0]) * 1024
        except (OSError, KeyError, IndexError):
            continue
    return total


if __name__ == "__main__":
    main()
