"""What a person sees of a batch while it runs."""

import sys

from tqdm import tqdm


class Progress:
    """One line a city; a bar with the time left below them where there is a terminal.

    Parameters
    ----------
    total : number of cities
    """

    def __init__(self, total):
        self.total, self.count = total, 0
        self.bar = tqdm(
            total=total,
            desc="ページ作成",
            unit="団体",
            leave=False,
            disable=not sys.stderr.isatty(),
            bar_format="{desc} {n_fmt}/{total_fmt} |{bar}| 経過 {elapsed} 残り {remaining}",
        )

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.bar.close()

    def tell(self, outcome):
        """Say what became of a city, unless nothing had changed.

        Parameters
        ----------
        outcome : of the city
        """
        self.count += 1
        if outcome.kept:
            self.bar.total -= 1  # what took no time must not promise that the rest takes none
            self.bar.refresh()
        else:
            self._say(outcome)
            self.bar.update()

    def _say(self, outcome):
        name = outcome.title or outcome.headline.get("title") or outcome.slug
        line = f"[{self.count}/{self.total}] " + (
            f"完了 {name}（{outcome.slug}、{outcome.seconds:.1f}秒）"
            if outcome.ok
            else f"失敗 {name}（{outcome.slug}）: {outcome.error}"
        )
        self.bar.write(line, file=sys.stdout)
        sys.stdout.flush()
