"""The index of a run: every city with its state, its headline numbers and the way to its page."""

from itertools import groupby
from pathlib import Path

from dxplan.press.check import check_page
from dxplan.press.page import build_shell, templates, write_file

NOT_COLUMNS = ("title", "foot")


def write_index(outcomes, folder, title="DX推進計画 団体一覧"):
    """Write index.html over the outcomes of a run.

    Parameters
    ----------
    outcomes : outcomes in the order of the table; those of one group stand together
    folder : folder of the pages
    title : text

    Returns
    -------
    path of the index

    Raises
    ------
    PressError
        if the file cannot be written
    """
    return write_file(Path(folder) / "index.html", build_index(outcomes, title))


def build_index(outcomes, title):
    """Index page over the outcomes of a run, not written yet.

    Parameters
    ----------
    outcomes : outcomes in the order of the table
    title : text

    Returns
    -------
    HTML text
    """
    groups = [(name, list(members)) for name, members in groupby(outcomes, lambda outcome: outcome.group)]
    labels = dict.fromkeys(label for outcome in outcomes for label in outcome.headline)
    table = templates().get_template("index.html.j2").render(
        title=title, groups=groups, labels=[label for label in labels if label not in NOT_COLUMNS],
        total=len(outcomes), good=sum(outcome.ok for outcome in outcomes))
    page = build_shell(title, table)
    check_page(page)
    return page
