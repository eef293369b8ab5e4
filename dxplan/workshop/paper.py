"""What a meeting leaves behind: notes by chapter, the variant's file with what it would change, and that evening's report."""

from __future__ import annotations

import asyncio
import base64
import html
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ipywidgets

from dxplan import reports
from dxplan.facts import catalog
from dxplan.facts.nodes import ParamError, place
from dxplan.facts.params import CHAPTERS
from dxplan.press import PressError
from dxplan.press.batch import run_batch
from dxplan.town.variant import (
    Agreement,
    Place,
    difference,
    load_variants,
    variant_path,
    write_variant,
)
from dxplan.widgets import fault_text
from dxplan.workshop.desk import Desk

NAMES = dict(zip(CHAPTERS, ("まとめ", "移行", "人材", "研修", "経費と財源")))
WIDE = {"style": {"description_width": "7rem"}, "layout": {"width": "38rem", "max_width": "100%"}}
OUT = "DXPLAN_OUT"  # variable: where reports go, if not to the workbook's out/


class Paper:
    """The widgets of notes, files and the report of a desk.

    Parameters
    ----------
    desk : what lies on the table.
    reopen : called with the slug of a variant that a person opens.
    out : folder of the reports; that of DXPLAN_OUT, or the workbook's own, where None.
    today : the day of the meeting.
    """

    def __init__(
        self,
        desk: Desk,
        reopen: Callable[[str], None],
        out: Path | None = None,
        today: date | None = None,
    ) -> None:
        self.desk, self.reopen, self.out = (
            desk,
            reopen,
            out or Path(os.environ.get(OUT) or catalog.ROOT / "out"),
        )
        own = desk.base.slug.partition("--")[2]
        self.name = ipywidgets.Text(
            value=own, description="変更案の名前", placeholder="例: 増員案", **WIDE
        )
        self.who = ipywidgets.Text(
            value=desk.base.who, description="合意した人", placeholder="例: 情報政策課長", **WIDE
        )
        self.when = ipywidgets.DatePicker(
            value=today or date.today(), description="合意した日", style=WIDE["style"]
        )
        self.why = ipywidgets.Text(
            value=desk.base.why,
            description="理由",
            placeholder="例: 次年度に2人増やす見込みとなったため",
            **WIDE,
        )
        self.over = ipywidgets.Checkbox(
            description="同じ名前のファイルを上書きする(前の内容は控えを残す)",
            indent=False,
            layout={"width": "auto"},
        )
        self.told, self.link = ipywidgets.HTML(), ipywidgets.HTML()
        self.variants = ipywidgets.Dropdown(description="保存した変更案", **WIDE)
        self.notes = {chapter: self._note(chapter) for chapter in CHAPTERS}
        self._list()
        self.view = ipywidgets.VBox(
            [
                ipywidgets.HTML("<h3>打合せの記録</h3>"),
                *self.notes.values(),
                ipywidgets.HTML("<h3>合意を保存する</h3>"),
                self.name,
                self.who,
                self.when,
                self.why,
                ipywidgets.HBox(
                    [
                        _button("違いを見る", self.preview),
                        _button("保存", self.save, "primary"),
                        self.over,
                    ]
                ),
                self.told,
                ipywidgets.HTML("<h3>開く・報告書をつくる</h3>"),
                self.variants,
                ipywidgets.HBox(
                    [_button("開く", self._open), _button("報告書を作る", self._report, "primary")]
                ),
                self.link,
            ]
        )

    def _note(self, chapter: str) -> ipywidgets.Textarea:
        at = Place("notes", chapter, "text")
        box = ipywidgets.Textarea(
            value=str(self.desk.value(at)),
            description=NAMES[chapter],
            rows=2,
            continuous_update=False,
            **WIDE,
        )
        box.observe(
            lambda change: self._try(lambda: self.desk.put(at, change["new"].strip())), "value"
        )
        return box

    # --- the file --------------------------------------------------------------------------------
    def text(self) -> tuple[Path, str, str]:
        """The file, what it says now ("" where it is not there), and what it would say.

        Raises
        ------
        ParamError
            The name, the person or the reason is missing or cannot be used.
        """
        missing = [box.description for box in (self.who, self.why) if not box.value.strip()] + [
            "合意した日"
        ] * (self.when.value is None)
        if missing:
            raise ParamError(f"{'・'.join(missing)}を入力してください。報告書に載ります。")
        path = variant_path(self.desk.base, self.name.value.strip())
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        own = (
            before if path.stem == self.desk.base.slug else ""
        )  # another's changes are not mixed with these
        return (
            path,
            before,
            self.desk.text(
                said=Agreement(self.who.value.strip(), self.when.value, self.why.value.strip()),
                before=own,
            ),
        )

    def preview(self) -> None:
        """Show what saving would change in the file."""

        def told() -> str:
            path, before, after = self.text()
            lines = "\n".join(difference(before, after)) or "違いはありません。"
            return f"<p>{html.escape(place(path))}({'すでにあるファイル' if before else '新しいファイル'})</p><pre>{html.escape(lines)}</pre>"

        self._try(told)

    def save(self) -> None:
        """Write the variant; one that is there only where a person has said so."""

        def told() -> str:
            path, before, after = self.text()
            self.desk.check(path.stem, after)
            write_variant(path, after, self.over.value)
            self.over.value = False
            self._list(path.stem)
            return f"<p>保存しました: {html.escape(place(path))}</p><pre>{html.escape(chr(10).join(difference(before, after)))}</pre>"

        self._try(told)

    def _try(self, act: Callable[[], str | None]) -> None:
        """Do something and say what came of it, or what is wrong."""
        try:
            self.told.value = act() or self.told.value
        except ParamError as fault:
            self.told.value = fault_text(str(fault))

    def _list(self, slug: str = "") -> None:
        found = load_variants(self.desk.base)
        self.variants.options = [(name.partition("--")[2], name) for name in found] or [
            ("まだありません", "")
        ]
        wanted = slug or self.desk.base.slug
        self.variants.value = wanted if wanted in found else self.variants.options[0][1]

    def _open(self) -> None:
        if self.variants.value:
            self.reopen(self.variants.value)

    # --- the report ------------------------------------------------------------------------------
    def _report(self) -> None:
        if not self.variants.value:
            self.link.value = fault_text(
                "先に変更案を保存してください。報告書は保存したファイルからつくります。"
            )
            return
        self.link.value = '<p role="status">報告書をつくっています。</p>'
        task = asyncio.get_running_loop().create_task(self.report(self.variants.value))
        task.add_done_callback(lambda done: done.result())

    async def report(self, slug: str) -> None:
        """Print the report of a saved variant by the press, and link its page.

        Parameters
        ----------
        slug : of the variant.
        """
        try:
            outcome = await asyncio.get_running_loop().run_in_executor(None, self._print, slug)
        except (ParamError, PressError) as fault:
            self.link.value = fault_text(str(fault))
            return
        if not outcome.ok:
            self.link.value = fault_text(outcome.error)
            return
        page = base64.b64encode((self.out / outcome.page).read_bytes()).decode("ascii")
        self.link.value = (
            f'<p role="status">報告書ができました: <a download="{html.escape(outcome.page)}" href="data:text/html;base64,{page}">'
            f"{html.escape(outcome.page)}</a>({html.escape(place(self.out / outcome.page))})</p>"
        )

    def _print(self, slug: str):
        (outcome,) = run_batch(
            reports.REPORT,
            reports.load_jobs([slug], True),
            self.out,
            recipe=reports.recipe_text(),
            files=reports.FILES,
        )
        return outcome


def _button(text: str, act: Callable[[], None], style: str = "") -> ipywidgets.Button:
    made = ipywidgets.Button(description=text, button_style=style, layout={"width": "auto"})
    made.on_click(lambda _: act())
    return made
