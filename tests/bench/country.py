"""All 1,741 reports at quick effort: time, peak memory, and a second run with nothing changed."""

import argparse
import subprocess
import sys
import tempfile
import threading
import time

import psutil

from tests.bench.press import family

GIB = 2**30


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--prefecture", help="one prefecture in place of the country")
    words.add_argument("--out", help="keep the pages here")
    args = words.parse_args()
    which = ["--prefecture", args.prefecture] if args.prefecture else ["--all"]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "dxplan",
            "report",
            *which,
            "--effort",
            "簡易",
            "--out",
            args.out or folder,
        ]
        for word in ("first run", "second run, nothing changed"):
            start = time.perf_counter()
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            seen = _watch(process.pid)
            last = process.communicate()[0].splitlines()[-3:]
            print(
                f"{word}: {time.perf_counter() - start:.0f} s wall, peak memory of all processes "
                f"{seen['memory'] / GIB:.2f} GiB, exit {process.returncode}\n  "
                + "\n  ".join(last),
                flush=True,
            )


def _watch(pid):
    """The peak of memory (proportional set size) of a process and all below it, while it runs."""
    seen = {"memory": 0}

    def look():
        while psutil.pid_exists(pid):
            seen["memory"] = max(seen["memory"], sum(map(_memory, family(pid))))
            time.sleep(2)

    threading.Thread(target=look, daemon=True).start()
    return seen


def _memory(process):
    """Bytes of memory in use, shared pages counted by their share."""
    try:
        return process.memory_full_info().pss
    except psutil.Error:  # gone meanwhile
        return 0


if __name__ == "__main__":
    main()
