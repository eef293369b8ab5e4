"""What a person sees of a batch while it runs."""

from __future__ import annotations

import sys
from typing import Any, Self

from tqdm import tqdm


class Progress:
    """One line a city; a bar with the time left below them where there is a terminal."""

    def __init__(self, total: int) -> None:
        self.total, self.count = total, 0
        self.bar = tqdm(
            total=total,
            desc="ページ作成",
            unit="団体",
            leave=False,
            disable=not sys.stderr.isatty(),
            bar_format="{desc} {n_fmt}/{total_fmt} |{bar}| 経過 {elapsed} 残り {remaining}",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.bar.close()

    def tell(self, outcome: Any) -> None:
        """Say what became of a city (an outcome of the press), unless nothing had changed."""
        self.count += 1
        if outcome.kept:
            self.bar.total -= 1  # what took no time must not promise that the rest takes none
            self.bar.refresh()
        else:
            self._say(outcome)
            self.bar.update()

    def _say(self, outcome: Any) -> None:
        name = outcome.title or outcome.headline.get("title") or outcome.slug
        line = f"失敗 {name}({outcome.slug}): {outcome.error}"
        if outcome.ok:
            line = f"完了 {name}({outcome.slug}、{outcome.seconds:.1f}秒)"
        self.bar.write(f"[{self.count}/{self.total}] {line}", file=sys.stdout)
        sys.stdout.flush()
