"""How many sentences two cities of different kind share, with names, numbers and dates masked.

    python -m tests.bench.pairs [CODE CODE ...]

Counted are the sentences that advise: the conclusion, the decisions and what happens otherwise, the
reasons of the roadmap, and what is particular to the place. The share of a pair is the share of the
sentences of the one with fewer that stand in the other too.
"""

import re
import sys
from html import unescape

from dxplan.facts.catalog import load_table
from dxplan.show import front, particular, reasons
from tests.plans import whole

GOAL = 0.60
PAIRS = (  # of different kind: size, situation, place, strength
    ("172031", "141003"),
    ("172031", "463043"),
    ("172031", "073016"),
    ("141003", "463043"),
    ("141003", "073016"),
    ("463043", "216046"),
    ("131130", "172031"),
    ("131130", "141003"),
    ("131130", "216046"),
    ("032026", "172031"),
    ("032026", "141003"),
    ("216046", "073016"),
    ("155861", "463043"),
    ("014231", "131130"),
    ("032026", "155861"),
)
WORDS = ("businesses.business", "forms.form", "sections.section", "initiatives.initiative")


def sentences(plan):
    """The masked sentences of a plan that advise."""
    texts = [front.conclusion_text(plan), *particular.particular_texts(plan)]
    for one in front.decisions(plan):
        texts += [one.what, one.otherwise]
    if not plan.pmo.done:
        texts.append(re.sub(r"<[^>]+>", "。", unescape(reasons.why_list(plan).html())))
    found = set()
    for text in texts:
        found |= {_masked(plan, part) for part in re.split("[。:]", text)}
    return {part for part in found if len(part) > 3}


def _masked(plan, text):
    """A sentence without names, numbers and dates."""
    names = [plan.city.name, plan.city.pref, *_names()]
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "N")
    text = re.sub(
        r"令和[\d元]+年(?:度|\d+月(?:\d+日)?)?|第\d四半期|[\d.,]+(?:億|万|千)?", "0", text
    )
    text = re.sub(r"ロット0(?:[・、]ロット0)*", "ロット", text)
    return re.sub(r"(?:N[・、]?)+", "N", text).strip()


def _names():
    """Names of businesses, forms, sections and initiatives."""
    for place in WORDS:
        table, column = place.split(".")
        frame = load_table(table)
        if column in frame:
            yield from filter(None, frame[column].dropna().astype(str))


def share(one, other):
    """How much of the smaller set stands in the other."""
    return len(one & other) / max(min(len(one), len(other)), 1)


def run(pairs):
    """A line a pair, then the mean and the largest share."""
    told, shares = {}, []
    for pair in pairs:
        for code in pair:
            if code not in told:
                told[code] = sentences(whole(code))
                whole.cache_clear()
        one, other = (told[code] for code in pair)
        shares.append(share(one, other))
        print(
            f"{pair[0]} {pair[1]}: {len(one)} and {len(other)} sentences, shared {shares[-1]:.0%}"
        )
    mean = sum(shares) / len(shares)
    print(f"{len(shares)} pairs: mean {mean:.0%}, largest {max(shares):.0%} (goal {GOAL:.0%})")


if __name__ == "__main__":
    codes = sys.argv[1:]
    run(list(zip(codes[::2], codes[1::2], strict=True)) or PAIRS)
