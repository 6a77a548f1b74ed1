"""The screen of the trends: a line for each measure, with its points as a chart of one line."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from dbtrack.render.formats import Look, Section
from dbtrack.render.screens.canvas import Canvas, Meaning, Piece
from dbtrack.render.screens.layout import padded
from dbtrack.render.screens.shortening import cells, clip_middle, short_duration
from dbtrack.render.sparkline import shortened, sparkline

_HINTS = ("--by name", "--by tenant", "--step hour", "--step week", "--since 30d", "--plot")
_WORDS = {
    "operations": "operations",
    "success_rate": "success",
    "p50_duration_ms": "median",
    "p95_duration_ms": "95 %",
    "p99_duration_ms": "99 %",
}
_LABEL, _VALUE, _CHANGE = 12, 11, 22
_MOST_BARS = 90
_PERCENT = 100


def draw(section: Section, canvas: Canvas, look: Look) -> None:
    """Draw each subject with its measures."""
    del look
    names = [column.name for column in section.columns]
    rows = [dict(zip(names, row, strict=True)) for row in section.rows]
    longest = max(rows, key=lambda row: len(row["points"]), default={})
    is_empty = True
    for subject, lines in groupby(rows, key=lambda row: row["subject"]):
        found = list(lines)
        if is_empty:
            _head(section, canvas, longest)
        else:
            canvas.put()
        is_empty = False
        if subject != "all":
            canvas.put(" ", (clip_middle(canvas.shown(subject or ""), canvas.width - 1), Meaning.STRONG))
        for line in found:
            # All charts end at the same step; a series that began later has no bars before.
            missing = len(longest["points"]) - len(line["points"])
            _write_line(canvas, {**line, "points": [None] * missing + list(line["points"])})
    if is_empty:
        canvas.head("trends", *section.details)
        canvas.put(" nothing ended in whole steps of this window")
    canvas.put()
    canvas.foot(*_HINTS)


def _head(section: Section, canvas: Canvas, longest: Mapping[str, Any]) -> None:
    steps = f"{longest['steps']} points since {canvas.time(longest['first_step'])}"
    canvas.head("trends", *section.details, right=steps)


def _write_line(canvas: Canvas, line: Mapping[str, Any]) -> None:
    label: list[Piece] = [" ", (_WORDS.get(line["measure"], line["measure"]), Meaning.FAINT)]
    value = _value(line)
    before = [
        *padded(canvas, label, _LABEL),
        " " * max(_VALUE - cells(value), 0),
        value,
        "  ",
    ]
    change = _change(line)
    room = canvas.width - canvas.length(before) - max(_CHANGE, canvas.length(change)) - 2
    lowest = min(filter(lambda each: each is not None, line["points"]), default=0)
    # Success moves between 95 and 100: its chart begins where its lowest point is.
    chart = sparkline(
        shortened(line["points"], max(min(room, _MOST_BARS), 0)),
        lowest=lowest if line["measure"] == "success_rate" else 0,
    )
    canvas.put(*before, chart, "  ", *change)


def _value(line: Mapping[str, Any]) -> str:
    middle = line["middle"]
    if middle is None:
        return "none"
    if line["metric_unit"] == "ms":
        return short_duration(middle)
    return f"{middle:.1f} %" if line["metric_unit"] == "percent" else f"{middle:,.0f}"


def _change(line: Mapping[str, Any]) -> list[Piece]:
    """Return the change over the window, in the colour of what it means; nothing where there is no trend."""
    peak: list[Piece] = [f"  most {line['peak']}"] if line["peak"] and line["measure"] == "operations" else []
    direction, change = line["direction"], line["change_percent"]
    if direction not in {"UP", "DOWN"} or change is None:
        return [("too few points" if direction is None else "steady", Meaning.FAINT), *peak]
    is_worse = (direction == "DOWN") if line["metric_unit"] == "percent" else direction == "UP"
    meaning = Meaning.PLAIN if line["metric_unit"] == "count" else Meaning.BAD if is_worse else Meaning.GOOD
    shown = f"{change:+.0f} %" if abs(change) < 10 * _PERCENT else f"{1 + change / _PERCENT:,.0f} times"
    return [(f"{'▲' if direction == 'UP' else '▼'} {shown}", meaning), *peak]
