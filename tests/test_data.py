"""The shipped tables: complete, every number with its facts, and equal to the official files."""

import csv
import hashlib
import re
import zipfile
from collections import Counter
from functools import cache
from xml.etree import ElementTree

import pytest

from dxplan.facts.catalog import TABLES, check_digit, load_municipalities, load_table
from dxplan.facts.kinds import KINDS
from dxplan.files import DATA
from tests.conftest import ROOT

GRADES = set("ABCMG")
WIDE = ("municipalities", "standardization_status", "prefectures", "businesses", "step_words")
WITHOUT_NUMBERS = (
    "COLUMNS",
    "SOURCES",
    "params",
    "asked",
    "official_columns",
    "relations",
    "headings",
    "labels",
    "papers",
    "paper_sheets",
    "phrases",
    "particulars",
    "forbidden_words",
    "shelf",
    "editions",
)
OFFICIAL = ROOT.parent / "shared" / "data" / "official"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def official(name):
    path = OFFICIAL / name
    if not path.exists():
        pytest.skip(f"../shared がないため、公表ファイル {name} との照合を省いた")
    return path


@cache
def read_workbook(path):
    """The first sheet as rows of letter -> text; furigana (rPh) is left out."""
    with zipfile.ZipFile(path) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    words = [
        "".join(
            text.text or ""
            for text in item.findall(f"{SHEET}r/{SHEET}t") + item.findall(f"{SHEET}t")
        )
        for item in shared.findall(f"{SHEET}si")
    ]
    return [
        {
            re.sub("[0-9]", "", cell.get("r")): words[int(value.text)]
            if cell.get("t") == "s"
            else value.text
            for cell in row.iter(f"{SHEET}c")
            if (value := cell.find(f"{SHEET}v")) is not None
        }
        for row in sheet.iter(f"{SHEET}row")
    ]


def test_every_column_of_the_wide_tables_has_unit_date_source_and_grade():
    facts = load_table("COLUMNS")
    written = list(zip(facts.table, facts.column))
    assert sorted(written) == sorted(
        (table, column.name) for table in WIDE for column in TABLES[table]
    )


def test_every_row_of_the_other_tables_carries_date_source_and_grade():
    for name in set(TABLES) - set(WIDE) - set(WITHOUT_NUMBERS):
        assert {"as_of", "source", "grade"} <= set(load_table(name).columns), name


def test_every_grade_is_a_known_letter():
    for name in TABLES:
        table = load_table(name)
        for column in {"grade", "grade_name"} & set(table.columns):
            assert set(table[column]) <= GRADES, (name, column)


def test_every_source_is_listed():
    known = set(load_table("SOURCES").id)
    for name in TABLES:
        table = load_table(name)
        for column in {"source", "source_name"} & set(table.columns):
            assert set(table[column]) <= known, (name, column)


def test_an_assumption_is_graded_g_and_a_memory_m():
    for name in TABLES:
        table = load_table(name)
        if "source" in table:
            assert set(table.grade[table.source == "design"]) <= {"G"}, name
            assert set(table.grade[table.source == "recalled"]) <= {"M"}, name


def test_a_remembered_rate_asks_to_be_checked():
    rates = load_table("finance_rates")
    assert rates.note[rates.grade.isin(["M", "C", "G"])].str.contains("要確認").all()
    assert (
        rates.note[rates.rate.isna() & (rates.grade != "A")].str.contains("要確認|率ではない").all()
    )
    assert rates.rate.dropna().between(0, 1).all()
    assert (rates.fiscal_to.dropna() >= rates.fiscal_from[rates.fiscal_to.notna()]).all()


