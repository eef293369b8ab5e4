"""The desk: a first answer, then the proved one; the newest change alone; nothing said untruly."""

import asyncio
import os
import signal
from datetime import date

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.plan.whole import plan_city
from dxplan.show import report
from dxplan.town.city import load_city
from dxplan.town.variant import Agreement, Place, variant_text, write_variant
from dxplan.workshop.desk import FIRST, PROVED, STALE, WRONG, Desk
from dxplan.workshop.paper import Paper

pytestmark = [pytest.mark.rest, pytest.mark.usefixtures("one_prover")]  # many plans of a table

CITY = "335860"  # a village: quick to plan
STAFF, RATIO, NOTE = (
    Place("values", "", "dx_staff"),
    Place("values", "", "change_ratio"),
    Place("notes", "pmo", "text"),
)


def on_desk(run, act):
    """Run a coroutine function with a desk; the answers that the desk gave."""

    async def go():
        desk, seen = Desk(CITY), []
        desk.listen(seen.append)
        try:
            await act(desk)
            await desk.settled()
        finally:
            desk.close()
        return desk, seen

    return run(go())


def test_a_change_is_stale_then_near_then_proved(run, own_prover):
    async def act(desk):
        desk.put(STAFF, 3.0)
        assert desk.answer.plan.city.number("dx_staff") != 3

    desk, seen = on_desk(run, act)
    assert [answer.state for answer in seen] == [STALE, FIRST, PROVED]
    assert seen[1].plan.city.number("dx_staff") == 3 == seen[2].plan.city.number("dx_staff")
    fresh = plan_city(desk.city)
    assert report.headlines(desk.answer.plan) == report.headlines(fresh)


def test_only_the_newest_of_many_changes_is_planned(run):
    async def act(desk):
        for number in range(30):
            desk.put(STAFF, 2.0 + number / 10)
            await asyncio.sleep(0)

    desk, seen = on_desk(run, act)
    kinds = [answer.state for answer in seen]
    assert kinds.count(STALE) == 30 and kinds.count(PROVED) == 1 and kinds.count(FIRST) <= 3
    assert kinds[-1] == PROVED and seen[-1].plan.city.number("dx_staff") == 4.9


def test_changes_are_taken_back_and_done_again(run):
    async def act(desk):
        desk.put(STAFF, 3.0)
        desk.put(RATIO, 20.0)
        desk.undo()
        assert dict(desk.changes) == {STAFF: 3.0}
        desk.undo()
        desk.undo()
        assert not desk.changes and desk.value(STAFF) == desk.base.number("dx_staff")
        desk.redo()
        desk.redo()
        desk.redo()
        assert dict(desk.changes) == {STAFF: 3.0, RATIO: 20.0}
        desk.put(STAFF, desk.base.number("dx_staff"))
        assert dict(desk.changes) == {RATIO: 20.0}

    desk, _ = on_desk(run, act)
    assert desk.answer.plan.city.number("change_ratio") == 20


def test_what_has_no_plan_is_said_and_the_last_plan_stays(run):
    async def act(desk):
        before = desk.answer.plan
        with pytest.raises(ParamError, match="大小が逆"):
            desk.put(Place("forms", "PMO伴走", "form_least"), 400.0)
        terms = {Place("forms", "PMO伴走", name): 400.0 for name in ("form_least", "form_most")}
        desk.put_all(terms)
        await desk.settled()
        assert (
            desk.answer.state == WRONG
            and "最短の期間(form_least)が400か月" in desk.answer.fault
            and desk.answer.plan is before
        )
        desk.undo()

    desk, seen = on_desk(run, act)
    assert desk.answer.state == PROVED and WRONG in [answer.state for answer in seen]


