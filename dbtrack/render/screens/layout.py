"""Lines of a screen side by side, padded and clipped to cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from dbtrack.render.screens.canvas import Canvas, Meaning, Piece
from dbtrack.render.screens.shortening import clip, clip_middle

Line = Sequence[Piece]
_BARS = "▁▂▃▄▅▆▇█"


def padded(canvas: Canvas, pieces: Line, width: int) -> list[Piece]:
    """Return the pieces with blanks after them, up to a width; longer ones stay as they are."""
    return [*pieces, " " * max(width - canvas.length(pieces), 0)]


def clipped(canvas: Canvas, text: str, width: int, meaning: Meaning = Meaning.PLAIN) -> Piece:
    """Return a text of exactly that many cells: clipped at its end, or with blanks after it."""
    shown = clip(canvas.shown(text), width)
    return shown + " " * (width - canvas.length([shown])), meaning


def clipped_name(canvas: Canvas, name: str, width: int, meaning: Meaning = Meaning.PLAIN) -> Piece:
    """Return a name of exactly that many cells: clipped in its middle, or with blanks after it."""
    shown = clip_middle(canvas.shown(name), width)
    return shown + " " * (width - canvas.length([shown])), meaning


def put_flowing(canvas: Canvas, indent: int, items: Sequence[Line], gap: int = 3) -> None:
    """Write items one after the other, on as many lines as they need; none is broken."""
    line: list[Piece] = []
    for item in items:
        longer = [*line, " " * gap, *item] if line else [" " * indent, *item]
        if line and canvas.length(longer) > canvas.width:
            canvas.put(*line)
            longer = [" " * indent, *item]
        line = longer
    if line:
        canvas.put(*line)


def put_beside(canvas: Canvas, blocks: Sequence[tuple[int, Sequence[Line]]]) -> None:
    """Write blocks side by side.

    Args:
        blocks: the width of each block in cells, and its lines, which are at most that long.
    """
    for lines in zip_longest(*(lines for _, lines in blocks), fillvalue=()):
        row: list[Piece] = []
        for (width, _), line in zip(blocks, lines, strict=True):
            row += padded(canvas, line, width)
        canvas.put(*row)


def bar(value: int, most: int) -> str:
    """Return one block whose height is the share of the greatest value; a blank for nothing."""
    if value <= 0 or most <= 0:
        return " "
    return _BARS[(value * len(_BARS) + most - 1) // most - 1]