def test_keys_are_unique():
    keys = {
        "municipalities": ["code"],
        "standardization_status": ["code", "business_no"],
        "prefectures": ["code"],
        "business_work": ["business"],
        "work_items": ["key"],
        "businesses": ["no"],
        "busy_seasons": ["id"],
        "budget_gates": ["name"],
        "council_sessions": ["name"],
        "budget_calendar": ["id"],
        "finance_rates": ["id"],
        "steps": ["step"],
        "state_rules": ["id"],
        "known_states": ["code", "business", "on"],
        "late_list": ["day"],
        "risk_events": ["id"],
        "announced_cutovers": ["code"],
        "lot_template": ["key", "lag_to"],
        "hard_weeks": ["business", "first"],
        "elections": ["day"],
        "nation": ["id"],
        "districts": ["pref", "district", "as_of"],
        "changes": ["old_code"],
        "form_places": ["form", "prefs", "classes"],
        "form_values": ["form", "name"],
        "questions": ["name"],
        "question_worth": ["class", "pop_min", "lots", "name"],
        "offices": ["organisation", "prefs", "word"],
        "meetings": ["meeting"],
        "COLUMNS": ["table", "column"],
        "SOURCES": ["id"],
    }
    for name, columns in keys.items():
        assert not load_table(name).duplicated(columns).any(), name
    assert not load_table("municipalities").duplicated(["pref", "name"]).any()


def test_relations_name_parameters_of_a_kind_and_no_range_goes_beyond_a_fixed_day():
    specs = load_table("params").set_index("name")
    for row in load_table("relations").itertuples():
        low, high = specs.loc[row.low.split(" + ")], specs.loc[row.high]
        assert set(low.kind) == {high.kind} <= {"number", "date"}, row
        assert (low.topic == "form").eq(high.topic == "form").all(), row
        if high.minimum == high.maximum:
            assert (low.maximum <= high.maximum).all(), row


def test_what_is_counted_is_whole_in_its_declaration_and_its_defaults():
    specs = load_table("params").set_index("name")
    counted = specs[specs.step != ""]
    assert set(counted.step) == {"1"} and set(counted.kind) == {"number"}
    units = set("段階 番号 週 回 講座 講座/年 人/年 人/講座".split())
    assert units <= set(counted.unit) and not units & set(specs.unit[specs.step == ""])
    defaults = load_table("defaults")
    for value in defaults.value[defaults.name.isin(counted.index)]:
        assert value.isdigit(), value


def test_the_duties_name_roles_and_duties_that_have_a_label():
    label, duties = load_table("labels"), load_table("duties")
    roles = set(label.key[label.group == "owner"])
    for column in ("accountable", "responsible", "consulted", "informed"):
        assert set(" ".join(duties[column]).split()) <= roles, column
    for group in ("area", "duty"):
        assert set(duties[group]) <= set(label.key[label.group == group])


def test_every_file_of_data_is_named_in_sources_with_its_hash():
    hashes = {}
    for source in load_table("SOURCES").itertuples():
        hashes |= dict(zip(source.file.split(), source.sha256.split(), strict=True))
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in DATA.glob("*.csv")
    }
    del found["SOURCES.csv"]
    assert set(hashes) == set(found)
    stale = [name for name in found if hashes[name] != found[name]]
    assert not stale, (
        f"changed without a new hash: {stale}; check them, then python -m tests.data_hashes"
    )


def test_every_source_was_read_after_it_was_true():
    sources = load_table("SOURCES")
    assert (sources.as_of <= sources.read_on).all()
    assert sources.address[sources.address != ""].str.match("https://").all()


def test_files_are_plain_utf8_with_unix_line_ends():
    for path in DATA.glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in content and content.endswith(b"\n"), path.name


def test_the_national_sums_hold():
    towns = load_table("municipalities")
    assert len(towns) == 1741
    assert towns.population_census.sum() == 126_146_099
    assert towns.households.sum() == 55_830_154
    assert towns.population.sum() == 125_416_877
    assert towns.staff_general.sum() == 697_282


def test_the_classes_count_as_in_the_country():
    towns = load_table("municipalities")
    assert Counter(towns.type) == {"市": 792, "特別区": 23, "町": 743, "村": 183}
    assert Counter(towns["class"]) == {
        "指定都市": 20,
        "中核市": 62,
        "施行時特例市": 23,
        "一般市": 687,
        "特別区": 23,
        "町": 743,
        "村": 183,
    }


