"""The screen of ``dbtrack blame``: each part, its definition now, and who added and changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbtrack.render.screens.canvas import WARNING, Canvas, Meaning, Piece
from dbtrack.render.screens.shortening import cells, clip, clip_middle, short_key

_SECTIONS = (
    ("", ("relation", "definition")),
    ("COLUMNS", ("column",)),
    ("CONSTRAINTS AND INDEXES", ("constraint", "index")),
    ("TRIGGERS, RULES AND POLICIES", ("trigger", "rule", "policy")),
    ("PRIVILEGES", ("grant",)),
)
_WIDEST_NAME = 28
_KEY = 8
# How the writer of what is older than the record is known.
_NOT_RECORDED = {"exact", "likely", "time only"}
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
    keys = {row["name"] for row in rows if row["kind"] == "constraint"}
    shown = [row for row in rows if not _is_noise(row, keys)]
    lines = [(row, _makers(canvas, row)) for row in shown]
    widths = _Widths.of(canvas, lines)
    for heading, kinds in _SECTIONS:
        chosen = [each for each in lines if each[0]["kind"] in kinds and not each[0]["is_dropped"]]
        _write_section(canvas, heading, chosen, widths)
    _write_section(canvas, "NO LONGER THERE", [each for each in lines if each[0]["is_dropped"]], widths)
    name = title[0].split(" ", 1)[-1]
    canvas.foot(f"dbtrack log {name} -p", "dbtrack show KEY", "--format json has all")


def _is_noise(row: Row, keys: set[str]) -> bool:
    """Return whether a row only repeats what a column or a constraint says."""
    if row["kind"] == "comment":
        return True
    if row["kind"] == "constraint":
        return str(row["definition"] or "").startswith("NOT NULL ")
    return row["kind"] == "index" and row["name"] in keys


@dataclass(frozen=True)
class _Maker:
    """Who did something to a part, and when.

    Args:
        sign: added, changed or dropped.
        name: of the operation or command, with its ticket.
        key: the first digits of the execution's key; empty if there is none.
    """

    sign: str
    meaning: Meaning
    when: str
    name: str
    user: str
    key: str

    @property
    def who(self) -> str:
        """The operation and the login."""
        return f"{self.name} {self.user}".strip()


@dataclass(frozen=True)
class _Widths:
    """The widths of the columns."""

    name: int
    when: int
    who: int

    @classmethod
    def of(cls, canvas: Canvas, lines: Sequence[tuple[Row, list[_Maker]]]) -> _Widths:
        """Return widths that suit the rows and the screen."""
        names = [cells(canvas.shown(_name(row))) for row, _ in lines]
        makers = [maker for _, found in lines for maker in found]
        widest_who = max((cells(canvas.shown(maker.who)) for maker in makers), default=0)
        return cls(
            min(max(names, default=0), _WIDEST_NAME if canvas.width >= _ONE_LINE else canvas.width // 3),
            max((cells(maker.when) for maker in makers), default=0),
            min(widest_who, max(canvas.width // 3, 20)),
        )


def _name(row: Row) -> str:
    return str(row["kind"] if row["kind"] in {"relation", "definition"} else row["name"])


def _write_section(
    canvas: Canvas, heading: str, lines: Sequence[tuple[Row, list[_Maker]]], widths: _Widths
) -> None:
    if not lines:
        return
    if heading:
        canvas.put(" ", (heading, Meaning.STRONG))
    for row, makers in lines:
        _write_part(canvas, row, makers, widths)


def _write_part(canvas: Canvas, row: Row, makers: Sequence[_Maker], widths: _Widths) -> None:
    name = clip_middle(canvas.shown(_name(row)), widths.name)
    first: list[Piece] = ["   ", (name, Meaning.STRONG), " " * (widths.name - cells(name) + 2)]
    text = canvas.shown(" ".join(str(row["definition"] or "").split()))
    if canvas.width < _ONE_LINE:
        canvas.put(*first, clip(text, max(canvas.width - widths.name - 6, 10)))
        for maker in makers:
            who = max(canvas.width - widths.when - 20, 10)
            canvas.put("     ", *_pieces(canvas, maker, widths.when, who))
        return
    room = canvas.width - widths.name - widths.when - widths.who - _KEY - 12
    for number, maker in enumerate(makers):
        before = [*first, clip(text, room)] if number == 0 else [" " * (widths.name + 5)]
        gap = " " * (room + 2 - (cells(clip(text, room)) if number == 0 else 0))
        canvas.put(*before, gap, *_pieces(canvas, maker, widths.when, widths.who))


def _pieces(canvas: Canvas, maker: _Maker, when: int, room: int) -> list[Piece]:
    """Return who and when in so many cells; the person is not cut off."""
    user = f" {maker.user}" if maker.user else ""
    name = clip_middle(canvas.shown(maker.name), max(room - cells(user), 6))
    who = clip(name + user, room)
    return [
        (f"{maker.sign} ", maker.meaning),
        f"{maker.when:<{when}} ",
        who + " " * max(room - cells(who), 0),
        (f" {maker.key}" if maker.key else "", Meaning.KEY),
    ]


def _makers(canvas: Canvas, row: Row) -> list[_Maker]:
    """Return the last change, and who added the part if that is another."""
    found = []
    if row["changed_at"] is None:
        return [_Maker(" ", Meaning.FAINT, "", "before the record", "", "")]
    if row["is_dropped"]:
        found.append(_maker(canvas, row, "changed", "-", Meaning.BAD))
    elif row["added_key"] != row["changed_key"] or row["added_at"] is None:
        found.append(_maker(canvas, row, "changed", "~", Meaning.WARNING))
    if row["added_at"] is not None:
        found.append(_maker(canvas, row, "added", "+", Meaning.GOOD))
    return found


def _maker(canvas: Canvas, row: Row, prefix: str, sign: str, meaning: Meaning) -> _Maker:
    key, ticket = row[f"{prefix}_key"], row[f"{prefix}_ticket"]
    name = str(row[f"{prefix}_name"] or "not recorded")
    if prefix == "changed" and row["known_by"] == "reconcile":
        name = f"{canvas.shown(WARNING)} made unseen"
    elif prefix == "changed" and row["known_by"] in _NOT_RECORDED:
        name = f"{name} ({row['known_by']})"
    return _Maker(
        sign,
        meaning,
        canvas.time(row[f"{prefix}_at"]),
        f"{name} {ticket}" if ticket else name,
        str(row[f"{prefix}_user"] or ""),
        "" if key is None else short_key(key),
    )
