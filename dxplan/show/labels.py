"""Every Japanese word a reader sees, keyed by column name; number and date formats; 令和 and 年度.

Columns are named in English everywhere else. What a column is called and which unit its numbers
carry is decided in ``headings``, how they are written here alone.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple, Protocol

import pandas as pd

from dxplan.facts import months
from dxplan.show.headings import COLUMNS

REIWA = 2018  # 令和1年 is 2019
WEEKDAYS = "月火水木金土日"
MISSING = "―"


class Solved(Protocol):
    """What is told of a solver's outcome; the floors below the planners are not imported here."""

    status: str
    gap: float


class Grade(NamedTuple):
    """What a grade (確度) means, and whether a person has yet to confirm it."""

    meaning: str
    unconfirmed: bool


ROLES = {"dx": "DX・情報部門", "section": "業務所管課"}
WINDOWS = {"year_end": "年末年始", "holiday": "3日以上の連休", "weekend": "通常の週末"}

WORDS: dict[str, dict[str, str]] = {
    "state": {
        "live": "稼働",
        "presumed": "稼働とみなす",
        "unsure": "要確認",
        "flagged": "要確認(該当見込み)",
        "late": "特定移行支援・未移行",
        "out": "対象外",
    },
    "situation": {
        "lots": "移すロットあり",
        "both": "移すロットと要確認あり",
        "questions": "要確認のみ",
        "after": "移行の残りなし",
    },
    "phase": {
        "papers": "予算要求まで",
        "budget": "予算",
        "tender": "調達・契約",
        "prepare": "準備",
        "rehearse": "移行リハーサル",
        "test": "テスト",
        "train": "研修",
        "law": "条例",
        "notice": "周知",
        "stop": "停止",
        "cutover": "切替",
        "care": "安定稼働",
        "link": "暫定連携",
    },
    "window": WINDOWS,
    "closure_kind": WINDOWS,
    "set_by": {
        "offer": "ベンダの提示日",
        "block": "準備・リハーサル・テストに要る期間",
        "budget": "予算の時期",
        "papers": "予算要求までの書類",
        "tender": "調達・契約に要る期間",
        "window": "切替に適した時期(繁忙期・閉庁日)",
        "people": "ほかのロットとの人手・切替の重なり",
    },
    "scenario": {
        "base": "この計画",
        "later": "ベンダが半年遅い場合",
        "earlier": "ベンダが半年早い場合",
        "gate": "最初の予算を逃した場合",
        "alone": "外部人材を使わない場合",
        "window": "切替を次の候補日にした場合",
    },
    "branch": {"live": "要確認を稼働と置いた場合(この計画)", "late": "要確認を未移行と置いた場合"},
    "kind": ROLES,
    "role": ROLES,
    "measure": {
        "steps": "完了ステップの割合",
        "live": "稼働したシステムの割合",
        "presumed": "稼働とみなすシステムを加えた割合",
    },
    "standing": {"late": "期限後", "after": "目標後", "within": "目標内"},
    "fund": {
        "subsidy": "国庫支出金",
        "special": "特別交付税",
        "ordinary": "普通交付税",
        "bond": "地方債",
        "general": "一般財源",
        "": "財源に数えない措置",
    },
    "treatment": {
        "": "見込む",
        "no_cost": "対象となる経費がない",
        "no_rate": "率が未確認のため見込まない",
        "body": "不交付団体のため0",
        "unused": "使わない設定(bond_use)",
        "prefecture": "都道府県への措置で、市区町村の経費は対象外",
        "later": "後年度の交付税。計画の年度の財源に数えない",
        "split": "経費の内訳がないため見込まない",
        "gift": "寄附であり、率の定めがない",
        "in_kind": "現物の支援で、歳入はない",
        "other": "見込まない",
    },
    "tier": {
        "core": "デジタル・コア人材",
        "change": "デジタル変革人材",
        "use": "デジタル活用人材",
        "none": "未受講",
    },
    "work": {
        "dx": "標準化の移行(DX・情報部門)",
        "promotion": "DX推進",
        "daily": "日常のシステム運用",
        "section": "標準化の移行(業務所管課)",
    },
    "step": {1: "ステップ1", 2: "ステップ2", 3: "ステップ3"},
    "kind_option": {"now": "いまの計画", "strategy": "進め方", "variant": "保存した変更案"},
    "strategy": {"own": "自前のみ", "outside": "外部のみ", "both": "二刀流", "mix": "独自の組合せ"},
    "cause": {
        "seats": "クラスの席の不足",
        "season": "繁忙期・切替との重なり",
        "coach": "伴走する人の時間の不足",
        "calendar": "年度内の日程の不足(議会・会場・クラス数)",
        "order": "受けられる人の不足(前のステップの修了者など)",
        "release": "課から同時に出せる人数の上限",
    },
    "use": {"front": "窓口・相談", "change": "業務の改善", "overtime": "時間外勤務の縮減"},
    "question": {"purpose": "目的", "who": "対象", "how": "方法"},
    "chapter": {"pmo": "移行", "staffing": "人材", "training": "研修", "budget": "経費と財源"},
    "category": {"risk": "リスク", "assumption": "前提", "issue": "課題", "dependency": "依存"},
    "likelihood": {0: MISSING, 1: "低", 2: "中", 3: "高"},
    "impact": {0: MISSING, 1: "小", 2: "中", 3: "大"},
    "owner": {
        "mayor": "首長・CIO",
        "board": "DX推進本部",
        "office": "PMO",
        "dx": "DX・情報部門",
        "section": "業務所管課",
        "finance": "財政課",
        "personnel": "人事課",
        "contract": "契約・法制の担当課",
        "vendor": "ベンダ",
    },
    "origin": {
        "lot": "移行ロットの表",
        "load": "月ごとの負荷と使える量の表",
        "systems": "20業務と共通機能の現在地の表",
        "why": "条件を変えたときの見通しの表",
        "gate": "予算の関門の表",
        "cover": "月ごとの仕事と担い手の表",
        "handover": "引継ぎの推移の表",
        "pyramid": "人材の層ごとの人数の表",
        "contract": "外部人材と採用の一覧",
        "unseated": "席を用意できない人の表",
        "sure": "要確認の率が0の場合の一般財源の表",
        "request": "予算要求の予定の表",
        "assumptions": "前提と出典の表",
        "status": "計算の状態",
        "task": "作業項目の一覧(WBS)",
    },
    "meeting": {
        "board": "DX推進本部会議",
        "review": "関門の審査",
        "office": "PMO定例",
        "issue": "課題会議",
        "vendor": "ベンダ定例",
        "community": "学び合いの場",
    },
    "area": {
        "migration": "標準化の移行",
        "budget": "予算と財源",
        "people": "人材の確保",
        "training": "研修",
        "control": "管理",
    },
    "duty": {
        "request": "予算要求",
        "funding": "補助金・地方債・交付税の手続",
        "recruit": "外部人材・任期付職員などの募集と契約",
        "handover": "外部人材からの引継ぎと終了",
        "seat": "受講者の割当て",
        "teach": "研修の実施と学び合いの場",
        "automate": "業務の自動化(ステップ3の成果)",
        "progress": "進捗・課題・リスクの管理",
        "change": "計画の変更の承認",
        "cutover": "切替の判定",
    },
    "timing": {"on_time": "当年度", "carried": "前年度", "late": "間に合わない"},
}

