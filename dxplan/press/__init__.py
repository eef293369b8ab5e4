"""The press: runs one notebook for many cities and turns each run into one page.

It stands beside the tower and imports nothing of dxplan outside this folder: a notebook is a
closed box to it, and the one word that goes in is the slug of a city.
"""


class PressError(Exception):
    """A notebook cannot be run or a page cannot be made; the text is one Japanese sentence."""


class VanishedError(PressError):
    """The process under a notebook is gone, perhaps by a hand from outside; once more may help."""
