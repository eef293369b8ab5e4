"""Own people only, outsiders only, both, and the own mix on the same city: what each does and costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from dxplan.plan.whole import Comparison
from dxplan.show import labels, style
from dxplan.show.style import Figure, Shown, Table, Text

LINES = {
    "own": (style.BLUE, "-", "o"),
    "outside": ("#8a5a00", (0, (5, 2)), "s"),
    "both": (style.INK, "-", "D"),
    "mix": ("#4d4d52", (0, (1, 1.5)), "^"),
}
ASSUMED = f"人員・割合・単価は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」「形態ごとの前提」の表を参照)"
STANDING = "経常の仕事"
SAME_DATES = "移行の日程はどの進め方でも同じで、その日程に足りない人手を「人手の不足」に数える。"
FEW = 0.05  # person-months, people and months below which two strategies are called alike
ALIKE = 0.005  # share of money below which two strategies cost alike
TEN_THOUSAND, MILLION = 10_000, 1_000_000


def source_text(found: Comparison) -> str:
    """Where the numbers come from, and from when on they hold; the gap of each strategy is in the table."""
    city = found.city
    return (
        f"出典: dxplan の計算(計画の開始 {labels.date_text(city.start)})。"
        f"{labels.date_text(city.at('basis_date').value)}時点。{ASSUMED}"
    )


def _rows(found: Comparison) -> dict[str, dict]:
    return {row["strategy"]: row for row in found.row.to_dict("records")}


def _name(strategy: str) -> str:
    return f"「{labels.word_of('strategy', strategy)}」"


# --- in words --------------------------------------------------------------------------------------------
def verdict_text(found: Comparison) -> str:
    """Which strategy comes out best for this city, and what each of the others does better and worse."""
    rows = _rows(found)
    best = rows[found.best]
    said = "".join(_against_text(best, row) for name, row in rows.items() if name != found.best)
    return f"{found.city.name}では{_name(found.best)}が最も良い(重みを含む値が{_value_text(best)}で最小)。{_near_text(found)}{said}"


def verdict_paragraph(found: Comparison) -> Shown:
    """The sentences of ``verdict_text`` as a framed paragraph, and what the meeting said of it."""
    return Text(
        style.paragraph(verdict_text(found), "verdict").html()
        + style.minutes_text(found.city, "staffing").html()
    )


def _value_text(row: dict) -> str:
    return f"{row['value'] / MILLION:,.1f}百万円"


def _near_text(found: Comparison) -> str:
    """What is said where the least value is not the best's, or where the gaps leave the order open."""
    rows = _rows(found)
    best, least = rows[found.best], min(rows.values(), key=lambda row: row["value"])
    if least["strategy"] != found.best:
        return (
            f"{_name(least['strategy'])}の値は{_value_text(least)}でわずかに小さいが、差は計算の隔たり"
            f"({labels.percent_text(least['gap'])}%)の範囲内にあるため、簡素な方を良いとした。"
        )
    open_ = [
        name
        for name, row in rows.items()
        if name != found.best and row["value"] * (1 - row["gap"]) < best["value"]
    ]
    if not open_:
        return ""
    return f"ただし{'と'.join(map(_name, open_))}との順位は、計算の隔たりが値の差より大きいため、確定していない。"


def _against_text(best: dict, other: dict) -> str:
    """What another strategy does better, and what worse, than the best one."""
    found = list(_differences(best, other))
    good, bad = (
        _joined([text for better, text in found if better is wanted]) for wanted in (True, False)
    )
    if good and bad:
        return f"{_name(other['strategy'])}は、{good}が、{bad}。"
    ending = good or bad or "支出・不足・自走する月に差がない"
    return f"{_name(other['strategy'])}は、{ending}。"


def _joined(texts: list[str]) -> str:
    """Clauses as one: all but the last in the form that goes on (少ない becomes 少なく, 至らない 至らず)."""
    endings = (("らない", "らず"), ("い", "く"), ("する", "し"), ("る", "り"))
    going = [
        next(text.removesuffix(old) + new for old, new in endings if text.endswith(old))
        for text in texts[:-1]
    ]
    return "、".join([*going, *texts[-1:]])