def test_states_and_offers_are_put_taken_back_and_done_again(run):
    at, state = Place("lots", "ロット1", "offered"), Place("systems", "戸籍", "state")

    async def act(desk):
        assert desk.value(at) is None and desk.value(state) == "未移行"
        desk.put(at, date(2029, 1, 4))
        desk.put(state, "稼働")
        desk.undo()
        assert dict(desk.changes) == {at: date(2029, 1, 4)} and desk.value(state) == "未移行"
        desk.redo()
        await desk.settled()
        lots = desk.answer.plan.pmo.lots.set_index("lot")
        assert lots.offered["ロット1"] == date(2029, 1, 4) <= lots.live["ロット1"]
        assert lots.businesses["ロット2"] == ("戸籍の附票",)
        desk.check(f"{CITY}--案", desk.text())
        other = desk.text() + "notes: {pmo: 誰も言っていない}\n"
        with pytest.raises(ParamError, match="画面と一致しないため、保存しませんでした"):
            desk.check(f"{CITY}--案", other)
        desk.put(state, "未移行")
        desk.put(at, None)

    desk, _ = on_desk(run, act)
    assert not desk.changes and not any(desk.answer.plan.pmo.lots["offered"])


def test_a_value_that_cannot_stand_changes_nothing(run):
    async def act(desk):
        with pytest.raises(ParamError):
            desk.put(STAFF, -1.0)
        with pytest.raises(ParamError, match="基準日"):
            desk.put(Place("lots", "ロット1", "offered"), date(2026, 3, 2))
        assert not desk.changes

    assert [answer.state for answer in on_desk(run, act)[1]] == []


def test_a_note_asks_for_no_plan(run):
    async def act(desk):
        desk.put(NOTE, "ベンダに確認する")

    desk, seen = on_desk(run, act)
    assert desk.value(NOTE) == "ベンダに確認する" and [answer.state for answer in seen] == [PROVED]


@pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="この環境には SIGKILL がないので省きます"
)
def test_a_prover_that_dies_is_replaced(run, own_prover):
    async def act(desk):
        desk.put(STAFF, 3.0)
        await desk.settled()
        os.kill(next(iter(desk._process._processes)), signal.SIGKILL)
        desk.put(STAFF, 4.0)

    desk, seen = on_desk(run, act)
    assert seen[-1].state == PROVED and seen[-1].plan.city.number("dx_staff") == 4


def test_a_plan_is_kept_beside_the_one_that_goes_on(run):
    async def act(desk):
        desk.pin()
        desk.put(STAFF, 3.0)

    desk, _ = on_desk(run, act)
    assert desk.pinned.plan.city.number("dx_staff") != 3 == desk.answer.plan.city.number("dx_staff")
    desk.pinned = None


# --- what the meeting leaves ----------------------------------------------------------------------
def test_saving_asks_who_and_why_and_before_it_overwrites(run, folder, tmp_path):
    async def act(desk):
        paper = Paper(desk, lambda slug: None, tmp_path / "out", date(2026, 11, 24))
        paper.save()
        assert "合意した人・理由を入力してください" in paper.told.value and not list(
            folder.iterdir()
        )
        paper.name.value, paper.who.value, paper.why.value = "../案", "課長", "試し"
        paper.save()
        assert "使えません" in paper.told.value and not list(folder.iterdir())
        desk.put(STAFF, 3.0)
        paper.name.value = "案"
        paper.preview()
        assert "dx_staff" in paper.told.value and not list(folder.glob("*.yaml"))
        paper.save()
        desk.put(STAFF, 4.0)
        paper.save()
        assert "上書き" in paper.told.value and load_city(f"{CITY}--案").number("dx_staff") == 3
        paper.over.value = True
        paper.save()
        assert load_city(f"{CITY}--案").number("dx_staff") == 4 and not paper.over.value
        assert len(list(folder.iterdir())) == 2

    on_desk(run, act)


def test_a_variant_that_is_opened_and_saved_again_keeps_its_base_and_its_comments(
    run, folder, tmp_path
):
    said = Agreement("課長", date(2026, 11, 24), "試し")
    text = variant_text(load_city(CITY), {STAFF: 3.0}, said)
    path = write_variant(folder / f"{CITY}--案.yaml", text + "# 次回に見直す\n")

    async def go():
        desk = Desk(f"{CITY}--案")
        paper = Paper(desk, lambda slug: None, tmp_path / "out", date(2026, 11, 25))
        assert (paper.name.value, paper.who.value) == ("案", "課長")
        desk.put(RATIO, 20.0)
        paper.over.value = True
        paper.save()
        await desk.settled()
        desk.close()
        return paper.told.value

    assert "保存しました" in run(go())
    city = load_city(f"{CITY}--案")
    assert (city.base, city.number("dx_staff"), city.number("change_ratio")) == (CITY, 3, 20)
    assert "# 次回に見直す" in path.read_text(encoding="utf-8") and city.when == date(2026, 11, 25)


