"""The screen of the history: one line an execution, under the day on which it began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbtrack.render.formats import BATCH_ROWS, Look, Row, Section, batches
from dbtrack.render.readable import counted
from dbtrack.render.screens.canvas import DOT, Canvas, Meaning, Piece, status_glyph
from dbtrack.render.screens.failure_words import failure_parts
from dbtrack.render.screens.shortening import (
    KEY_DIGITS,
    cells,
    clip,
    clip_middle,
    short_duration,
    short_identity,
    short_key,
)
from dbtrack.render.values import machine_text

_FAILED = {"FAILED", "CANCELLED", "ABANDONED"}
_HINTS = (
    "show KEY",
    "OBJECT",
    "--user alice",
    "--grep due_on",
    "--failed",
    "-n 20",
    "--statements",
    "--ddl not folded",
)
_ERROR_HINTS = ("show KEY", "--since 'last night'", "--user alice", "--follow")
_TITLES = {"history": ("history", _HINTS), "own": ("own executions", _HINTS[:1])}
# Below this width there is no room for durations beside the object and the person.
_WIDTH_FOR_DURATIONS = 72
_DURATION_CELLS = 8
_MOST_WHO = 16
_MOST_TAIL = 24
_STATEMENT_INDENT = 4
# Cells for the name of an operation and the dot before it.
_LEAST_OPERATION = 9


def draw(section: Section, canvas: Canvas, look: Look) -> None:
    """Draw the executions, the latest first; DDL that the report folded stands in its operation's line."""
    screen = _History(section, canvas, look)
    for batch in batches(section.rows):
        screen.write(batch)
    screen.finish()


@dataclass(frozen=True)
class _Line:
    """One execution, in the words of its line."""

    values: Mapping[str, Any]
    time: str
    took: str
    what: str
    about: Sequence[tuple[str, Meaning]]
    who: str
    tail: str

    @property
    def about_cells(self) -> int:
        return sum(cells(text) for text, _ in self.about)


@dataclass(frozen=True)
class _Widths:
    time: int
    took: int
    what: int
    about: int
    who: int
    tail: int


