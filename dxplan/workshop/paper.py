"""What a meeting leaves behind: notes by chapter, the variant's file, and that evening's report."""

from __future__ import annotations

import asyncio
import base64
import html
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ipywidgets

from dxplan import reports
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import CHAPTERS
from dxplan.facts.texts import load_text
from dxplan.files import out_folder, place
from dxplan.press import PressError
from dxplan.press.batch import JobOutcome, run_batch
from dxplan.town.variant import (
    Agreement,
    Place,
    difference,
    load_variants,
    variant_path,
    write_variant,
)
from dxplan.widgets import build_button, fault_text, state_text
from dxplan.workshop.desk import WRONG, Answer, Desk, run_beside

NAMES = dict(zip(CHAPTERS, ("まとめ", "移行", "人材", "研修", "経費と財源"), strict=True))
ASK = (
    "いまの画面は保存していません。報告書は、保存したファイルから作ります。"
    "上の欄を書いてから「保存して報告書を作る」を押してください。"
)
BUSY = "いまの画面の計算が済みしだい、報告書を作ります。1分ほどかかります。"
OLD = "下の報告書は、いまの画面のものではありません。もう一度「報告書を作る」を押してください。"
WIDE = {"style": {"description_width": "7rem"}, "layout": {"width": "38rem", "max_width": "100%"}}


