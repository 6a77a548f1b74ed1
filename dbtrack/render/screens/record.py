"""Pieces that the screens of single records share: rows by the names of their columns, and labelled lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dbtrack.render.formats import Section
from dbtrack.render.screens.canvas import Canvas, Meaning, Piece

Record = Mapping[str, Any]
Parts = Mapping[str, Sequence[Record]]
"""The sections of a screen by their names; one that has no rows, or is not there, draws nothing."""

_MARGIN, LABEL_CELLS = 2, 8
INDENT = _MARGIN + LABEL_CELLS
WIDE = 90
"""From this width on, two facts share a line."""


def read_parts(sections: Iterable[Section]) -> Parts:
    """Read the rows of all sections, each as a mapping by the names of its columns."""
    return {
        str(section.name): [
            dict(zip((column.name for column in section.columns), row, strict=True)) for row in section.rows
        ]
        for section in sections
    }


def first_of(parts: Parts, name: str) -> Record:
    """Return the first row of a section; an empty mapping where there is none."""
    rows = parts.get(name) or ()
    return rows[0] if rows else {}


def label(text: str) -> list[Piece]:
    """Return a label as it stands before the text of its line."""
    return [" " * _MARGIN, (text, Meaning.STRONG)]


def put_text(canvas: Canvas, name: str, text: str, meaning: Meaning = Meaning.PLAIN) -> None:
    """Write a label and a text, folded; nothing if the text is empty."""
    if text:
        canvas.put_folded(INDENT, text, meaning, label(name) if name else ())


def put_facts(canvas: Canvas, facts: Sequence[tuple[str, str]]) -> None:
    """Write labels and short texts: two to a line on a wide terminal, if both fit."""
    waiting = [fact for fact in facts if fact[1]]
    while waiting:
        first, *rest = waiting
        if rest and _fit_one_line(canvas, first, rest[0]):
            half = canvas.width // 2
            left = [*label(first[0]), *_gap(canvas, label(first[0]), INDENT), first[1]]
            right = label(rest[0][0])
            canvas.put(*left, *_gap(canvas, left, half), *right, *_gap(canvas, right, INDENT), rest[0][1])
            waiting = rest[1:]
        else:
            put_text(canvas, *first)
            waiting = rest


def _fit_one_line(canvas: Canvas, left: tuple[str, str], right: tuple[str, str]) -> bool:
    half = canvas.width // 2
    fits = all(
        INDENT + canvas.length([text]) < room
        for (_, text), room in ((left, half), (right, canvas.width - half))
    )
    return canvas.width >= WIDE and fits


def _gap(canvas: Canvas, pieces: Sequence[Piece], width: int) -> list[Piece]:
    return [" " * max(width - canvas.length(pieces), 1)]
