"""Tests of processes, many times in a row with every core busy: `make test-hard`.

A limit that only an idle machine keeps, or a signal that comes a little later, is found here. The
first round that fails is the last.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

ROUNDS = 50
TESTS = (  # kill, lock, cluster, signal
    "tests/press/test_batch.py",
    "tests/press/test_cluster.py",
    "tests/press/test_ledger.py",
    "tests/press/test_scratch.py",
    "tests/press/test_sharing.py",
    "tests/test_machines.py",
    "tests/test_processes.py",
)


def main(rounds: int) -> int:
    """Exit status of the first round that fails; 0 where all are good."""
    busy = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(busy) for _ in range(os.cpu_count() or 1)]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *TESTS]
    try:
        for number in range(1, rounds + 1):
            start = time.monotonic()
            status = subprocess.run(command, check=False).returncode
            seconds = time.monotonic() - start
            print(f"round {number} of {rounds}: status {status}, {seconds:.0f} s", flush=True)
            if status:
                return status
        return 0
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS))
