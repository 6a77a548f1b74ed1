"""The screen of ``dbtrack blame``: each part, its definition now, and who added and changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dbtrack.render.screens.canvas import Canvas, Meaning, Piece
from dbtrack.render.screens.shortening import cells, clip, clip_middle, short_key

_SECTIONS = (
    ("", ("relation", "definition")),
    ("COLUMNS", ("column",)),
    ("CONSTRAINTS AND INDEXES", ("constraint", "index")),
    ("TRIGGERS, RULES AND POLICIES", ("trigger", "rule", "policy")),
    ("PRIVILEGES", ("grant",)),
)
_WIDEST_NAME = 28
_WHEN = 12
_KEY = 8
# Narrower than this, who and when stand on a line of their own.
_ONE_LINE = 90

Row = Mapping[str, Any]


def write_blame(canvas: Canvas, title: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the parts of an object in sections, those that are gone last.

    Args:
        title: what it is about, then details.
        rows: of the report blame, by column name.
    """
    canvas.head(*title, right=canvas.zone_words)
    shown = [row for row in rows if not _is_noise(row)]
    width = min(max((cells(canvas.shown(_name(row))) for row in shown), default=0), _WIDEST_NAME)
    for heading, kinds in _SECTIONS:
        _write_section(
            canvas, heading, [r for r in shown if r["kind"] in kinds and not r["is_dropped"]], width
        )
    _write_section(canvas, "NO LONGER THERE", [row for row in shown if row["is_dropped"]], width)
    canvas.foot(f"dbtrack log {title[0].split(' ', 1)[-1]} -p", "dbtrack show KEY", "--format json has all")


def _is_noise(row: Row) -> bool:
    """Return whether a row only repeats what its column says."""
    return row["kind"] == "constraint" and str(row["definition"] or "").startswith("NOT NULL ")


def _name(row: Row) -> str:
    return str(row["kind"] if row["kind"] in {"relation", "definition"} else row["name"])


def _write_section(canvas: Canvas, heading: str, rows: Sequence[Row], width: int) -> None:
    if not rows:
        return
    if heading:
        canvas.put(" ", (heading, Meaning.STRONG))
    for row in rows:
        _write_part(canvas, row, width)


def _write_part(canvas: Canvas, row: Row, width: int) -> None:
    lines = _who(canvas, row)
    name = clip_middle(canvas.shown(_name(row)), width)
    first: list[Piece] = ["   ", (name, Meaning.STRONG), " " * (width - cells(name) + 2)]
    text = canvas.shown(" ".join(str(row["definition"] or "").split()))
    if canvas.width < _ONE_LINE:
        canvas.put(*first, clip(text, max(canvas.width - width - 6, 10)))
        for line in lines:
            canvas.put("     ", *_cut(canvas, line, canvas.width - 6))
        return
    room = min(max(canvas.width - width - 58, 20), 60)
    for number, line in enumerate(lines):
        shown = clip(text, room) if number == 0 else ""
        before = [*first, shown] if number == 0 else [" " * (width + 5)]
        canvas.put(
            *before, " " * (room - cells(shown) + 2), *_cut(canvas, line, canvas.width - width - room - 8)
        )


def _cut(canvas: Canvas, line: _Who, room: int) -> list[Piece]:
    """Return who and when in so many cells; the person is not cut off."""
    word = f"{line.word:<8}"
    key = f" {line.key}" if line.key else ""
    rest = max(room - len(word) - _WHEN - len(key) - 1, 8)
    user = f" {line.user}" if line.user else ""
    who = clip_middle(canvas.shown(line.name), max(rest - cells(user), 6)) + user
    return [
        (word, line.meaning),
        f"{canvas.shown(line.when):<{_WHEN}} ",
        clip(who, rest) + " " * max(rest - cells(who), 0),
        (key, Meaning.KEY),
    ]


class _Who:
    """One line of who and when."""

    def __init__(self, word: str, when: str, name: str, user: str, key: str, meaning: Meaning) -> None:
        self.word, self.when, self.name = word, when, name
        self.user, self.key, self.meaning = user, key, meaning


def _who(canvas: Canvas, row: Row) -> list[_Who]:
    """Return the lines about a part: the last change, and who added it if that is another."""
    lines = []
    if row["changed_at"] is None:
        lines.append(_Who("", "", "before the record", "", "", Meaning.FAINT))
    elif row["is_dropped"]:
        lines.append(_line(canvas, row, "changed", "dropped", Meaning.BAD))
    elif row["added_key"] != row["changed_key"]:
        word = (
            "changed"
            if row["known_by"] in {"recorded", "maintain", "reconcile"}
            else str(row["known_by"])[:8]
        )
        lines.append(_line(canvas, row, "changed", word, Meaning.WARNING))
    if row["added_at"] is not None:
        lines.append(_line(canvas, row, "added", "added", Meaning.FAINT))
    return lines


def _line(canvas: Canvas, row: Row, prefix: str, word: str, meaning: Meaning) -> _Who:
    ticket = row[f"{prefix}_ticket"]
    name = str(row[f"{prefix}_name"] or ("not recorded" if row[f"{prefix}_key"] is None else ""))
    if row["known_by"] == "reconcile" and prefix == "changed":
        name = f"{canvas.shown('▲')} made unseen"
    key = short_key(row[f"{prefix}_key"]) if row[f"{prefix}_key"] is not None else ""
    full = f"{name} {ticket}" if ticket else name
    return _Who(word, canvas.time(row[f"{prefix}_at"]), full, str(row[f"{prefix}_user"] or ""), key, meaning)