def test_the_report_is_that_of_the_screen_or_asks_to_be_saved(run, folder, tmp_path):
    said = Agreement("課長", date(2026, 11, 24), "見本")
    write_variant(folder / f"{CITY}--見本.yaml", variant_text(load_city(CITY), {STAFF: 9.0}, said))
    printed = []

    async def act(desk):
        paper = Paper(desk, lambda slug: None, tmp_path / "out", date(2026, 11, 25))
        paper.report = lambda slug: asyncio.sleep(0, printed.append(slug))
        assert paper.variants.value == f"{CITY}--見本" and paper.both.layout.display == "none"
        paper._report()
        desk.put(STAFF, 3.0)
        paper._report()
        assert "いまの画面は保存していません" in paper.state.value
        assert paper.both.layout.display == ""
        paper.both.click()
        assert "合意した人・理由を入力してください" in paper.state.value
        paper.name.value, paper.who.value, paper.why.value = "増員案", "課長", "増員の見込み"
        paper.both.click()
        assert "済みしだい" in paper.state.value and paper.both.layout.display == "none"
        desk.put(STAFF, 4.0)
        paper._report()
        assert "いまの画面は保存していません" in paper.state.value
        desk.undo()
        paper._report()

    on_desk(run, act)
    assert printed == [CITY, f"{CITY}--増員案", f"{CITY}--増員案"]
    assert load_city(f"{CITY}--増員案").number("dx_staff") == 3
    assert load_city(f"{CITY}--見本").number("dx_staff") == 9


def test_a_file_that_changed_since_it_was_opened_is_not_printed_as_the_screen(
    run, folder, tmp_path
):
    said = Agreement("課長", date(2026, 11, 24), "試し")
    base = load_city(CITY)
    path = write_variant(folder / f"{CITY}--案.yaml", variant_text(base, {STAFF: 3.0}, said))

    async def go():
        desk = Desk(path.stem)
        paper = Paper(desk, lambda slug: None, tmp_path / "out", date(2026, 11, 25))
        write_variant(path, variant_text(base, {STAFF: 4.0}, said), True)
        await paper.report(desk.journal.slug)
        desk.close()
        return paper

    paper = run(go())
    assert "画面を開いたあとで変わりました" in paper.state.value and not paper.link.value
    assert not (tmp_path / "out").exists()


def test_a_page_of_before_is_called_so(run, folder, tmp_path):
    async def act(desk):
        paper = Paper(desk, lambda slug: None, tmp_path / "out", date(2026, 11, 25))
        await paper.report(desk.journal.slug)
        assert f"{CITY}.html" in paper.link.value and not paper.state.value, paper.state.value
        desk.put(NOTE, "ベンダに確認する")
        assert "いまの画面のものではありません" in paper.state.value

    on_desk(run, act)


def test_a_note_that_cannot_be_taken_stays_in_its_box(run, folder, tmp_path):
    async def act(desk):
        paper = Paper(desk, lambda slug: None, tmp_path / "out")
        box = paper.notes["pmo"]
        box.value = "読めない\x07字"
        assert 'role="alert"' in paper.told.value and desk.value(NOTE) == ""
        desk.put(RATIO, 20.0)
        assert box.value == "読めない\x07字"
        desk.put(NOTE, "ベンダに確認する")
        assert box.value == "ベンダに確認する"

    on_desk(run, act)


def test_nothing_is_said_to_be_known_before_it_is(run):
    async def act(desk):
        desk.put(STAFF, 3.0)
        desk.put(NOTE, "まだ計算中")
        desk.pin()

    desk, seen = on_desk(run, act)
    assert [answer.state for answer in seen] == [STALE] * 3 + [FIRST, PROVED]


def test_all_that_is_not_saved_is_taken_back_as_one_step(run):
    async def act(desk):
        desk.put(STAFF, 3.0)
        desk.put(NOTE, "ベンダに確認する")
        desk.saved(f"{CITY}--案")
        desk.put(RATIO, 20.0)
        desk.discard()
        assert not desk.changes
        desk.undo()
        assert set(desk.changes) == {STAFF, NOTE, RATIO}

    on_desk(run, act)