class Paper:
    """The widgets of notes, files and the report of a desk.

    Parameters
    ----------
    desk : what lies on the table.
    reopen : called with the slug of a variant that a person opens.
    out : folder of the reports; ``out_folder`` where None.
    today : the day of the meeting.
    """

    def __init__(
        self,
        desk: Desk,
        reopen: Callable[[str], None],
        out: Path | None = None,
        today: date | None = None,
    ) -> None:
        self.desk, self.reopen = desk, reopen
        self.out = out or out_folder()
        own = desk.base.slug.partition("--")[2]
        reason = "例: 次年度に2人増やす見込みとなったため"
        self.name = _line("変更案の名前", own, "例: 増員案")
        self.who = _line("合意した人", desk.base.who, "例: 情報政策課長")
        self.when = ipywidgets.DatePicker(
            value=today or date.today(), description="合意した日", style=WIDE["style"]
        )
        self.why = _line("理由", desk.base.why, reason)
        self.over = ipywidgets.Checkbox(
            description="同じ名前のファイルを上書きする(前の内容は控えを残す)",
            indent=False,
            layout={"width": "auto"},
        )
        self.told, self.state, self.link = (ipywidgets.HTML() for _ in range(3))
        self.printed = ""  # the file of the page that is linked
        self.both = build_button("保存して報告書を作る", self._save_report, "primary")
        self.both.layout.display = "none"
        self.variants = ipywidgets.Dropdown(description="保存した変更案", **WIDE)
        self.noted = {chapter: self._noted(chapter) for chapter in CHAPTERS}
        self.notes = {chapter: self._note(chapter) for chapter in CHAPTERS}
        self._list()
        desk.listen(self._take)
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
                        build_button("違いを見る", self.preview),
                        build_button("保存", self.save, "primary"),
                        self.over,
                    ]
                ),
                self.told,
                ipywidgets.HTML("<h3>いまの画面の報告書を作る</h3>"),
                ipywidgets.HBox([build_button("報告書を作る", self._report, "primary"), self.both]),
                self.state,
                self.link,
                ipywidgets.HTML("<h3>保存した変更案を開く</h3>"),
                self.variants,
                build_button("開く", self._open),
            ]
        )

    def _noted(self, chapter: str) -> str:
        return str(self.desk.value(Place("notes", chapter, "text")))

    def _note(self, chapter: str) -> ipywidgets.Textarea:
        at = Place("notes", chapter, "text")
        box = ipywidgets.Textarea(
            value=self.noted[chapter],
            description=NAMES[chapter],
            rows=2,
            continuous_update=False,
            **WIDE,
        )

        def put(change: dict) -> None:
            self._try(lambda: self.desk.put(at, change["new"].strip()))

        box.observe(put, "value")
        return box

    # --- the file --------------------------------------------------------------------------------
    def text(self) -> tuple[Path, str, str]:
        """The file, what it says now ("" where it is not there), and what it would say.

        Raises
        ------
        ParamError
            The name, the person or the reason is missing or cannot be used.
        """
        missing = [box.description for box in (self.who, self.why) if not box.value.strip()]
        if self.when.value is None:
            missing.append(self.when.description)
        if missing:
            raise ParamError(f"{'・'.join(missing)}を入力してください。報告書に載ります。")
        path = variant_path(self.desk.base, self.name.value.strip())
        before = load_text(path) if path.exists() else ""
        # another's changes are not mixed with these
        own = before if path.stem == self.desk.base.slug else ""
        agreed = Agreement(self.who.value.strip(), self.when.value, self.why.value.strip())
        return path, before, self.desk.text(agreed, own)

    def preview(self) -> None:
        """Show what saving would change in the file."""

        def told() -> str:
            path, before, after = self.text()
            kind = "すでにあるファイル" if before else "新しいファイル"
            lines = "\n".join(difference(before, after)) or "違いはありません。"
            return _told(f"{place(path)}({kind})", lines)

        self._try(told)

    def save(self) -> None:
        """Write the variant; one that is there only where a person has said so."""
        self._try(self._saved)

    def _saved(self) -> str:
        path, before, after = self.text()
        self.desk.check(path.stem, after)
        write_variant(path, after, self.over.value)
        self.desk.saved(path.stem)
        self.over.value = False
        self._list(path.stem)
        return _told(f"保存しました: {place(path)}", "\n".join(difference(before, after)))

    def _try(self, act: Callable[[], str | None]) -> None:
        """Do something and say what came of it, or what is wrong."""
        try:
            self.told.value = act() or self.told.value
        except ParamError as fault:
            self.told.value = fault_text(str(fault))

    def _list(self, slug: str = "") -> None:
        variants = load_variants(self.desk.base)
        options = [(variant.partition("--")[2], variant) for variant in variants]
        self.variants.options = options or [("まだありません", "")]
        wanted = slug or self.desk.base.slug
        if wanted not in variants:
            wanted = self.variants.options[0][1]
        self.variants.value = wanted

    def _open(self) -> None:
        if self.variants.value:
            self.reopen(self.variants.value)

    # --- the report ------------------------------------------------------------------------------
    def _take(self, answer: Answer) -> None:
        """Show what the desk says by now, also of notes; a page of before is called so."""
        for chapter, box in self.notes.items():
            text = self._noted(chapter)
            if text != self.noted[chapter]:  # what could not be taken stays in its box
                self.noted[chapter] = box.value = text
        slug = self.desk.journal.slug
        if slug and not self.both.layout.display:
            self.state.value, self.both.layout.display = "", "none"
        if self.link.value and slug != self.printed:
            self.state.value = state_text(OLD)

    def _report(self) -> None:
        slug = self.desk.journal.slug
        if not slug:
            self.state.value, self.both.layout.display = fault_text(ASK), ""
            return
        self.state.value, self.link.value = state_text(BUSY), ""
        run_beside(self.report(slug))

    def _save_report(self) -> None:
        try:
            self.told.value = self._saved()
        except ParamError as fault:
            self.state.value = fault_text(str(fault))
        else:
            self._report()

    async def report(self, slug: str) -> None:
        """Print the report of what the screen shows by the press, and link its page.

        Parameters
        ----------
        slug : the file, or code, that says what the screen shows.
        """
        try:
            self.desk.check_file(slug)
            answer = await self.desk.settled()
            if answer.state == WRONG:
                raise ParamError(answer.fault)
            outcome = await asyncio.to_thread(self._print, slug)
        except (ParamError, PressError) as fault:
            self.state.value = fault_text(str(fault))
            return
        if not outcome.ok:
            self.state.value = fault_text(outcome.error)
            return
        self._link(slug, outcome)

    def _link(self, slug: str, outcome: JobOutcome) -> None:
        path, name = self.out / outcome.page, html.escape(outcome.page)
        page = base64.b64encode(path.read_bytes()).decode("ascii")
        self.link.value = (
            f'<p role="status">報告書ができました: '
            f'<a download="{name}" href="data:text/html;base64,{page}">'
            f"{name}</a>({html.escape(place(path))})</p>"
        )
        self.printed, self.state.value = slug, ""
        self._take(self.desk.answer)

    def _print(self, slug: str) -> JobOutcome:
        (outcome,) = run_batch(
            reports.REPORT,
            reports.load_jobs([slug], True),
            self.out,
            recipe=reports.recipe_text(),
            files=reports.FILES,
        )
        return outcome


def _line(label: str, text: str, example: str) -> ipywidgets.Text:
    return ipywidgets.Text(value=text, description=label, placeholder=example, **WIDE)


def _told(title: str, lines: str) -> str:
    return f"<p>{html.escape(title)}</p><pre>{html.escape(lines)}</pre>"