class _History:
    def __init__(self, section: Section, canvas: Canvas, look: Look) -> None:
        self.section = section
        self.canvas = canvas
        self.look = look
        self.names = [column.name for column in section.columns]
        self.title, self.hints = _TITLES.get(section.name or "", ("errors", _ERROR_HINTS))
        self.widths: _Widths | None = None
        self.day: str | None = None
        self.count = 0

    def write(self, batch: Sequence[Row]) -> None:
        """Write some rows; the first batch decides the widths of the columns."""
        records = [dict(zip(self.names, row, strict=True)) for row in batch]
        listed = {_key(values["execution_key"]) for values in records}
        lines = [self._line(values, listed) for values in records]
        if self.widths is None:
            self._head(len(batch))
            self.widths = self._fitted(lines)
        for line in lines:
            self._write_line(line, self.widths)
        self.count += len(batch)

    def finish(self) -> None:
        """Write the head of an empty screen, or the last line."""
        if self.widths is None:
            self._head(0)
            self.canvas.put(" ", ("no rows", Meaning.FAINT))
        self.canvas.foot(*self.hints)

    def _head(self, count: int) -> None:
        # A full batch says nothing about what follows.
        rows = f"{count:,} row{'' if count == 1 else 's'}" if 0 < count < BATCH_ROWS else ""
        room = self.canvas.width - cells(DOT.join((self.title, *self.section.details))) - 4
        choices = (", ".join(filter(None, (rows, "newest first"))), rows, "")
        right = next(choice for choice in choices if cells(choice) <= room or not choice)
        self.canvas.head(self.title, *self.section.details, right=right if count else "")

    def _line(self, values: Mapping[str, Any], listed: set[str]) -> _Line:
        name = self.canvas.shown(values["script_name"] or "")
        about = _about(values)
        # An operation that has no line of its own near it is named.
        if values.get("parent_name") and _key(values["parent_key"]) not in listed:
            about.append((f"{DOT}{values['parent_name']}", Meaning.FAINT))
        return _Line(
            values,
            time=self._time(values["execution_timestamp"]),
            took=self._took(values),
            what=f"└ {name}" if values.get("parent_key") is not None else name,
            about=[(self.canvas.shown(text), meaning) for text, meaning in about],
            who=self.canvas.shown(values.get("db_session_user") or ""),
            tail=self.canvas.shown("  ".join(filter(None, map(values.get, ("ticket", "tenant"))))),
        )

    def _time(self, moment: datetime | str) -> str:
        if self.look.relative:
            return self.canvas.ago(moment)
        return self.canvas.clock(moment, seconds=self.look.verbose)

    def _took(self, values: Mapping[str, Any]) -> str:
        """Return the duration, with `!` where it waited for a lock, or `…` while it runs."""
        took, started = values.get("duration_ms"), values["execution_timestamp"]
        if took is not None:
            return short_duration(took) + ("!" if values.get("waited_ms") else " ")
        if values["execution_status"] == "RUNNING" and isinstance(started, datetime):
            return short_duration(round((self.canvas.now - started).total_seconds() * 1000)) + "…"
        return ""

    def _fitted(self, lines: Sequence[_Line]) -> _Widths:
        """Return the widths: what the person needs, then the object; ticket and tenant if there is room."""
        is_wide = self.canvas.width >= _WIDTH_FOR_DURATIONS and "duration_ms" in self.names
        time = max(cells(line.time) for line in lines)
        took = max(_DURATION_CELLS, *(cells(line.took) for line in lines)) if is_wide else 0
        room = self.canvas.width - (1 + KEY_DIGITS + 1 + time + 2 + (took + 1 if is_wide else 0) + 1)
        who = min(max(cells(line.who) for line in lines), _MOST_WHO, room // 4)
        room -= who + 2
        what = min(max(cells(line.what) for line in lines), room * 2 // 5)
        about = max(line.about_cells for line in lines)
        tail = min(max(cells(line.tail) for line in lines), _MOST_TAIL)
        if room - what - 2 - min(about, 40) < tail + 2:
            tail = 0
        room -= what + 2 + (tail + 2 if tail else 0)
        return _Widths(time, took, what, min(about, room), who, tail)

    def _write_line(self, line: _Line, widths: _Widths) -> None:
        self._write_day(line.values["execution_timestamp"])
        status = line.values["execution_status"]
        pieces: list[Piece] = [" ", (short_key(line.values["execution_key"]), Meaning.KEY), " "]
        pieces += [_right(line.time, widths.time), " ", status_glyph(status), " "]
        if widths.took:
            pieces += [_took_piece(line.took, widths.took), " "]
        pieces += _what_and_about(line, widths)
        pieces += ["  ", _left(clip_middle(line.who, widths.who), widths.who)]
        if widths.tail:
            pieces += ["  ", (clip(line.tail, widths.tail), Meaning.FAINT)]
        self.canvas.put(*pieces)
        self._write_more(line.values)

    def _write_day(self, moment: datetime | str) -> None:
        day = moment if isinstance(moment, str) else self.canvas.day(moment)
        if day != self.day:
            self.day = day
            self.canvas.put(" ", (day, Meaning.STRONG))

    def _write_more(self, values: Mapping[str, Any]) -> None:
        """Write what was asked for below the line: machine facts, the statement."""
        if self.look.verbose:
            facts = [machine_text(values["execution_key"]), values["script_type"]]
            if values.get("parent_key") is not None:
                facts.append(f"inside {machine_text(values['parent_key'])}")
            self.canvas.put_folded(_STATEMENT_INDENT, " ".join(map(str, facts)), Meaning.FAINT)
        for text in (values.get("statement") or "").replace("\r\n", "\n").rstrip().split("\n"):
            if text or "\n" in (values.get("statement") or "").strip():
                self.canvas.put_folded(_STATEMENT_INDENT, text.rstrip())


def _key(key: Any) -> str:
    return key if isinstance(key, str) else bytes(key).hex()


def _about(values: Mapping[str, Any]) -> list[tuple[str, Meaning]]:
    """Return what an execution was about: its error, its changes, the privileges, or its objects."""
    changes = values.get("children") or 0
    if values["execution_status"] in _FAILED:
        where, what = failure_parts(values.get("error_message"), values.get("sqlstate"))
        done = changes - (values.get("failed_children") or 0)
        stay = (
            f"{', ' if where else ''}{counted(done, 'change')} stay{'s' if done == 1 else ''}" if done else ""
        )
        colon = ": " if what and (where or stay) else ""
        return [(where, Meaning.BAD), (stay, Meaning.WARNING), (f"{colon}{what}", Meaning.BAD)]
    if changes:
        names = ", ".join(dict.fromkeys(map(_own_name, values.get("changed_objects") or ())))
        return [
            (counted(changes, "change"), Meaning.PLAIN),
            (f": {names}" if names else "", Meaning.PLAIN),
        ]
    granted = _privileges(values.get("privileges"))
    return [(granted or _objects(values["affected_objects"] or ()), Meaning.PLAIN)]


def _objects(identities: Sequence[str]) -> str:
    if not identities:
        return ""
    rest = len(identities) - 1
    first = short_identity(identities[0])
    return f"{first} +{rest:,}" if rest else first


def _own_name(identity: str) -> str:
    """Return the name of an object without its schema and without arguments."""
    return identity.partition("(")[0].rpartition(".")[2] or identity


def _privileges(changed: object) -> str:
    """Return who gained and lost what: `public.orders: bob +SELECT −UPDATE`."""
    if not isinstance(changed, list) or not changed or not isinstance(changed[0], dict):
        return ""
    first = changed[0]
    words = [f"+{each}" for each in first.get("gained") or ()] + [
        f"−{each}" for each in first.get("lost") or ()
    ]
    if not words:
        return ""
    rest = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    where = f"{short_identity(first['object'])}: " if first.get("object") else ""
    return f"{where}{first.get('grantee')} {' '.join(words)}{rest}"


def _what_and_about(line: _Line, widths: _Widths) -> list[Piece]:
    """Return the name and what it was about: in two columns, or where one of them is long, in their room."""
    room = widths.what + 2 + widths.about
    what, about = cells(line.what), line.about_cells
    if what > widths.what or about > widths.about:
        what = room if not about else min(what, max(room - 2 - about, room // 2))
    else:
        what = widths.what
    meaning = Meaning.STRONG if line.values["execution_status"] in _FAILED else Meaning.PLAIN
    name: Piece = (_left(clip_middle(line.what, what), what), meaning)
    return [name, "  ", *_clipped(line.about, room - what - 2)] if room > what else [name]


def _clipped(parts: Sequence[tuple[str, Meaning]], width: int) -> list[Piece]:
    """Return the parts in so many cells: a single one is clipped in its middle, more of them at the end.

    The operation is left out where there is no room for it beside the object.
    """
    *others, (last, meaning) = parts
    if meaning is Meaning.FAINT:
        taken = sum(cells(text) for text, _ in others)
        parts = parts if taken + min(cells(last), _LEAST_OPERATION) <= width else others
    pieces: list[Piece] = []
    left = width
    for text, meaning in parts:
        is_name = len(parts) == 1
        shown = clip_middle(text, left) if is_name else clip(text, left)
        pieces.append((shown, meaning))
        left -= cells(shown)
    return [*pieces, " " * max(left, 0)]


def _took_piece(took: str, width: int) -> Piece:
    return _right(took, width), Meaning.WARNING if took.endswith("!") else Meaning.PLAIN


def _left(text: str, width: int) -> str:
    return text + " " * max(width - cells(text), 0)


def _right(text: str, width: int) -> str:
    return " " * max(width - cells(text), 0) + text