ITEMS = {
    "step1": "ステップ1(DXを知る)",
    "step2": "ステップ2(課題の発見・解決)",
    "step3": "ステップ3(伴走による自動化)",
    "base": "現行水準の運用経費",
    "live": "稼働済み(みなしを含む)のシステムの増加分",
    "added": "計画で稼働するシステムの増加分",
    "extension": "現行契約の延長",
    "link": "暫定連携の構築と撤去",
    "automation": "自動化の道具・接続",
}

GRADES: dict[str, Grade] = {
    "A": Grade("国・自治体の公表資料で確かめた値", False),
    "B": Grade("報道・専門家、または公表データの転記", False),
    "C": Grade("事業者などの二次資料", False),
    "M": Grade("公表資料の内容の記憶。原文は未確認", True),
    "G": Grade("公表の根拠のない設計上の仮定", True),
}
UNCONFIRMED = "要確認"


def label_of(column: str) -> str:
    """The Japanese label of a column.

    Raises
    ------
    KeyError
        The column has no label; give it one here.
    """
    return COLUMNS[column].label


def word_of(column: str, word: str) -> str:
    """The Japanese word for a value of a column that holds words, such as bound or scenario."""
    return WORDS[column][word]


# --- dates ----------------------------------------------------------------------------------------
def reiwa(year: int) -> str:
    """A calendar year as an era year: 令和12年 for 2030, 令和元年 for 2019."""
    return f"令和{'元' if year == REIWA + 1 else year - REIWA}年"


