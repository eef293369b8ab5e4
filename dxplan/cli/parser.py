"""Options in Japanese, and the ones that several commands share."""

from __future__ import annotations

import argparse
import os
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from dxplan.facts.letters import suggestion
from dxplan.files import out_folder, place_fault

FAULTS = (  # argparse's words, as far as they can still come up
    (r"expected one argument", "値を1つ書いてください"),
    (r"expected at least one argument", "値を1つ以上書いてください"),
    (r"the following arguments are required: (.+)", r"\1が書かれていません"),
    (r"ignored explicit argument (.+)", r"値 \1 は付けられません"),
    (
        r"invalid choice: '?(.*?)'? \(choose from (.+)\)",
        r"「\1」は使えません。\2 の中から選んでください",
    ),
)


class UsageError(Exception):
    """The command line is wrong; Japanese."""


class Parser(argparse.ArgumentParser):
    """argparse in Japanese, with the nearest known option."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(
            prog=prog,
            description=description,
            add_help=False,
            allow_abbrev=False,
            formatter_class=_Formatter,
        )
        self.words = self.add_argument_group("引数")
        self.options = self.add_argument_group("オプション")
        self.options.add_argument("-h", "--help", action="help", help="この説明を表示して終わる")

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found, in Japanese."""
        where, text = "引数", message
        named = re.match(r"argument ([^:]+): (.*)", message, re.DOTALL)
        if named:
            where, text = named[1], named[2]
        for english, japanese in FAULTS:
            text = re.sub(english, japanese, text)
        raise UsageError(
            f"{where}: {text.rstrip('。')}。`{self.prog} --help` で使い方を表示します。"
        )

    def read(self, words: Sequence[str]) -> Namespace:
        """The arguments in a command's words.

        Raises
        ------
        UsageError
            A word or an option is wrong.
        """
        args, extra = self.parse_known_args(words)
        if extra:
            options = [option for action in self._actions for option in action.option_strings]
            near = suggestion(extra[0].split("=")[0], options, quoted=" {} ")
            raise UsageError(
                f"オプション {extra[0]} はありません。{near}"
                f"`{self.prog} --help` で使い方を表示します。"
            )
        return args


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: Any = None) -> None:
        super().add_usage(usage, actions, groups, "使い方: ")


def complain(text: str) -> None:
    """Say what is wrong on the error stream."""
    print(f"dxplan: {text}", file=sys.stderr)


def told_each(
    task: Callable[[str], tuple[bool, str]],
    slugs: Sequence[str],
    workers: int | None = None,
) -> int:
    """Do a task for each of some cities, say what it says of each, and how many failed.

    Parameters
    ----------
    task : whether it worked for a city, and a sentence; it can be sent to another process.
    workers : processes; as many as there are cores where None.
    """
    from dxplan.processes import DIED, each_made  # slow to import

    def lost(slug: str) -> tuple[bool, str]:
        return False, f"{slug}: {DIED}"

    failed = 0
    for good, sentence in each_made(task, slugs, workers or os.cpu_count() or 1, lost):
        failed += not good
        if good:
            print(sentence, flush=True)
        else:
            complain(sentence)
    return failed


def day_of(text: str) -> date:
    """The day that an argument says, as people write days."""
    from dxplan.facts.kinds import DATE

    try:
        return DATE.lenient(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"「{text}」{fault}") from None


def near_path(path: Path) -> Path:
    """A path as seen from here, where it lies below."""
    if path.is_relative_to(Path.cwd()):
        return path.relative_to(Path.cwd())
    return path


def declare_selection(parser: Parser) -> None:
    """Declare how cities are chosen."""
    parser.words.add_argument(
        "slugs",
        nargs="*",
        metavar="団体",
        help="paramsのファイル名、6桁の団体コード、または市区町村名(例: 122033 市川市)",
    )
    parser.options.add_argument(
        "--prefecture", metavar="都道府県", help="その都道府県の全団体(例: 千葉県)"
    )
    parser.options.add_argument(
        "--all", action="store_true", dest="everything", help="全国の全団体"
    )


def load_selection(args: Namespace) -> tuple[str, ...]:
    """Slugs that the arguments mean, each once."""
    from dxplan.town.city import load_slugs
    from dxplan.town.finder import find_slug

    slugs = [find_slug(text) for text in args.slugs]
    if args.prefecture is not None or args.everything or not slugs:
        slugs += load_slugs(args.prefecture, args.everything)
    return tuple(dict.fromkeys(slugs))


def declare_workers(parser: Parser) -> None:
    """Declare how many processes work."""
    parser.options.add_argument(
        "--workers",
        type=whole_number,
        default=os.cpu_count() or 1,
        metavar="数",
        help="同時に動かす作業プロセスの数(既定: CPUの数)",
    )


def declare_out(parser: Parser, below: str = "") -> None:
    """Declare the folder of what is written."""
    out = near_path(out_folder() / below)
    parser.options.add_argument(
        "--out",
        type=Path,
        default=out,
        metavar="フォルダ",
        help=f"出力先(既定: {out.as_posix()})",
    )


def refuse_out(folder: Path, names: Iterable[str] = ()) -> None:
    """Refuse a place where files of some names cannot be written, before anything is planned."""
    fault = place_fault(folder, names)
    if fault:
        raise UsageError(
            f"出力先 {near_path(folder)} には書けません({fault})。別の場所を指定してください。"
        )


def whole_number(text: str) -> int:
    """A whole number from 1 on."""
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text):
        raise argparse.ArgumentTypeError(f"「{text}」は1以上の整数ではありません")
    return int(text)
