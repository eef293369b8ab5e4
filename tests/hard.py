"""Tests of processes, many times with every core busy: `make test-hard`.

A limit that only an idle machine keeps, or a signal that comes a little later, is found here. The
rounds run side by side, two to a core, and keep it busy for each other. The first round that fails
is told, and no other one begins.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

ROUNDS = 50
AT_ONCE = 2 * (os.cpu_count() or 1)
LONGEST = 3_600.0  # seconds; a round that hangs has failed
TESTS = (  # kill, lock, cluster, signal
    "tests/press/test_batch.py",
    "tests/press/test_cluster.py",
    "tests/press/test_ledger.py",
    "tests/press/test_scratch.py",
    "tests/press/test_sharing.py",
    "tests/test_machines.py",
    "tests/test_processes.py",
)


class Round(NamedTuple):
    """How a round ended: pytest's status, wall seconds, what it printed."""

    status: int
    seconds: float
    told: str


def run_round(number: int) -> Round:
    """All tests once, with temporary files of their own: none sees what another round leaves."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"round{number}-", ignore_cleanup_errors=True) as own:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS]
        done = subprocess.run(
            command,
            env=os.environ | {"TMPDIR": own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    return Round(done.returncode, time.monotonic() - start, done.stdout)


def main(rounds: int) -> int:
    """Exit status of the first round that fails; 0 where all are good."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, done in enumerate(pool.map(run_round, range(1, rounds + 1)), 1):
            said = f"round {number} of {rounds}: status {done.status}, {done.seconds:.0f} s"
            print(said, flush=True)
            if done.status:
                print(done.told, flush=True)
                pool.shutdown(wait=False, cancel_futures=True)
                return done.status
    return 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS))
