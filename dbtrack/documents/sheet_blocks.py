"""Sections, tables, cells and paragraphs as the template of a PDF reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dbtrack.documents.pdf_text import pieces

Block = dict[str, Any]

AUTO = 0
"""The width of a column that is as wide as its content."""


def section(
    title: str, blocks: Sequence[Block], *, note: str = "", tone: str = "", is_together: bool = False
) -> Block:
    """Return a section.

    Args:
        title: its heading; none if empty.
        note: what stands behind the heading.
        tone: ok, warn or bad: the sign before the heading; none if empty.
        is_together: it stays on one sheet as a whole.
    """
    return {
        "title": title,
        "note": pieces(note),
        "tone": tone,
        "blocks": list(blocks),
        "together": is_together,
    }


def table(
    columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[Block]], *, is_form: bool = False
) -> Block:
    """Return a table whose heading is repeated on each sheet.

    Args:
        columns: heading and width; widths share what is left of the line. A heading that begins with a tab
            stands at the right, with its numbers.
        is_form: its rows are high enough to be written into.
    """
    listed = [
        {"title": title.strip("\t"), "width": width, "right": title.startswith("\t")}
        for title, width in columns
    ]
    return {"kind": "table", "columns": listed, "rows": [list(row) for row in rows], "tall": is_form}


def cell(
    value: object, tone: str = "", *, note: str = "", is_mono: bool = False, longest: int | None = None
) -> Block:
    """Return a cell.

    Args:
        tone: ok, warn, bad: with a sign and a colour; dim.
        note: smaller, behind the value.
        longest: how many characters are shown at most.
    """
    return {"pieces": pieces(value, longest), "tone": tone, "note": pieces(note), "mono": is_mono}


def facts(rows: Sequence[tuple[str, Block]]) -> Block:
    """Return labels, each with a cell."""
    return {"kind": "facts", "rows": [list(row) for row in rows]}


def together(blocks: Sequence[Block]) -> Block:
    """Return blocks that stay on one sheet."""
    return {"kind": "together", "blocks": list(blocks)}


def paragraph(text: str, *, is_dim: bool = False) -> Block:
    """Return a paragraph."""
    return {"kind": "paragraph", "pieces": pieces(text), "dim": is_dim}


def points(texts: Sequence[str]) -> Block:
    """Return a list of sentences."""
    return {"kind": "points", "points": [pieces(text) for text in texts]}


def command_line(text: str) -> Block:
    """Return what is typed; a line of it breaks between words, and not at a hyphen."""
    return {"kind": "code", "words": [pieces(word) for word in text.split(" ")]}


def about_codes() -> Block:
    """Return what explains codes that stand for characters."""
    return paragraph(
        "A code in a frame, such as U+4E2D, stands for a character that this document's fonts do not have, "
        "or that would not be seen. The data file has the character itself.",
        is_dim=True,
    )
