"""Every Japanese word a reader sees, keyed by column name; number and date formats; 令和 and 年度.

Columns are named in English everywhere else. What a column is called, which unit its numbers carry and
how they are written is decided here alone.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

import pandas as pd

REIWA = 2018  # 令和1年 is 2019
WEEKDAYS = "月火水木金土日"
MISSING = "―"


class Column(NamedTuple):
    """What a reader sees of a column: label, unit (may be empty) and the kind of its values."""

    label: str
    unit: str = ""
    kind: str = "text"


class Grade(NamedTuple):
    """What a grade (確度) means, and whether a person has yet to confirm it."""

    meaning: str
    unconfirmed: bool


COLUMNS: dict[str, Column] = {
    # the plan's tables
    "task": Column("作業の記号"),
    "item": Column("作業項目"),
    "phase": Column("段階"),
    "package": Column("調達のまとまり"),
    "business": Column("業務(システム)"),
    "section": Column("担当課"),
    "lead": Column("主担当"),
    "start": Column("開始", kind="date"),
    "finish": Column("終了", kind="date"),
    "weeks": Column("期間", "週", "count"),
    "dx_fte": Column("DX・情報部門", "FTE", "fine"),
    "section_fte": Column("業務所管課", "FTE", "fine"),
    "slot": Column("ベンダの枠", "システム", "fine"),
    "bound": Column("日程を決めるもの", kind="word"),
    "wait": Column("開始を待った理由", kind="word"),
    "critical": Column("最後の稼働を決める列", kind="flag"),
    "stretched": Column("人員に合わせ延長", kind="flag"),
    "cutover": Column("切替の初日", kind="day"),
    "closure_end": Column("切替の最終日", kind="day"),
    "closure_kind": Column("閉庁の種類"),
    "live": Column("稼働日", kind="day"),
    "closure": Column("切替に使う閉庁日"),
    "fiscal": Column("年度", kind="fiscal"),
    "late_target": Column("目標日からの遅れ", "週", "count"),
    "spare": Column("期限までの余裕", "週", "count"),
    "standing": Column("期限・目標との関係", kind="standing"),
    "flagged": Column("特定移行支援の該当見込み", kind="flag"),
    "month": Column("年月", kind="month"),
    "resource": Column("担当"),
    "kind": Column("担当の区分", kind="word"),
    "role": Column("担当の区分", kind="word"),
    "load": Column("負荷", "FTE・ベンダは枠", "tenth"),
    "capacity": Column("使える量", "FTE・ベンダは枠", "tenth"),
    "share": Column("負荷の割合", "%", "percent"),
    "fte": Column("必要な人員", "FTE・ベンダは枠", "tenth"),
    "gate": Column("予算"),
    "request_by": Column("要求の締切", kind="day"),
    "available": Column("執行できる日", kind="day"),
    "next_gate": Column("逃した場合の次の予算"),
    "next_available": Column("その執行できる日", kind="day"),
    "months_missed": Column("逃した場合の遅れ", "か月", "tenth"),
    "scenario": Column("場合", kind="word"),
    "last": Column("最後の稼働", kind="date"),
    "months": Column("最後の稼働の差", "か月", "signed"),
    "mean_months": Column("平均の稼働の差", "か月", "signed"),
    "late": Column("期限後のシステム", "システム", "count"),
    # the city's tables
    "group": Column("区分"),
    "what": Column("項目"),
    "value": Column("値"),
    "unit": Column("単位"),
    "as_of": Column("時点", kind="as_of"),
    "source": Column("出典"),
    "grade": Column("確度", kind="grade"),
    "note": Column("備考"),
    "no": Column("番号", kind="plain"),
    "vendor": Column("ベンダ"),
    "steps": Column("完了ステップ", "40のうち", "count"),
    "status": Column("状況", kind="word"),
    "measure": Column("進捗の見方"),
    "rate": Column("割合", "%", "percent"),
    "nation": Column("全国", "%", "percent"),
    "order": Column("順", kind="plain"),
    "effort": Column("延べ", "人月・ベンダは枠月", "tenth"),
    "peak": Column("最大の月の値", "FTE・ベンダは枠", "tenth"),
    # the budget's tables
    "year": Column("年度", kind="era"),
    "staffing": Column("人材確保", "千円", "count"),
    "training": Column("研修", "千円", "count"),
    "pmo": Column("PMO伴走", "千円", "count"),
    "migration": Column("移行経費", "千円", "count"),
    "running": Column("運用経費", "千円", "count"),
    "invest": Column("初期投資", "千円", "count"),
    "total": Column("歳出計", "千円", "count"),
    "subsidy": Column("国庫支出金", "千円", "count"),
    "bond": Column("地方債", "千円", "count"),
    "special": Column("特別交付税", "千円", "count"),
    "ordinary": Column("普通交付税", "千円", "count"),
    "general": Column("一般財源", "千円", "count"),
    "general_if_zero": Column("一般財源(要確認の率が0の場合)", "千円", "count"),
    "more": Column("率が0の場合の増", "千円", "count"),
    "thousand": Column("金額", "千円", "count"),
    "asked": Column("要求額", "千円", "count"),
    "name": Column("財政措置"),
    "fund": Column("財源", kind="word"),
    "support": Column("率", "%", "percent"),
    "cap": Column("上限額", "円", "count"),
    "term": Column("対象の年度", kind="era"),
    "treatment": Column("この計画での扱い", kind="word"),
    "used": Column("見込額", "千円", "count"),
    "first": Column("支出の始まり", kind="era"),
    "running_low": Column("低位", "千円", "count"),
    "running_middle": Column("中位", "千円", "count"),
    "running_high": Column("高位", "千円", "count"),
    "timing": Column("予算の年度", kind="era"),
    # the staffing's tables
    "tier": Column("人材の層", kind="word"), "now": Column("いま", "人", "heads"), "goal": Column("目標", "人", "heads"),
    "then": Column("計画の最後", "人", "heads"), "reach": Column("目標に対する割合", "%", "percent"),
    "work": Column("仕事", kind="word"), "demand": Column("仕事の量", "FTE", "fine"), "own": Column("職員", "FTE", "fine"),
    "outside": Column("外部人材", "FTE", "fine"), "short": Column("不足", "FTE", "fine"),
    "autonomy": Column("職員だけで進められる量", "FTE", "fine"), "outside_fte": Column("外部人材(契約)", "FTE", "fine"),
    "paired": Column("職員と組む外部人材", "FTE", "fine"), "promotion": Column("DX推進の仕事", "FTE", "fine"),
    "wanted": Column("経常の仕事", "FTE", "fine"), "covered": Column("職員が担う経常の仕事", "FTE", "fine"),
    "people": Column("人数", "人", "heads"), "time": Column("使える時間", "FTE", "fine"),
    "burden": Column("引き受ける仕事", "FTE", "fine"), "over": Column("100%超", kind="flag"),
    "began": Column("初め", "人", "tenth"), "gained": Column("育成・異動による増", "人", "tenth"),
    "hired": Column("採用による増", "人", "tenth"), "lost": Column("減", "人", "tenth"), "ended": Column("終わり", "人", "tenth"),
    "classes": Column("クラス", "クラス", "count"), "learners": Column("受講", "人", "count"),
    "span": Column("期間", "か月", "count"), "finishers": Column("修了の見込み", "人", "count"), "form": Column("形態"),
    "content": Column("内容"), "period": Column("期間"),
    "engaged": Column("件数", "件", "count"), "each": Column("1件当たり", "FTE", "fine"),
    "monthly": Column("1件の月額", "万円/月", "tenth"), "leaving": Column("終了の条件"), "step": Column("ステップ", kind="word"),
    "way_own": Column("自前のみ", kind="said"), "way_outside": Column("外部のみ", kind="said"),
    "way_both": Column("二刀流", kind="said"), "way_mix": Column("独自の組合せ", kind="said"),
    "moved": Column("稼働するシステム", "システム", "count"),
    # the training's tables
    "cohort": Column("クラス", kind="era"), "place": Column("会場", kind="era"), "trainer": Column("教える人"),
    "begin": Column("開始", kind="era"), "day": Column("日", kind="day"), "title": Column("内容"), "length": Column("長さ", "時間", "tenth"), "mix": Column("課ごとの人数"),
    "seats": Column("定員", "人", "count"), "wish": Column("人材計画の受入れ", "人", "count"), "seated": Column("受講", "人", "count"),
    "done": Column("修了", "人", "count"), "dropped": Column("未修了", "人", "count"), "missed": Column("席なし", "人", "count"),
    "cause": Column("席がない理由", kind="word"), "staff": Column("職員", "人", "count"), "away": Column("業務を離れる時間", "時間", "count"),
    "apiece": Column("1人当たり", "時間", "tenth"), "busy": Column("繁忙期・切替の職員", "%", "percent"),
    "taught": Column("教える時間", "時間", "tenth"), "ready": Column("使える時間(講師・伴走)", "時間", "tenth"),
    "works": Column("新しい自動化", "件", "count"), "saved": Column("生まれる時間", "時間/年", "count"),
    "front": Column("窓口・相談へ", "時間/年", "count"), "overtime": Column("時間外勤務の縮減へ", "時間/年", "count"),
    "improve": Column("業務の改善へ", "時間/年", "count"),
    "question": Column("問い", kind="word"), "answer": Column("受け止め方"), "chosen": Column("確認した答え", kind="flag"),
    "meaning": Column("計画にとっての意味"), "sections": Column("招く課", "課", "count"), "coached": Column("伴走の時間", "時間", "count"),
    "grown": Column("変革人材", "人", "count"), "all": Column("延べ", "人", "count"),
    "step1": Column("ステップ1", "人", "count"), "step2": Column("ステップ2", "人", "count"), "step3": Column("ステップ3", "人", "count"),
}

ROLES = {"dx": "DX・情報部門", "section": "業務所管課", "vendor": "ベンダ"}

WORDS: dict[str, dict[str, str]] = {
    "bound": {"vendor": "ベンダ待ち・ベンダ作業", "staff": "職員", "budget": "予算・議会", "season": "繁忙期・閉庁日",
              "procedure": "手続"},
    "wait": {"": "計画の初日から", "pred": "前の作業の完了", "window": "繁忙期・閉庁日の制約", "level": "負荷の平準化",
             "vendor": "ベンダの枠の空き", "dx": "DX・情報部門の人手の空き", "section": "業務所管課の人手の空き"},
    "scenario": {"base": "この計画", "people": "職員を2倍にした場合", "slots": "ベンダの枠を2倍にした場合",
                 "gate": "最初の予算を逃した場合"},
    "kind": ROLES,
    "role": ROLES,
    "status": {"live": "稼働済み", "out": "対象外", "moving": "移行中", "untouched": "未着手"},
    "measure": {"steps": "完了ステップの割合", "work": "作業量の割合(作業量で重み付け)", "live": "稼働したシステムの割合"},
    "standing": {"late": "期限後", "after": "目標後", "within": "目標内"},
    "fund": {"subsidy": "国庫支出金", "special": "特別交付税", "ordinary": "普通交付税", "bond": "地方債", "general": "一般財源",
             "": "財源に数えない措置"},
    "treatment": {"": "見込む", "no_cost": "対象となる経費がない", "no_rate": "率が未確認のため見込まない", "body": "不交付団体のため0",
                  "unused": "使わない設定(bond_use)", "prefecture": "都道府県への措置で、市区町村の経費は対象外",
                  "later": "後年度の交付税。計画の年度の財源に数えない", "split": "経費の内訳がないため見込まない",
                  "gift": "寄附であり、率の定めがない", "in_kind": "現物の支援で、歳入はない", "other": "見込まない"},
    "tier": {"core": "デジタル・コア人材", "change": "デジタル変革人材", "use": "デジタル活用人材", "none": "未受講"},
    "work": {"dx": "標準化の移行(DX・情報部門)", "promotion": "DX推進", "daily": "日常のシステム運用",
             "section": "標準化の移行(業務所管課)"},
    "step": {1: "ステップ1", 2: "ステップ2", 3: "ステップ3"},
    "strategy": {"own": "自前のみ", "outside": "外部のみ", "both": "二刀流", "mix": "独自の組合せ"},
    "cause": {"seats": "クラスの席の不足", "season": "繁忙期・切替との重なり", "coach": "伴走する人の時間の不足",
              "calendar": "年度内の日程の不足(議会・会場・クラス数)", "order": "受けられる人の不足(前のステップの修了者など)",
              "release": "課から同時に出せる人数の上限"},
    "use": {"front": "窓口・相談", "change": "業務の改善", "overtime": "時間外勤務の縮減"},
    "question": {"purpose": "目的", "who": "対象", "how": "方法"},
    "timing": {"on_time": "当年度", "carried": "前年度", "late": "間に合わない"},
}

ITEMS = {"step1": "ステップ1(DXを知る)", "step2": "ステップ2(課題の発見・解決)", "step3": "ステップ3(伴走による自動化)",
         "base": "現行水準の運用経費", "live": "稼働済みのシステムの増加分", "added": "計画で稼働するシステムの増加分",
         "automation": "自動化の道具・接続"}

VERDICTS = {
    "vendor": "ベンダの枠", "staff": "職員の人手", "both": "ベンダの枠と職員の人手の両方", "budget": "予算の時期",
    "order": "作業の順序と、繁忙期・閉庁日の制約", "done": "該当なし(移行は完了)",
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


# --- dates -------------------------------------------------------------------------------------------
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


def run_text(first: date, last: date) -> str:
    """A run of days within a season: 12月28日(土)〜1月5日(日)."""
    return "〜".join(f"{d.month}月{d.day}日({WEEKDAYS[d.weekday()]})" for d in (first, last))


def as_of_text(value: object) -> str:
    """An as-of date, given as a date or as ISO text, as 2026年1月31日; other text as it is."""
    try:
        return date_text(date.fromisoformat(str(value)[:10]))
    except ValueError:
        return str(value)


# --- numbers -----------------------------------------------------------------------------------------
def number_text(value: float, digits: int | None = None) -> str:
    """A number with thousands separators; as many decimals as given, else only those it needs."""
    if digits is None:
        return f"{value:,.2f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"
    return f"{value:,.{digits}f}"


def signed_text(value: float) -> str:
    """A difference with its sign and one decimal: +3.0, −2.5, ±0."""
    if round(value, 1) == 0:
        return "±0"
    return f"{'+' if value > 0 else '−'}{abs(value):,.1f}"


def percent_text(share: float) -> str:
    """A share 0..1 as a percentage with one decimal, without the sign %."""
    return f"{share * 100:,.1f}"


def heads_text(value: float) -> str:
    """A number of people, planned as a mean: 62, below ten 2.9."""
    return number_text(round(value) if value >= 9.95 else round(value, 1))


def fte_text(value: float) -> str:
    """An amount of work: 5.2FTE, below one 0.05FTE."""
    return f"{number_text(round(value, 1 if abs(value) >= 1 else 2))}FTE"


def yen_text(yen: float) -> str:
    """An amount of money as the tables have it: 115,750千円."""
    return f"{round(yen / 1000):,}千円"


def outcome_text(outcome) -> str:
    """Status of a calculation: 最適, or 打切り・隔たり1.2%."""
    return outcome.status if outcome.gap < 0.0005 else f"{outcome.status}・隔たり{percent_text(outcome.gap)}%"


def months_text(value: float) -> str:
    """An amount of months without sign: 3か月, 2.5か月."""
    return f"{number_text(round(abs(value), 1))}か月"


def spare_text(weeks: int) -> str:
    """Weeks of float against a date in words: 40週(約9か月)の余裕, 17週(約4か月)の遅れ."""
    size = f"{abs(weeks)}週(約{round(abs(weeks) / 4.348)}か月)" if abs(weeks) >= 4 else f"{abs(weeks)}週"
    return f"{size}の{'遅れ' if weeks < 0 else '余裕'}"


def grade_text(grade: str) -> str:
    """A grade, with 要確認 where a person has yet to confirm it."""
    return f"{grade} {UNCONFIRMED}" if GRADES[grade].unconfirmed else grade


def grades_text() -> str:
    """What the grades mean, in one sentence."""
    marked = "・".join(g for g, fact in GRADES.items() if fact.unconfirmed)
    return f"確度 {'、'.join(f'{g}={fact.meaning}' for g, fact in GRADES.items())}。{marked}は{UNCONFIRMED}。"


FORMATS = {
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
    "flag": lambda v: "○" if v else "―",
    "grade": grade_text,
}
DATES = frozenset({"date", "day", "month", "as_of"})
WHOLE = frozenset({"era"})  # short words that never break
NUMBERS = frozenset({"said", "heads", "plain", "count", "tenth", "fine", "percent", "signed"})


def value_text(column: str, value: object) -> str:
    """A value of a column as a reader sees it; ― where there is none."""
    if value is None or value is pd.NaT or value != value:
        return MISSING
    kind = COLUMNS[column].kind
    return word_of(column, value) if column in WORDS else FORMATS[kind](value)


def amount_text(value: object) -> str:
    """A parameter's value: a date, a number, or words; month-days in words (要求 10-31 becomes 要求 10月31日)."""
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, (int, float)):
        return number_text(value)
    return re.sub(r"(\d\d)-(\d\d)", lambda m: f"{int(m[1])}月{int(m[2])}日", str(value))


FACTS = {
    "population": "人口", "population_65plus": "65歳以上の人口", "households": "世帯数",
    "staff_general": "一般行政部門の職員数", "fiscal_strength": "財政力指数", "current_balance_ratio": "経常収支比率",
    "debt_service_ratio": "実質公債費比率", "future_burden_ratio": "将来負担比率", "dx_cio": "CIOの任命",
    "dx_cio_assistant": "CIO補佐官などの任用", "dx_policy": "DX推進の全体方針の策定", "dx_cross_org": "全庁的・横断的な推進体制の構築",
    "dx_external_talent": "外部デジタル人材の活用", "dx_staff_training": "職員の育成の取組", "dx_all_staff_training": "全職員を対象とした研修",
    "dx_ai": "AIの導入", "dx_rpa": "RPAの導入", "dx_telework": "テレワークの導入", "mynumber_card_pct": "マイナンバーカードの保有",
    "online26_pct": "子育て・介護26手続のオンライン化", "online32_pct": "よく使う32手続のオンライン化",
    "steps_rate_2026_01": "標準化の完了ステップの割合", "late_systems_2025_12": "特定移行支援システムの該当見込み",
}
