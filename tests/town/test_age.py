"""Confirmed values grow old: after twelve months they are to be confirmed again, wherever told."""

from datetime import date

import pytest

from dxplan.show import labels
from dxplan.show.city import assumptions_table
from dxplan.town.age import aged
from dxplan.town.city import load_city
from dxplan.town.variant import Agreement, Place, variant_text

TEXT = """code: "216046"
values:
  core_now: {value: 1, unit: 人, as_of: DAY, source: 名簿, grade: A}
  change_now: {value: 2, unit: 人, as_of: 2020-01-01, source: 記憶, grade: M}
forms:
  業務委託:
    form_yen: {value: 700000, unit: 円/月, as_of: DAY, source: 契約書, grade: B}
sections:
  税務課: {staff: 3, unit: 人, as_of: DAY, source: 名簿, grade: B, businesses: [固定資産税]}
systems:
  戸籍: {state: 未移行, steps: 20, unit: ステップ, as_of: DAY, source: 回答, grade: C}
lots:
  ロットA: {systems: [戸籍], offered: 2029-01-04, confidence: 書面, as_of: DAY, source: 回答書, grade: A}
gates:
  当初予算: {request_by: 10-20, available: 04-01, as_of: DAY, source: 通知, grade: A}
engagements:
  - {form: 業務委託, people: 1, from: 2026-04-01, until: 2029-03-31, as_of: DAY, source: 契約書, grade: A}
"""


def city_of(tmp_path, day, basis=""):
    """The village whose file was confirmed on a day."""
    text = TEXT.replace("DAY", day)
    if basis:
        line = (
            f"  basis_date: {{value: {basis}, unit: 日付, as_of: {basis}, source: x, grade: A}}\n"
        )
        text = text.replace("values:\n", f"values:\n{line}")
    (tmp_path / "216046.yaml").write_text(text, encoding="utf-8")
    return load_city("216046", tmp_path)


def confirmed(city):
    """What the file has confirmed."""
    (lot,) = [lot for lot in city.lots if lot.name == "ロットA"]
    koseki = next(s for s in city.systems if s.business == "戸籍")
    (form,) = [form for form in city.forms if form.name == "業務委託"]
    (gate,) = [value for rule, value in city.gates if rule.name == "当初予算"]
    (staff,) = [s.staff for s in city.sections if s.name == "税務課"]
    values = [city.at("core_now"), form.values["form_yen"][0], staff, koseki.state, koseki.steps]
    return [*values, lot.offer, lot.origin, gate, *city.engaged]


@pytest.mark.parametrize(
    "day, basis, old",
    [
        ("2025-11-24", "", False),  # the basis is 2026-11-23
        ("2025-11-23", "", True),
        ("2024-06-30", "", True),
        ("2026-11-01", "2027-11-01", True),
        ("2026-11-02", "2027-11-01", False),
        ("2027-02-28", "2028-02-29", True),
    ],
)
def test_what_a_file_confirmed_is_asked_again_after_twelve_months(tmp_path, day, basis, old):
    city = city_of(tmp_path, day, basis)
    values = confirmed(city)
    assert "".join(value.grade for value in values).count("旧") == old * len(values)
    assert [value.grade[0] for value in values] == list("ABBCCAAAA")
    assert city.at("core_now").guessed == old and city.at("change_now").grade == "M"


def test_what_is_of_data_has_no_age_of_this_kind(tmp_path):
    city = city_of(tmp_path, "2026-11-01")
    for _, value in city.assumptions():
        assert "旧" not in value.grade
    assert aged(city.systems, city.basis) is city.systems


def test_a_table_says_why_a_value_is_to_be_confirmed_again(tmp_path):
    table = assumptions_table(city_of(tmp_path, "2025-01-31"), "staffing")
    row = table.frame.set_index("what").loc["デジタル・コア人材の現員"]
    assert labels.value_text("grade", row["grade"]) == "A 要確認(1年以上前の値)"
    new = assumptions_table(city_of(tmp_path, "2026-01-31"), "staffing")

    def asked(title):
        return int(title.partition("うち要確認")[2].partition("件")[0])

    assert asked(table.title) == asked(new.title) + 1  # the forms have a table of their own
    assert labels.grades_text().endswith("M・Gは要確認。")


def test_the_age_of_a_value_is_written_into_no_file(tmp_path):
    city = city_of(tmp_path, "2025-01-31", "2026-11-23")
    said = Agreement("課長", date(2026, 11, 24), "見直し")
    text = variant_text(city, {Place("values", "", "core_now"): 2.0}, said)
    (tmp_path / "216046--案.yaml").write_text(text, encoding="utf-8")
    variant = load_city("216046--案", tmp_path)
    assert "旧" not in text and variant.at("core_now").grade == "M"
    assert confirmed(variant)[1].grade == "B旧"  # of its base
