"""The chooser at the top of the table takes what the one finder takes, and tells its sentences."""

from dxplan.widgets.chooser import build_chooser, choices, slug_of


def test_a_choice_a_reading_and_a_code_mean_the_same_town():
    offered = next(text for text in choices() if "小松市" in text)
    texts = (offered, "こまつ", "コマツシ", "石川県 小松市", "１７２０３１", "17203")
    assert {slug_of(text) for text in texts} == {"172031"}


def test_what_is_typed_is_taken_or_answered():
    taken = []
    view = build_chooser(taken.append, "172031")
    box, told = view.children
    box.value = "不破郡関ヶ原町"
    assert taken == ["213624"] and told.value == ""
    box.value = "府中市"
    assert taken == ["213624"] and "広島県府中市(342084)" in told.value
