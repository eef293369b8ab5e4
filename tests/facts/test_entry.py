"""What people type at the table is read as they mean it, or answered with a sentence."""

from datetime import date

import pytest

from dxplan.facts.entry import cells_of, value_of
from dxplan.facts.params import ParamError
from dxplan.town.defaults import load_specs


def test_a_value_stays_within_its_declaration():
    specs = load_specs()
    assert value_of("１４人", specs["dx_staff"]) == 14
    assert value_of("令和11年度末", specs["target_date"]) == date(2030, 3, 31)
    assert value_of(" 二刀流 ", specs["strategy"]) == "二刀流"
    assert value_of("¥1,200,000", specs["migration_yen"]) == 1_200_000
    assert value_of("2029/3/31 0:00", specs["target_date"]) == date(2029, 3, 31)
    assert value_of("12名", specs["core_now"]) == 12
    assert value_of("7.5人", specs["dx_staff"]) == 7.5
    for name, text, word in (
        ("core_now", "12.5名", "0〜2,000人の整数の中で"),
        ("busy_limit", "2.05", "1〜4段階の整数の中で"),
        ("dx_staff", "0", "0.5〜500人"),
        ("target_date", "2025-04-01", "2026年12月1日〜2031年3月31日の中で.*end_date"),
        ("strategy", "気合", "二刀流・自前のみ"),
        (
            "dx_staff",
            "十四<人>",
            "^「十四<人>」は数\\(人\\)として読めません。数字だけを入力してください。$",
        ),
        ("target_date", "明日", "^「明日」は日付として読めません。令和9年4月1日、2027-04-01 の"),
    ):
        with pytest.raises(ParamError, match=word):
            value_of(text, specs[name])


def test_a_block_from_a_spreadsheet_becomes_cells():
    assert cells_of("業務\t完了\r\n住民基本台帳\t１２\t\r\n\r\n") == [
        ["業務", "完了"],
        ["住民基本台帳", "12"],
    ]
    assert cells_of('"税務課\n(本庁)"\t9') == [["税務課\n(本庁)", "9"]]
    assert cells_of("\n\n") == []
    with pytest.raises(ParamError, match="貼り付け直して"):
        cells_of('"' + "あ" * 200_000)
