"""Draw lines on a terminal: glyphs, colours by meaning, a head with a rule, and a last line of hints.

A screen is written as pieces of text, each with a meaning or none. The canvas escapes control characters,
turns meanings into colours that suit the background, and replaces its glyphs where the encoding has only
ASCII.
Nothing here loads Rich: that takes longer than most reports.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import TextIO

from dbtrack.render.readable import visible
from dbtrack.render.screens import shortening
from dbtrack.render.screens.shortening import cells, clip, fold
from dbtrack.terminal.abilities import Abilities, ColorChoice, abilities_of

DOT = " · "

DONE, FAILED, RUNNING, WARNING, ARROW = "✔", "✘", "●", "▲", "→"
"""Glyphs that stand beside a colour, so that a screen without colours says the same."""

# One cell each, as what they replace, so that a screen has the same shape in ASCII.
_ASCII = str.maketrans("✔✘●▲▼→▸…─━╸└├│·−×–█▇▆▅▄▃▂▁", "+x*!v>>~-=-`||.-x-#*+=-:..")


_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d(?::\d\d)?\b")


class Meaning(Enum):
    """What a piece of a line means; the canvas decides how it looks."""

    PLAIN = "plain"
    STRONG = "strong"  # a heading, the name that matters
    FAINT = "faint"  # rules, hints, what may be overlooked
    GOOD = "good"
    BAD = "bad"
    WARNING = "warning"
    RUNNING = "running"
    KEY = "key"  # what can be typed next


# Numbers of SGR, of the eight colours that every terminal's theme adapts. Yellow cannot be read on white.
_ON_DARK: Mapping[Meaning, str] = {
    Meaning.STRONG: "1",
    Meaning.FAINT: "2",
    Meaning.GOOD: "32",
    Meaning.BAD: "1;31",
    Meaning.WARNING: "33",
    Meaning.RUNNING: "36",
    Meaning.KEY: "36",
}
_ON_LIGHT: Mapping[Meaning, str] = {
    **_ON_DARK,
    Meaning.WARNING: "35",
    Meaning.RUNNING: "34",
    Meaning.KEY: "34",
}

Piece = str | tuple[str, Meaning]
"""A part of a line: text, or text with what it means."""

_STATUS_GLYPHS: Mapping[str, Piece] = {
    "COMPLETED": (DONE, Meaning.GOOD),
    "RUNNING": (RUNNING, Meaning.RUNNING),
    "FAILED": (FAILED, Meaning.BAD),
    "CANCELLED": (FAILED, Meaning.WARNING),
    "ABANDONED": (FAILED, Meaning.WARNING),
    "OK": (DONE, Meaning.GOOD),
    "WARNING": (WARNING, Meaning.WARNING),
    "CRITICAL": (FAILED, Meaning.BAD),
    "UNKNOWN": ("?", Meaning.WARNING),
}


def status_glyph(status: str | None) -> Piece:
    """Return the glyph of an execution's status or of a check's, in its colour; ``?`` for any other."""
    return _STATUS_GLYPHS.get(status or "", ("?", Meaning.WARNING))


class Canvas:
    """Writes the lines of a screen to a stream.

    Args:
        stream: where the lines go.
        zone: the time zone of all times on the screen; None for the local zone of the machine.
        now: the moment that relative times count from; None for this one.
        abilities: what the terminal can show; None to find out from the stream and the environment.
        color: the option ``--color``; without effect if `abilities` are given.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        zone: tzinfo | None = None,
        now: datetime | None = None,
        abilities: Abilities | None = None,
        color: ColorChoice = ColorChoice.AUTO,
    ) -> None:
        self.stream = stream
        self.zone = zone
        self.now = now or datetime.now(UTC)
        self.abilities = abilities or abilities_of(stream, os.environ, color)
        self._styles = _ON_LIGHT if self.abilities.is_light else _ON_DARK

    @property
    def width(self) -> int:
        """The cells of a line: those of the terminal, or 100 where there is none."""
        return self.abilities.width or 100

    def put(self, *pieces: Piece, right: Sequence[Piece] = ()) -> None:
        """Write one line.

        Args:
            pieces: from the left. They are written whole: clip or fold them before.
            right: at the right edge; on a line of its own where both do not fit.
        """
        room = self.width - self.length(pieces) - self.length(right)
        if right and room >= 2:
            self._write([*pieces, " " * room, *right])
        elif right:
            self._write(pieces)
            self._write([" " * max(self.width - self.length(right), 0), *right])
        else:
            self._write(pieces)

    def put_folded(
        self, indent: int, text: str, meaning: Meaning = Meaning.PLAIN, first: Sequence[Piece] = ()
    ) -> None:
        """Write a long text on as many lines as it needs, all of them indented.

        Args:
            indent: how many cells stand before each line.
            first: what stands before the first line in place of blanks, such as a label.
        """
        for number, line in enumerate(fold(self.shown(text), max(self.width - indent, 10))):
            before = [*first, " " * max(indent - self.length(first), 0)] if number == 0 else [" " * indent]
            self._write([*before, (line, meaning)])

    def head(self, what: str, *details: str, right: str = "") -> None:
        """Write the title of a screen and a rule under it: `` what · database@server · window      right``.

        On a narrow terminal the details go on to further lines; none is left out.
        """
        lines: list[list[Piece]] = [[" ", (what, Meaning.STRONG)]]
        for detail in filter(None, details):
            if self.length(lines[-1]) + cells(DOT) + self.length([detail]) > self.width and lines[-1] != [
                " "
            ]:
                lines.append([" ", clip(self.shown(detail), self.width - 1)])
            else:
                lines[-1] += [DOT, detail]
        for line in lines[:-1]:
            self._write(line)
        self.put(*lines[-1], right=[(right, Meaning.FAINT), " "] if right else ())
        self.rule()

    def rule(self) -> None:
        """Write a line across the screen."""
        self._write([("─" * self.width, Meaning.FAINT)])

    def foot(self, *hints: str) -> None:
        """Write the last line: what to type next. Where there is no room for all, the first hints stay."""
        line = ""
        for hint in hints:
            longer = f"{line}{DOT}{hint}" if line else f" {hint}"
            if cells(longer) > self.width and line:
                break
            line = longer
        self._write([(clip(line, self.width), Meaning.FAINT)])

    def shown(self, text: str) -> str:
        """Return the text as the screen shows it: without control characters, and in the stream's encoding.

        Measure, clip or fold the result, not the text itself.
        """
        escaped = visible(text)
        if self.abilities.has_unicode or escaped.isascii():
            return escaped
        return escaped.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")

    def length(self, pieces: Sequence[Piece]) -> int:
        """Return how many cells the pieces take."""
        return sum(cells(self.shown(text)) for text, _ in map(_parted, pieces))

    def clock(self, moment: datetime | str, *, seconds: bool = False) -> str:
        """Return the time of day in the zone of the screen: ``06:28``."""
        return shortening.clock(moment, self.zone, seconds=seconds)

    def time(self, moment: datetime | str, *, seconds: bool = False) -> str:
        """Return a time as short as it is clear: ``06:28`` today, ``26 Nov 06:28`` this year."""
        return shortening.short_time(moment, self.now, self.zone, seconds=seconds)

    def ago(self, moment: datetime | str) -> str:
        """Return how long ago a moment is: ``12 s ago``."""
        return moment if isinstance(moment, str) else shortening.ago(moment, self.now)

    def day(self, moment: datetime) -> str:
        """Return the day of a moment as a heading: ``TODAY``, ``THURSDAY 26 NOV``."""
        return shortening.day_words(
            moment.astimezone(self.zone).date(), self.now.astimezone(self.zone).date()
        )

    def with_times(self, text: str) -> str:
        """Return a text of the server's with its moments, which have an offset, in the zone of the screen."""
        return _MOMENT.sub(lambda found: self.time(datetime.fromisoformat(found[0]), seconds=True), text)

    @property
    def zone_words(self) -> str:
        """What the zone of the screen's times is called."""
        return shortening.zone_words(self.now, self.zone)

    def _write(self, pieces: Sequence[Piece]) -> None:
        parts = [(self.shown(text), meaning) for text, meaning in map(_parted, pieces)]
        while parts and not parts[-1][0].rstrip():
            parts.pop()
        if parts:
            parts[-1] = (parts[-1][0].rstrip(), parts[-1][1])
        self.stream.write("".join(self._styled(text, meaning) for text, meaning in parts) + "\n")

    def _styled(self, text: str, meaning: Meaning) -> str:
        style = self._styles.get(meaning)
        return f"\x1b[{style}m{text}\x1b[0m" if style and text and self.abilities.has_color else text


def _parted(piece: Piece) -> tuple[str, Meaning]:
    return (piece, Meaning.PLAIN) if isinstance(piece, str) else piece
