"""The processes of a run, to be shot at."""

import os
import signal
from pathlib import Path


def shoot(parent, kind, chance):
    """Kill one process of a run, of some kind, if there is one.

    Parameters
    ----------
    parent : process number of the run
    kind : parent, template, worker or notebook
    chance : random.Random

    Returns
    -------
    whether there was one
    """
    below = _tree(parent)
    kinds = {"parent": [parent], "template": [], "worker": [], "notebook": []}
    for pid, (above, line) in below.items():
        name = (
            "template"
            if "zygote" in line and above not in _templates(below)
            else "notebook"
            if "zygote" in line
            else "worker"
        )
        kinds[name].append(pid)
    if kinds[kind]:
        os.kill(chance.choice(kinds[kind]), signal.SIGKILL)
    return bool(kinds[kind])


def _templates(below):
    return {
        pid
        for pid, (above, line) in below.items()
        if "zygote" in line and "zygote" not in below.get(above, (0, ""))[1]
    }


def _tree(parent):
    """Everything below a process: number to its parent and command."""
    found, known = {}, {parent}
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            above = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            line = (path / "cmdline").read_bytes().decode(errors="replace")
        except (OSError, IndexError):
            continue
        if above in known:
            known.add(int(path.name))
            found[int(path.name)] = above, line
    return found