def test_every_code_has_six_digits_and_the_right_check_digit():
    for table in ("municipalities", "prefectures"):
        for code in load_table(table).code:
            assert re.fullmatch("[0-9]{6}", code) and check_digit(code[:5]) == code[5], code
    towns = load_table("municipalities")
    assert (towns.code.str[:2] == towns.pref_code).all()


def test_a_municipality_of_before_has_a_day_and_is_one_of_today():
    table, towns = load_table("changes"), {town.code: town for town in load_municipalities()}
    assert table.day.is_monotonic_increasing
    for old in table.itertuples():
        assert check_digit(old.old_code[:5]) == old.old_code[5], old
        today = [towns[code] for code in old.codes.split()]
        for town in towns.values():  # a name of today never says what became of another
            same = (town.pref_code, town.name) == (old.old_code[:2], old.old_name)
            assert not same or town in today, old
        assert old.old_code not in towns or old.change == "市の名称の変更", old


def test_twenty_five_names_are_shared():
    names = Counter(town.name for town in load_municipalities())
    shared = [name for name, count in names.items() if count > 1]
    assert len(shared) == 25
    assert {"府中市", "伊達市", "池田町"} <= set(shared)


def test_columns_that_nobody_confirmed_are_not_shipped():
    forbidden = {
        "pop_census2025_prelim",
        "households_census2025_prelim",
        "area_km2",
        "lat",
        "lng",
        "url",
    }
    for name, columns in TABLES.items():
        assert not forbidden & {column.name for column in columns}, name


def test_the_status_covers_each_of_the_twenty_systems_of_each_municipality():
    status = load_table("standardization_status")
    assert len(status) == 34_820
    assert set(status.code) == set(load_table("municipalities").code)
    assert set(status.business_no) == set(load_table("businesses").no) == set(range(1, 21))
    assert status.steps_done.between(0, 40).all()
    assert (status.steps_done == 40).sum() == 9_933
    assert (status.steps_done >= 39).mean() == pytest.approx(0.367, abs=5e-4)


def test_the_share_of_steps_follows_from_the_steps():
    status, towns = (
        load_table("standardization_status"),
        load_table("municipalities").set_index("code"),
    )
    share = status.groupby("code").steps_done.sum() / 800
    assert (share - towns.steps_rate).abs().max() <= 0.000051


def test_the_late_count_exceeds_the_flags_by_the_common_function_at_most():
    status, towns = (
        load_table("standardization_status"),
        load_table("municipalities").set_index("code"),
    )
    extra = towns.late_systems - status.groupby("code").flagged_late.sum()
    assert Counter(extra) == {0: 1245, 1: 496}
    flagged = towns.common_late
    assert (extra == flagged.reindex(extra.index)).all()


def test_the_businesses_agree_with_the_status():
    status, businesses = (
        load_table("standardization_status"),
        load_table("businesses").set_index("no"),
    )
    steps = status.groupby("business_no").steps_done
    assert ((steps.mean() / 40) - businesses.steps_rate).abs().max() < 1e-4
    assert (steps.apply(lambda done: (done == 40).sum()) == businesses.complete).all()
    assert (steps.apply(lambda done: (done < 20).sum()) == businesses.below_half).all()
    flags = status.groupby("business_no").flagged_late.sum()
    more = businesses.late_bodies - flags
    assert set(more[more > 0].index) == {
        15,
        16,
    }  # prefectures count in 児童扶養手当 and 生活保護 only
    assert (more >= 0).all()


