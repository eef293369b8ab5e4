"""What stands where in an SVG: words that meet lines, edges of bars, each other or the rim.

Reads the text of the SVG alone and shares no code with what draws it.
"""

import re
from itertools import combinations
from unicodedata import east_asian_width
from xml.etree import ElementTree

NAME = "{http://www.w3.org/2000/svg}"
STEP = re.compile(r"([MLHVCaz])([^MLHVCaz]*)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SLACK = 0.4  # points that two things may lie in each other


def width_of(text):
    """Width of a text for its size, as a proportional gothic font has it."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.6 for letter in text)


def texts(svg):
    """(text, size, (left, right, top, foot)) of each text; the foot without descenders."""
    root = ElementTree.fromstring(svg)
    for one in root.iter(NAME + "text"):
        size = float(one.get("font-size") or root.get("font-size"))
        width, x, y = width_of(one.text) * size, float(one.get("x")), float(one.get("y"))
        left = x - width * {"middle": 0.5, "end": 1}.get(one.get("text-anchor"), 0)
        yield one.text, size, (left, left + width, y - 0.8 * size, y + 0.1 * size)


def edges(svg):
    """((x, y), (x, y)) of each line, and of the sides of each surface."""
    root = ElementTree.fromstring(svg)
    for one in root.iter(NAME + "path"):
        if not (one.get("fill") or one.get("style")):
            continue  # of a pattern
        filled = one.get("fill") != "none"
        if filled and one.get("fill") == "#ffffff" and not one.get("stroke"):
            continue  # paper
        for places in _pieces(one.get("d")):
            yield from zip(places, places[1:], strict=False)


def _pieces(path):
    """The places of each piece of a path."""
    places = []
    for letter, rest in STEP.findall(path):
        numbers = [float(number) for number in NUMBER.findall(rest)]
        if letter == "M":
            if places:
                yield places
            places = [tuple(numbers)]
        elif letter == "L":
            places.append(tuple(numbers))
        elif letter == "H":
            places.append((numbers[0], places[-1][1]))
        elif letter == "V":
            places.append((places[-1][0], numbers[0]))
        elif letter == "C":  # a curve: it lies within the places that bend it
            places += zip(numbers[::2], numbers[1::2], strict=True)
        elif letter == "a":  # half a circle: a box around it
            half, (x, y) = numbers[0], places[-1]
            ends = (x + numbers[5], y)
            places += [(x, y - half), (ends[0], y - half), (ends[0], y + half), (x, y + half), ends]
        else:
            places.append(places[0])
    if places:
        yield places


def _cuts(box, edge):
    """Whether an edge runs through a box (Liang and Barsky)."""
    left, right, top, foot = box
    (x, y), (far, down) = edge
    first, last = 0.0, 1.0
    for step, room in (
        (x - far, x - left),
        (far - x, right - x),
        (y - down, y - top),
        (down - y, foot - y),
    ):
        if step == 0:
            if room < 0:
                return False
            continue
        share = room / step
        if step < 0:
            first = max(first, share)
        else:
            last = min(last, share)
    return first <= last


def crossings(svg, boxes=None):
    """A sentence for each word that meets something.

    Parameters
    ----------
    boxes : (text, size, box) as a browser measured them, where it did.
    """
    boxes = list(boxes or texts(svg))
    width, height = map(float, ElementTree.fromstring(svg).get("viewBox").split()[2:])
    found, lines = [], list(edges(svg))
    for text, _, (left, right, top, foot) in boxes:
        if left < -SLACK or right > width + SLACK or top < -SLACK or foot > height + SLACK:
            found.append(f"{text} leaves the figure")
        inner = (left + SLACK, right - SLACK, top + SLACK, foot - SLACK)
        if any(_cuts(inner, edge) for edge in lines):
            found.append(f"{text} lies on a line")
    for (one, _, a), (other, _, b) in combinations(boxes, 2):
        aside = a[1] < b[0] + SLACK or b[1] < a[0] + SLACK
        above = a[3] < b[2] + SLACK or b[3] < a[2] + SLACK
        if not (aside or above):
            found.append(f"{one} lies on {other}")
    return found


def surfaces(svg):
    """Colour and whether it is hatched of each filled surface that has room for a bar."""
    root = ElementTree.fromstring(svg)
    tiles = {one.get("id"): one[0].get("fill") for one in root.iter(NAME + "pattern")}
    for one in root.iter(NAME + "path"):
        fill = one.get("fill") or "none"
        if fill == "none":
            continue
        if fill.startswith("url"):
            yield tiles[fill[5:-1]], True
        else:
            yield fill, False


def height_of(svg):
    """Height of a figure, points."""
    return float(ElementTree.fromstring(svg).get("viewBox").split()[3])


# Of each figure that is seen: its SVG, pixels of a unit, and its words as the browser lays them.
SEEN = """() => [...document.querySelectorAll("figure svg")].filter((one) => one.checkVisibility())
  .map((one) => ({
    svg: new XMLSerializer().serializeToString(one),
    scale: one.getScreenCTM().a,
    texts: [...one.querySelectorAll("text")].map((text) => {
      const box = text.getBBox(), size = parseFloat(getComputedStyle(text).fontSize);
      const y = Number(text.getAttribute("y"));
      return [text.textContent, size, [box.x, box.x + box.width, y - 0.8 * size, y + 0.1 * size]];
    }),
  }))"""
PAPER = 687  # pixels: what an A4 portrait page has between its margins


def seen_figures(page):
    """Smallest letter in pixels, and the crossings, of all figures that a browser shows."""
    figures = page.evaluate(SEEN)
    sizes = [one["scale"] * size for one in figures for _, size, _ in one["texts"]]
    found = [said for one in figures for said in crossings(one["svg"], one["texts"])]
    return min(sizes, default=99.0), found


def figure_findings(page):
    """(pixels at 390, points in print, sentences) of the figures of an opened page."""
    page.set_viewport_size({"width": 390, "height": 844})
    narrow, found = seen_figures(page)
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.emulate_media(media="print")
    broad, more = seen_figures(page)
    page.emulate_media(media="screen")
    return narrow, 0.75 * broad, found + more