def _differences(best: dict, other: dict) -> Iterator[tuple[bool, str]]:
    """(whether it is better, words) of each measure in which the strategies differ."""
    yen = other["yen"] - best["yen"]
    if abs(yen) > ALIKE * max(best["yen"], 1):
        yield yen < 0, f"支出が{labels.yen_text(abs(yen))}{'少ない' if yen < 0 else '多い'}"
    short = other["short"] - best["short"]
    if abs(short) > FEW:
        yield short < 0, f"人手の不足が{abs(short):,.1f}人月{'少ない' if short < 0 else '多い'}"
    yield from _later(best["self_reliant"], other["self_reliant"])
    left = other["left"] - best["left"]
    if abs(left) >= ALIKE:
        yield (
            left > 0,
            f"最後の月に職員が担う{STANDING}は{labels.percent_text(other['left'])}%{'になる' if left > 0 else 'にとどまる'}",
        )
    change = other["change"] - best["change"]
    if abs(change) > FEW:
        yield (
            change > 0,
            f"変革人材が{labels.heads_text(abs(change))}人{'多い' if change > 0 else '少ない'}",
        )


def _later(best: date | None, other: date | None) -> Iterator[tuple[bool, str]]:
    if best is None or other is None:
        if best is not other:
            yield (
                best is None,
                f"{labels.month_text(other)}に自走する" if other else "期間内に自走に至らない",
            )
        return
    count = (other.year - best.year) * 12 + other.month - best.month
    if count:
        yield count < 0, f"自走する月が{labels.months_text(count)}{'早い' if count < 0 else '遅い'}"


def _none(value: object) -> bool:
    return value is None or value is pd.NaT or value != value


def value_text(found: Comparison) -> str:
    """What the value is made of, with the weights of this city; it is no budget."""
    city = found.city
    weight = {
        name: f"{labels.number_text(city.number(name) / TEN_THOUSAND)}万円"
        for name in ("price_short", "price_people", "price_use", "own_time_yen")
    }
    return (
        f"重みを含む値は、支出に、人手の不足(1人月{weight['price_short']})、目標に足りない人数(変革・コア人材1人"
        f"{weight['price_people']}、活用人材1人{weight['price_use']})、職員が学ぶ時間と兼務の時間(1人月{weight['own_time_yen']})の"
        f"重みと、計画の最後の月の状態がさらに{city.number('tail_months'):g}か月続くとした分を加えたもので、予算の額ではない。"
        "進め方の違いは、使える手段(外部人材・研修・採用)の制約だけで、どれかに有利な重みは置いていない。"
    )


def value_paragraph(found: Comparison) -> Shown:
    """The sentences of ``value_text`` as a paragraph."""
    return style.paragraph(value_text(found), "reading")


# --- outside share ---------------------------------------------------------------------------------------
def share_figure(found: Comparison) -> Figure:
    """The outside share of the driving work, and the own share of the standing work, by month and strategy."""
    sentence = share_text(found)
    with style.drawing():
        canvas = style.canvas(3.1, style.UPRIGHT)
        for left, column, title in (
            (0.06, "share", "移行・DX推進のうち外部人材の割合(%)"),
            (0.56, "kept", f"{STANDING}のうち職員が担う割合(%)"),
        ):
            axes = canvas.add_axes((left, 0.21, 0.43, 0.66))
            _draw_shares(axes, _shares(found), column, title)
        handles, words = axes.get_legend_handles_labels()
        canvas.legend(
            handles,
            words,
            loc="lower center",
            bbox_to_anchor=(0.5, -0.01),
            ncol=4,
            frameon=False,
            handlelength=3.2,
        )
        svg = style.svg_text(canvas, "strategy", f"{found.city.name}の進め方と外部依存率", sentence)
    return Figure("strategy", svg, sentence, source_text(found), _share_table(found))


def _shares(found: Comparison) -> pd.DataFrame:
    kept = [
        own / all_ if all_ > 0 else 1.0
        for own, all_ in zip(found.share["covered"], found.share["wanted"])
    ]
    return found.share.assign(kept=kept)


def _draw_shares(axes, frame: pd.DataFrame, column: str, title: str) -> None:
    for place, (name, part) in enumerate(frame.groupby("strategy", sort=False)):
        colour, dashes, mark = LINES[name]
        axes.plot(
            [x + 0.5 for x in range(len(part))],
            part[column] * 100,
            color=colour,
            linestyle=dashes,
            linewidth=1.5,
            marker=mark,
            markersize=4,
            markevery=(3 * place, 12),
            clip_on=False,
            label=labels.word_of("strategy", name),
        )
    axes.set_ylim(0, 104)
    axes.set_title(title, loc="left", fontsize=8.5, pad=5)
    style.plain_axes(axes, "y")
    style.month_axes(axes, list(frame.drop_duplicates("month")["month"]))


