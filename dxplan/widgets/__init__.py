"""Controls: a changed City out of what people move, type and paste. They know no planner and no figure."""

import html


def fault_text(said: str) -> str:
    """What is wrong, as HTML that is read out at once.

    Parameters
    ----------
    said : sentences, a line each.
    """
    return f'<p class="dxplan-fault" role="alert">{"<br>".join(map(html.escape, said.splitlines()))}</p>'