def test_the_businesses_are_the_twenty_of_the_law_with_three_ties():
    businesses = load_table("businesses")
    assert len(businesses) == 20 and "共通機能" not in set(businesses.business)
    assert Counter(businesses.wave) == {17: 17, 20: 3}
    assert Counter(businesses.tie[businesses.tie != ""]) == {"住基": 3, "税": 4, "戸籍": 2}
    follows = set(businesses.business[businesses.after_register])
    assert follows == {
        "個人住民税",
        "固定資産税",
        "法人住民税",
        "軽自動車税",
        "国民年金",
        "印鑑登録",
        "選挙人名簿管理",
    }


def test_the_forty_steps_are_named_in_order_and_belong_to_the_work_items():
    steps, items = load_table("steps"), load_table("work_items")
    assert list(steps.step) == list(range(1, 41)) and steps.step_name.is_unique
    assert (items.step_from <= items.step_to).all() and items.step_to.max() == 40
    numbers = steps.item_no.str.split("-").str[0]
    assert (
        list(dict.fromkeys(numbers)) == list("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱")
        and not (numbers.shift() > numbers).any()
    )
    assert items.key[items.step_from <= 30].is_unique and set(items.scope) == {"front", "block"}


def test_the_work_items_cover_the_forty_steps_without_a_gap():
    items = load_table("work_items")
    covered = {step for row in items.itertuples() for step in range(row.step_from, row.step_to + 1)}
    assert covered == set(range(1, 41))
    front = {
        step
        for row in items[items.scope == "front"].itertuples()
        for step in range(row.step_from, row.step_to + 1)
    }
    assert front == set(range(1, 30))  # the contract is item ⑪, step 29


def test_the_rules_of_the_states_stand_in_their_order():
    rules = load_table("state_rules").set_index("id").value
    assert set(rules.index) == {
        "live_steps",
        "presumed_steps",
        "flagged_steps",
        "contract_steps",
        "budget_steps",
        "lot_jump",
    }
    assert (
        rules.budget_steps
        < rules.presumed_steps
        < rules.contract_steps
        < rules.flagged_steps
        < rules.live_steps
        <= 40
    )
    assert rules.flagged_steps == rules.live_steps - 1


def test_the_late_list_and_the_national_totals_tell_one_story():
    late, nation = load_table("late_list"), load_table("nation").set_index("id").value
    assert late.day.is_monotonic_increasing and late.systems.is_monotonic_increasing
    assert late.bodies.dropna().is_monotonic_increasing
    last = late.iloc[-1]
    assert last.systems_total == nation.systems_2026 and set(late.systems_total.dropna()) == {
        nation.systems_2025,
        nation.systems_2026,
    }
    assert nation.live_most_2026_03 == pytest.approx(
        1 - last.systems / last.systems_total, abs=5e-4
    )
    towns = load_table("municipalities")
    december = late[late.day.astype(str) == "2025-12-31"].iloc[0]
    assert (
        0 <= december.systems - towns.late_systems.sum() <= 50
    )  # the rest are those of prefectures


def test_tables_of_lots_name_known_businesses_places_and_work_items():
    known = set(load_table("businesses").business)
    elections, hard, announced = (
        load_table("elections"),
        load_table("hard_weeks"),
        load_table("announced_cutovers"),
    )
    assert set(hard.business) <= known and (hard["first"] < hard["last"]).all()
    assert {b for row in elections.businesses for b in row.split(";")} <= known and (
        elections.weeks_apart > 0
    ).all()
    named = announced.businesses[~announced.businesses.isin(["", "all"])]
    assert {b for row in named for b in row.split(";")} <= known
    assert set(announced.code) <= set(load_table("municipalities").code)
    assert (
        announced.live.str.match(r"20\d\d-\d\d(-\d\d)?$").all()
        and announced.address.str.match("https://").all()
    )
    states = load_table("known_states")
    assert set(states.business) <= known | {"共通機能"} and set(states.state) <= {
        "稼働",
        "未移行",
        "対象外",
    }


