"""Names and notes that are markup, formulas or cannot be seen: shown as text to the letter, or refused with a sentence."""

import pytest

from dxplan.city import ParamError, load_city

ORIGIN = "as_of: 2026-11-01, source: 表, grade: A"


@pytest.fixture
def city_of(tmp_path):
    """A function that reads a text as the params of 白川村."""

    def load(text, slug="216046"):
        (tmp_path / f"{slug}.yaml").write_text(text, encoding="utf-8")
        return load_city(slug, tmp_path)

    return load


def system(name):
    return f'code: "216046"\nsystems:\n  印鑑登録: {{package: {name}, {ORIGIN}}}\n'


def vendor(name):
    return f'code: "216046"\nvendors:\n  {name}: {{value: 2, unit: システム, {ORIGIN}}}\n'


@pytest.mark.parametrize("text, line, words", [
    (system(r'"窓\u200b口"'), 3, ("印鑑登録.package", "「窓」の次(U+200B)に、見えない文字", "打ち直してください")),
    (system(r'"窓\n口"'), 3, ("印鑑登録.package", "改行")),
    (system("窓" * 61), 3, ("印鑑登録.package", "61字", "60字まで")),
    (vendor(r'"ベンダ\u202eA"'), 3, ("ベンダの項目名", "「ベンダ」の次(U+202E)に、文字の向き")),
    (vendor("高木\ue123商会"), 3, ("「高木」の次(U+E123)に、外字", "標準の字")),
    ('code: "216046"\nnote: "文字\ufffd"\n', 2, ("note", "「文字」の次(U+FFFD)に、文字化け", "元の文書")),
])
def test_what_cannot_be_seen_is_refused_with_file_line_and_what_to_do(city_of, text, line, words):
    with pytest.raises(ParamError) as found:
        city_of(text)
    sentence, = found.value.faults
    assert f"/216046.yaml {line}行目 " in sentence and sentence.endswith("ください。")
    for word in words:
        assert word in sentence


def test_blanks_around_a_name_are_no_part_of_it(city_of):
    assert list(city_of(vendor(r'"\tベンダA "')).vendors) == ["ベンダA"]