def share_text(found: Comparison) -> str:
    """The mean outside share of each strategy, and what own people do in the last month."""
    said = [
        f"{_name(name)}は平均{labels.percent_text(row['share'])}%(最後の月に職員が担う{STANDING}は"
        f"{labels.percent_text(row['left'])}%)"
        for name, row in _rows(found).items()
    ]
    return f"移行・DX推進の仕事に占める外部人材の割合は、{'、'.join(said)}。"


def _share_table(found: Comparison) -> Table:
    frame = _shares(found)
    rows = []
    for month, part in frame.groupby("month", sort=False):
        by = {
            row.strategy: f"{labels.percent_text(row.share)} / {labels.percent_text(row.kept)}"
            for row in part.itertuples()
        }
        rows.append((month, *(by[name] for name in _rows(found))))
    table = pd.DataFrame(rows, columns=["month", *(f"way_{name}" for name in _rows(found))])
    note = f"左は移行・DX推進のうち外部人材、右は{STANDING}(DX推進と日常のシステム運用)のうち職員の割合(%)。\n{source_text(found)}"
    return Table(table, "月ごとの外部人材の割合と職員の割合", note, "month")


# --- tables ----------------------------------------------------------------------------------------------
def comparison_table(found: Comparison) -> Table:
    """Each strategy's self-reliance, shortage, money, end of outsiders, what is left, value."""
    by = {name: dict(_measures(found, row)) for name, row in _rows(found).items()}
    columns = {f"way_{name}": list(row.values()) for name, row in by.items()}
    frame = pd.DataFrame({"what": list(by[found.best]), **columns})
    missing = (
        ""
        if "mix" in by
        else "「独自の組合せ」は、上限(mix_outside・mix_cohort)の指定がないため比べていない。"
    )
    roadmap = SAME_DATES if found.city.lots else ""
    note = f"{missing}{roadmap}外部依存率は移行・DX推進の仕事に占める外部人材の割合。\n{source_text(found)}"
    return Table(frame, "進め方の比較", note, "what")


def _measures(found: Comparison, row: dict) -> Iterator[tuple[str, str]]:
    """(measure, text) of a strategy, from people to money to the value."""
    yield (
        "自走する月",
        "至らない" if _none(row["self_reliant"]) else labels.month_text(row["self_reliant"]),
    )
    yield "人手の不足(人月)", f"{row['short']:,.1f}"
    yield "支出(千円)", f"{round(row['yen'] / 1000):,}"
    yield "最後の外部人材の終了", _exit_text(found, row)
    yield "外部依存率の平均(%)", labels.percent_text(row["share"])
    yield f"最後の月に職員が担う{STANDING}(%)", labels.percent_text(row["left"])
    yield "最後の月の変革人材(人)", labels.heads_text(row["change"])
    yield "重みを含む値(百万円)", f"{row['value'] / MILLION:,.1f}"
    yield "計算の隔たり(%)", labels.percent_text(row["gap"])


def _exit_text(found: Comparison, row: dict) -> str:
    if _none(row["exit"]):
        return "外部人材なし"
    return (
        "終わらない" if row["exit"] > found.share["month"].max() else labels.date_text(row["exit"])
    )


def cost_table(found: Comparison) -> Table:
    """Money spent by fiscal year and strategy, in thousands of yen."""
    names = list(_rows(found))
    wide = found.cost.pivot_table(
        index="fiscal", columns="strategy", values="yen", aggfunc="sum", fill_value=0
    )
    thousand = (wide.reindex(columns=names, fill_value=0) / 1000).round().astype(int)
    rows = [
        (labels.fiscal_text(int(fiscal)), *(f"{value:,}" for value in row))
        for fiscal, row in zip(thousand.index, thousand.itertuples(index=False))
    ]
    rows.append(("計", *(f"{value:,}" for value in thousand.sum())))
    frame = pd.DataFrame(rows, columns=["year", *(f"way_{name}" for name in names)])
    note = f"今いる職員の人件費は含まない。\n{source_text(found)}"
    return Table(
        frame, "進め方ごとの年度の支出(千円)", note, "year", none="どの進め方にも支出はない。"
    )