def fiscal_text(fiscal: int) -> str:
    """A fiscal year in both counts: 令和12(2030)年度."""
    return f"{reiwa(fiscal)[:-1]}({fiscal})年度"


def fiscal_short(fiscal: int) -> str:
    """A fiscal year in few letters: R12年度."""
    return f"R{fiscal - REIWA}年度"


def era_fiscal(fiscal: int) -> str:
    """A fiscal year as a budget book has it: 令和12年度."""
    return f"{reiwa(fiscal)[:-1]}年度"


def month_text(day: date) -> str:
    """Year and month: 2031年3月."""
    return f"{day.year}年{day.month}月"


def date_text(day: date) -> str:
    """Year, month and day: 2031年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_text(day: date) -> str:
    """A day with its weekday: 2031年3月31日(月)."""
    return f"{date_text(day)}({WEEKDAYS[day.weekday()]})"


def quarter_text(day: date) -> str:
    """The fiscal quarter that holds a day, as an undecided date is told: 2028年度第4四半期."""
    return f"{months.fiscal_year(day)}年度第{months.fiscal_quarter(day)}四半期"


def quarter_long(day: date) -> str:
    """A quarter with its months: 2028年度第4四半期(2029年1〜3月)."""
    first = months.quarter_start(day).month
    return f"{quarter_text(day)}({day.year}年{first}〜{first + 2}月)"


BEYOND = "見通せない"  # a quantile that lies beyond the plan's calendar


def quarters_text(first: date | None, last: date | None) -> str:
    """A range of quarters, one where both ends lie in it.

    2028年度第2四半期〜第4四半期, 2028年度第4四半期〜2029年度第1四半期.
    """
    if first is None:
        return BEYOND
    if last is None:
        return f"{quarter_text(first)}〜{BEYOND}"
    if quarter_text(first) == quarter_text(last):
        return quarter_text(first)
    if months.fiscal_year(first) == months.fiscal_year(last):
        return f"{quarter_text(first)}〜第{months.fiscal_quarter(last)}四半期"
    return f"{quarter_text(first)}〜{quarter_text(last)}"


def outlook_text(day: date | None) -> str:
    """A quantile of a go-live as its quarter."""
    return quarters_text(day, day)


def when_text(day: date, decided: bool) -> str:
    """A day where it is decided, else its quarter alone."""
    if decided:
        return date_text(day)
    return quarter_text(day)


def days_text(frame: pd.DataFrame, column: str) -> list[str]:
    """Days of a column as they are told, by the column ``decided``."""
    return [
        when_text(day, decided)
        for day, decided in zip(frame[column], frame["decided"], strict=True)
    ]


def chance_text(share: float) -> str:
    """A chance that hangs on guesses, in whole per cent and never certain: 82%, 99%以上, 1%以下."""
    if share >= 0.99:
        return "99%以上"
    if share <= 0.01:
        return "1%以下"
    return f"{round(share * 100)}%"


def run_text(first: date, last: date) -> str:
    """A run of days within a season: 12月28日(土)〜1月5日(日)."""
    days = (f"{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})" for day in (first, last))
    return "〜".join(days)


def as_of_text(value: object) -> str:
    """An as-of date, given as a date or as ISO text, as 2026年1月31日; other text as it is."""
    try:
        return date_text(date.fromisoformat(str(value)[:10]))
    except ValueError:
        return str(value)


# --- numbers --------------------------------------------------------------------------------------
def number_text(value: float, digits: int | None = None) -> str:
    """A number with thousands separators; as many decimals as given, else only those it needs."""
    if digits is not None:
        return f"{value:,.{digits}f}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def signed_text(value: float) -> str:
    """A difference with its sign and one decimal: +3.0, −2.5, ±0."""
    if round(value, 1) == 0:
        return "±0"
    if value > 0:
        return f"+{value:,.1f}"
    return f"−{-value:,.1f}"


def percent_text(share: float) -> str:
    """A share 0..1 as a percentage with one decimal, without the sign %."""
    return f"{share * 100:,.1f}"


def heads_text(value: float) -> str:
    """A number of people, planned as a mean: 62, below ten 2.9."""
    if value >= 9.95:  # what would be told as 10.0
        return number_text(round(value))
    return number_text(round(value, 1))


def fte_text(value: float) -> str:
    """An amount of work: 5.2FTE, below one 0.05FTE."""
    if abs(value) >= 1:
        return f"{number_text(round(value, 1))}FTE"
    return f"{number_text(round(value, 2))}FTE"


def yen_text(yen: float) -> str:
    """An amount of money as the tables have it: 115,750千円."""
    return f"{round(yen / 1000):,}千円"


def money_text(yen: float) -> str:
    """An amount of money in large units: 1.2億円, 3,400万円."""
    if yen >= 1e8:
        return f"{yen / 1e8:,.1f}億円"
    return f"{yen / 1e4:,.0f}万円"


def outcome_text(outcome: Solved) -> str:
    """Status of a calculation: 最適, or 打切り・隔たり1.2%."""
    if outcome.gap < 0.0005:  # would be told as 0.0%
        return outcome.status
    return f"{outcome.status}・隔たり{percent_text(outcome.gap)}%"


def months_text(value: float) -> str:
    """An amount of months without sign: 3か月, 2.5か月."""
    return f"{number_text(round(abs(value), 1))}か月"


def shift_text(value: float) -> str:
    """By how many months something moves: 3か月遅れる, 2.5か月早まる."""
    if value > 0:
        return f"{months_text(value)}遅れる"
    return f"{months_text(value)}早まる"


def grade_text(grade: str) -> str:
    """A grade, with 要確認 where a person has yet to confirm it."""
    if GRADES[grade].unconfirmed:
        return f"{grade} {UNCONFIRMED}"
    return grade


def grades_text() -> str:
    """What the grades mean, in one sentence."""
    meanings = "、".join(f"{grade}={fact.meaning}" for grade, fact in GRADES.items())
    marked = "・".join(grade for grade, fact in GRADES.items() if fact.unconfirmed)
    return f"確度 {meanings}。{marked}は{UNCONFIRMED}。"


FORMATS = {
    # kind of a column -> how its values are written
    "text": str,
    "plain": lambda v: str(int(v)),
    "date": date_text,
    "day": day_text,
    "month": month_text,
    "as_of": as_of_text,
    "fiscal": lambda v: fiscal_text(int(v)),
    "era": str,
    "said": str,
    "heads": lambda v: heads_text(float(v)),
    "count": lambda v: f"{int(v):,}",
    "tenth": lambda v: number_text(float(v), 1),
    "fine": lambda v: number_text(float(v), 2),
    "percent": percent_text,
    "signed": signed_text,
    "flag": lambda v: "○" if v else MISSING,
    "grade": grade_text,
}
DATES = frozenset({"date", "day", "month", "as_of"})
WHOLE = frozenset({"era"})  # short words that never break
NUMBERS = frozenset({"said", "heads", "plain", "count", "tenth", "fine", "percent", "signed"})


def value_text(column: str, value: object) -> str:
    """A value of a column as a reader sees it; ― where there is none."""
    if value is None or value is pd.NaT or value != value:  # not itself: NaN
        return MISSING
    if column in WORDS:
        return word_of(column, value)
    return FORMATS[COLUMNS[column].kind](value)


def amount_text(value: object) -> str:
    """A parameter's value: a date, a number, or words.

    Month-days are put in words: 要求 10-31 becomes 要求 10月31日.
    """
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, (int, float)):
        return number_text(value)
    return re.sub(r"(\d\d)-(\d\d)", lambda m: f"{int(m[1])}月{int(m[2])}日", str(value))


FACTS = {
    "population": "人口",
    "population_65plus": "65歳以上の人口",
    "households": "世帯数",
    "staff_general": "一般行政部門の職員数",
    "fiscal_strength": "財政力指数",
    "current_balance_ratio": "経常収支比率",
    "debt_service_ratio": "実質公債費比率",
    "future_burden_ratio": "将来負担比率",
    "dx_cio": "CIOの任命",
    "dx_cio_assistant": "CIO補佐官などの任用",
    "dx_policy": "DX推進の全体方針の策定",
    "dx_cross_org": "全庁的・横断的な推進体制の構築",
    "dx_external_talent": "外部デジタル人材の活用",
    "dx_staff_training": "職員の育成の取組",
    "dx_all_staff_training": "全職員を対象とした研修",
    "dx_ai": "AIの導入",
    "dx_rpa": "RPAの導入",
    "dx_telework": "テレワークの導入",
    "mynumber_card_pct": "マイナンバーカードの保有",
    "online26_pct": "子育て・介護26手続のオンライン化",
    "online32_pct": "よく使う32手続のオンライン化",
    "steps_rate_2026_01": "標準化の完了ステップの割合",
    "late_systems_2025_12": "特定移行支援システムの該当見込み",
}
