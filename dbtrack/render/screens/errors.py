"""The screen of the errors: each cause with the latest failure, what became of it, and what to type next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dbtrack.render.formats import BATCH_ROWS, Look, Row, Section, batches
from dbtrack.render.readable import counted
from dbtrack.render.screens.canvas import DOT, FAILED, Canvas, Meaning, Piece
from dbtrack.render.screens.failure_words import message_of, place_of
from dbtrack.render.screens.shortening import cells, clip, clip_middle, short_identity, short_key
from dbtrack.render.values import machine_text

_HINTS = (
    "--each one by one",
    "--open only what is not fixed",
    "--since 'last night'",
    "--user alice",
    "--follow",
    "show KEY",
)
_OPEN_HINTS = ("resolve KEY --reason TEXT", "--each one by one", "--since 7d", "--user alice", "show KEY")
_PROGRAM = re.compile(r"^/\S*/(?=[^\s/]+(?:\s|$))")
_LABEL_CELLS = 15
_NARROW_LABEL_CELLS = 12
_LEAST_NAME = 12


def draw(section: Section, canvas: Canvas, look: Look) -> None:
    """Draw the causes, the latest first."""
    screen = _Errors(section, canvas, look)
    for batch in batches(section.rows):
        screen.write(batch)
    screen.finish()


class _Errors:
    def __init__(self, section: Section, canvas: Canvas, look: Look) -> None:
        self.section = section
        self.canvas = canvas
        self.look = look
        self.names = [column.name for column in section.columns]
        self.knows_outcome = "succeeded_key" in self.names
        self.label = _LABEL_CELLS if canvas.width >= 80 else _NARROW_LABEL_CELLS
        self.is_begun = False

    def write(self, batch: Sequence[Row]) -> None:
        """Write some causes; the first batch is counted for the head."""
        causes = [dict(zip(self.names, row, strict=True)) for row in batch]
        if not self.is_begun:
            self._head(causes)
        for cause in causes:
            if self.is_begun:
                self.canvas.put()
            self.is_begun = True
            self._write_cause(cause)

    def finish(self) -> None:
        """Write the head of an empty screen, or the last line."""
        if not self.is_begun:
            self._head([])
            self.canvas.put(" ", ("no errors", Meaning.GOOD))
        self.canvas.put()
        self.canvas.foot(*(_OPEN_HINTS if self.section.name == "open_errors" else _HINTS))

    def _head(self, causes: Sequence[Mapping[str, Any]]) -> None:
        room = self.canvas.width - cells(DOT.join(("errors", *self.section.details))) - 4
        counts = self._counts(causes) if 0 < len(causes) < BATCH_ROWS else []
        while counts and cells(DOT.join(counts)) > room:
            counts.pop()
        self.canvas.head("errors", *self.section.details, right=DOT.join(counts))

    def _counts(self, causes: Sequence[Mapping[str, Any]]) -> list[str]:
        counts = [
            counted(sum(cause["occurrences"] for cause in causes), "failure"),
            counted(len(causes), "cause"),
        ]
        if self.knows_outcome:
            counts.append(f"{sum(cause['succeeded_key'] is not None for cause in causes)} fixed since")
        return counts

    def _write_cause(self, cause: Mapping[str, Any]) -> None:
        state = cause["sqlstate"] or cause.get("ended_by") or ""
        mark: list[Piece] = [" ", (FAILED, Meaning.BAD), " "]
        if state:
            mark += [(self.canvas.shown(state), Meaning.STRONG), "  "]
        what = message_of(cause.get("error_message") or cause["message"] or "")
        self.canvas.put_folded(min(self.canvas.length(mark), 10), what, Meaning.BAD, first=mark)
        self._write_latest(cause)
        self._write_details(cause)

    def _write_latest(self, cause: Mapping[str, Any]) -> None:
        """Write how often and when, what failed and whose it was; at the right, what became of it."""
        first: list[Piece] = [f"   {cause['occurrences']:,} × {self._times(cause)}"]
        right = self._outcome(cause)
        whole = self._subject(cause, self.canvas.width)
        taken = self.canvas.length(first) + 2 + (self.canvas.length(right) + 2 if right else 0)
        if taken + self.canvas.length(whole) <= self.canvas.width:
            self.canvas.put(*first, "  ", *whole, right=right)
        else:
            self.canvas.put(*first, right=right)
            self.canvas.put("   ", *self._subject(cause, self.canvas.width - 3))

    def _subject(self, cause: Mapping[str, Any], room: int) -> list[Piece]:
        """Return the operation and the people, who stay whole as long as there is room for them."""
        name = self.canvas.shown(cause.get("parent_name") or cause["script_name"] or "")
        lists = (cause["users"] or (), cause["tenants"] or (), filter(None, [cause.get("ticket")]))
        others = self.canvas.shown(DOT.join(part for part in (", ".join(words) for words in lists) if part))
        if not others:
            return [clip_middle(name, room)]
        name = clip_middle(name, max(room - cells(DOT) - cells(others), min(room // 2, cells(name))))
        return [name, DOT, clip(others, max(room - cells(name) - cells(DOT), 0))]

    def _times(self, cause: Mapping[str, Any]) -> str:
        first, last = cause["first_seen"], cause["last_seen"]
        if self.look.relative:
            return self.canvas.ago(last)
        if first == last:
            return self.canvas.time(last, seconds=True)
        begin, end = self.canvas.time(first), self.canvas.time(last)
        return end if begin == end else f"{begin}–{end}"

    def _outcome(self, cause: Mapping[str, Any]) -> list[Piece]:
        if not self.knows_outcome:
            return []
        if cause["succeeded_key"] is not None:
            when = (
                self.canvas.time(cause["succeeded_at"], seconds=True)
                if cause.get("succeeded_at")
                else "later"
            )
            return [(f"✔ succeeded {when}, {short_key(cause['succeeded_key'])}", Meaning.GOOD)]
        if cause.get("resolved_by"):
            return [(f"✔ resolved by {self.canvas.shown(cause['resolved_by'])}", Meaning.GOOD)]
        return [("not seen to succeed since", Meaning.WARNING)]

    def _write_details(self, cause: Mapping[str, Any]) -> None:
        """Write the statement, the hint and what was left behind; at the last one's right, what to type."""
        lines = [(label, self.canvas.shown(text)) for label, text in self._details(cause)]
        show: list[Piece] = [(f"show {short_key(cause['execution_key'])}", Meaning.KEY)]
        if self.look.verbose:
            show = [(f"show {machine_text(cause['execution_key'])}", Meaning.KEY)]
        for position, (label, text) in enumerate(lines, 1):
            right = show if position == len(lines) else []
            self._write_detail(label, text, right)
        if not lines:
            self.canvas.put(right=show)

    def _details(self, cause: Mapping[str, Any]) -> list[tuple[str, str]]:
        # psql names the script and the line.
        place = place_of(cause.get("error_message") or "")
        found = [
            (place or "statement", _short_command(cause["statement"] or "")),
            ("hint", cause["hint"] or ""),
            ("left behind", ", ".join(map(short_identity, cause.get("left_behind") or ()))),
            ("reason", cause.get("resolved_reason") or ""),
        ]
        return [(label, " ".join(text.split())) for label, text in found if text]

    def _write_detail(self, label: str, text: str, right: list[Piece]) -> None:
        shown = clip_middle(self.canvas.shown(label), self.label - 1)
        before: list[Piece] = ["   ", (shown, Meaning.FAINT), " " * (self.label - cells(shown))]
        room = self.canvas.width - self.canvas.length(before)
        beside = room - (self.canvas.length(right) + 2 if right else 0)
        if self.look.verbose and cells(text) > beside:
            self.canvas.put_folded(self.canvas.length(before), text, first=before)
            if right:
                self.canvas.put(right=right)
            return
        self.canvas.put(*before, clip(text, beside if beside >= _LEAST_NAME else room), right=right)


def _short_command(text: str) -> str:
    """Return a statement as it is, and a command line without the directory of its program."""
    return _PROGRAM.sub("", text, count=1)