def test_the_template_of_a_lot_names_work_items_and_has_ordered_lags():
    template = load_table("lot_template")
    assert set(template.work) <= set(load_table("work_items").key)
    lags = template.dropna(subset=["lag_min_weeks", "lag_max_weeks"])
    assert (lags.lag_min_weeks <= lags.lag_max_weeks).all() and (lags.lag_min_weeks >= 0).all()
    spread = template.dropna(subset=["months_mode"])
    assert (spread.months_min <= spread.months_mode).all() and (
        spread.months_mode <= spread.months_max
    ).all()


def test_busy_seasons_name_known_businesses_and_months():
    seasons = load_table("busy_seasons")
    assert set(seasons.business) - set(load_table("businesses").business) == {
        "全庁",
        "財政課",
        "議会対応部署",
    }
    assert seasons.month_from.between(1, 12).all() and seasons.month_to.between(1, 12).all()
    assert seasons.severity.between(1, 3).all()
    assert sorted(seasons.year.dropna()) == [2027, 2031]


def test_prefectures_are_the_sums_of_their_municipalities():
    sums = load_table("municipalities").groupby("pref_code")
    prefectures = load_table("prefectures").set_index("pref_code")
    assert len(prefectures) == 47
    assert (sums.size() == prefectures.municipalities).all()
    for column in ("population_census", "households", "staff_general"):
        assert (sums[column].sum() == prefectures[column]).all(), column


def test_codes_and_names_equal_the_official_list():
    rows = read_workbook(official("mic_lgcode_R6.xlsx"))
    listed = {row["A"]: row for row in rows[1:] if row.get("C")}
    towns = load_municipalities()
    # the six villages of the Northern Territories are in the list and have no municipal office
    assert len(set(listed) - {town.code for town in towns}) == 6
    for town in towns:
        assert (listed[town.code]["B"], listed[town.code]["C"]) == (town.pref, town.name)


def test_fiscal_figures_equal_the_official_table():
    rows = {row.get("A"): row for row in read_workbook(official("mic_fiscal_R04.xlsx"))}
    for town in load_municipalities():
        row = rows[town.code]
        shipped = (
            town.fiscal_strength,
            town.current_balance_ratio,
            town.debt_service_ratio,
            town.laspeyres,
        )
        assert shipped == pytest.approx([float(row[letter]) for letter in "DEFH"]), town.name
        assert (row["G"] == "-") == (town.future_burden_ratio is None), town.name
        if town.future_burden_ratio is not None:
            assert town.future_burden_ratio == pytest.approx(float(row["G"])), town.name


def test_odd_debt_ratios_are_as_published():
    rows = {row.get("A"): row for row in read_workbook(official("mic_fiscal_R04.xlsx"))}
    ratios = {town.code: town.debt_service_ratio for town in load_municipalities()}
    odd = {code: ratio for code, ratio in ratios.items() if not 0 <= ratio < 18}
    assert odd["012092"] == 67.4  # 夕張市
    assert min(odd.values()) == odd["394114"] == -6.8  # 津野町
    assert odd == pytest.approx({code: float(rows[code]["F"]) for code in odd})


@pytest.mark.rest
def test_the_resident_register_equals_the_official_table():
    rows = {
        row.get("A"): row
        for row in read_workbook(official("juki_age_R05.xlsx"))
        if row.get("D") == "計"
    }
    for town in load_municipalities():
        assert town.population == int(rows[town.code]["E"]), town.name


def test_census_and_staff_equal_the_official_table():
    with official("ssdse_a_2026_cp932.csv").open(encoding="cp932", newline="") as file:
        keys, _, _, *rows = csv.reader(file)
    at = {row[0][1:]: dict(zip(keys, row)) for row in rows}
    for town in load_municipalities():
        row = at[town.code[:5]]
        shipped = (
            town.population_census,
            town.households,
            town.population_65plus,
            town.staff_general,
        )
        assert shipped == tuple(int(row[key]) for key in ("A1101", "A7101", "A1303", "D1202")), (
            town.name
        )


def test_dx_indicators_equal_the_official_dashboard():
    with official("dx_dashboard_transposed_utf8bom.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        names, *rows = csv.reader(file)
    towns = load_municipalities()
    # 檮原町 is written with another form of its first character
    assert [town.code for town, name in zip(towns, names[2:]) if town.name != name] == ["394050"]
    flags = [column.name for column in TABLES["municipalities"] if column.name.startswith("dx_")]
    for column, row in zip(flags, rows[:10], strict=True):
        known = [{"実施": True, "未実施": False, "調査無し": None}[cell] for cell in row[2:1743]]
        assert [getattr(town, column) for town in towns] == known, column
    for column, row in zip(
        ("mynumber_card_pct", "online26_pct", "online32_pct"), rows[10:13], strict=True
    ):
        known = [int(cell[:-1]) if cell != "%" else None for cell in row[2:1743]]
        assert [getattr(town, column) for town in towns] == known, column


# --- what a default may be instead ----------------------------------------------------------------
def doubtful():
    """(name, what it belongs to, row) of every number and date among the defaults."""
    specs = load_table("params").set_index("name")
    for table, owner in (("defaults", "class"), ("form_values", "form")):
        rows = load_table(table).astype(object)
        for row in rows.where(rows.notna(), "").to_dict("records"):
            spec = specs.loc[row["name"]]
            if spec.kind != "choice":
                read = KINDS[spec.kind].strict
                yield spec, row[owner], {**row, "value": read(str(row["value"]))}, read


def test_a_default_says_of_which_kind_its_doubt_is():
    for table in ("defaults", "form_values"):
        assert set(load_table(table).kind) == {"world", "choice", "setting"} - (
            {"setting"} if table == "form_values" else set()
        )
    defaults = load_table("defaults")
    assert (defaults.groupby("name")["kind"].nunique() == 1).all()


def test_every_uncertain_number_has_a_range_about_it_within_what_may_be_written():
    for spec, owner, row, read in doubtful():
        where = row["name"], owner, row["value"]
        if row["grade"] in "MGC":
            assert row["low"] and row["high"], where
        if row["low"]:
            low, high = read(row["low"]), read(row["high"])
            assert read(spec.minimum) <= low <= row["value"] <= high <= read(spec.maximum), where
            assert not spec.step or low == int(low) and high == int(high), where
        assert bool(row["range_grade"]) == bool(row["low"]) == bool(row["high"]), where
        assert row["range_grade"] in ("", *GRADES), where


def ends(rows, name):
    """Low end, value and high end of a default; of a sure value three times the same."""
    row = rows[name]
    return tuple(row[end] if row[end] != "" else row["value"] for end in ("low", "value", "high"))


def test_no_default_at_an_end_of_its_range_contradicts_another_default():
    groups = {}
    for _, owner, row, read in doubtful():
        for end in ("low", "high"):
            row[end] = read(row[end]) if row[end] else ""
        form = owner if "form" in row else ""
        if not row.get("pop_min"):
            groups.setdefault(form, {})[row["name"]] = row
    checked = 0
    for relation in load_table("relations").itertuples():
        names = relation.low.split(" + ")
        for rows in groups.values():
            if relation.high in rows and all(name in rows for name in names):
                low, middle, high = zip(*(ends(rows, name) for name in names))
                least, value, _ = ends(rows, relation.high)
                total = (
                    high[0]
                    if len(names) == 1
                    else max(sum(middle) - middle[k] + high[k] for k in range(len(names)))
                )
                assert total <= value, (relation, rows[names[0]])
                assert (middle[0] if len(names) == 1 else sum(middle)) <= least, relation
                checked += 1
    assert checked >= 20


def test_the_hours_of_a_meeting_lie_in_their_range():
    meetings = load_table("meetings")
    hours = (meetings.dx + meetings.section + meetings.others) * meetings.hours
    assert (meetings.low <= hours).all() and (hours <= meetings.high).all()
    assert set(meetings.meeting) == set(load_table("labels").query("group == 'meeting'").key)
