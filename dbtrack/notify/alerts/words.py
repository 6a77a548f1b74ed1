"""Split a condition into words, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from dbtrack.errors import UsageError

_LONGEST = 4000
_NUMBER_UNIT = re.compile(r"\s*(%|[A-Za-z]+)")
_WORD = re.compile(
    r"(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|<>|!=|!~\*|!~|~\*|[=<>~(),])"
)


class Dimension(Enum):
    """What the unit of a number measures."""

    DURATION = "duration"  # in milliseconds
    BYTES = "bytes"
    PERCENT = "percent"


_MILLISECONDS = {
    ("us",): Decimal("0.001"),
    ("ms",): Decimal(1),
    ("s", "sec", "second", "seconds"): Decimal(1_000),
    ("m", "min", "minute", "minutes"): Decimal(60_000),
    ("h", "hour", "hours"): Decimal(3_600_000),
    ("d", "day", "days"): Decimal(86_400_000),
    ("w", "week", "weeks"): Decimal(604_800_000),
}
UNITS: dict[str, tuple[Dimension, Decimal]] = {
    "%": (Dimension.PERCENT, Decimal(1)),
    **{name: (Dimension.DURATION, factor) for names, factor in _MILLISECONDS.items() for name in names},
    **{
        name: (Dimension.BYTES, Decimal(1024**power))
        for power, name in enumerate(("b", "kb", "mb", "gb", "tb"))
    },
}
"""By name in lower case: what a unit measures, and how many of the base unit it is."""


class WordKind(Enum):
    """The kind of a word."""

    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True)
class Word:
    """One word of a condition.

    Args:
        text: a name in lower case, a sign, or the value of a text.
        start: where it begins in the condition, from 0.
        number: the value of a number, in the base unit of its dimension.
        dimension: of a number with a unit.
    """

    kind: WordKind
    text: str
    start: int
    number: Decimal = Decimal(0)
    dimension: Dimension | None = None


class ExpressionError(UsageError):
    """A condition that cannot be used.

    Args:
        condition: the condition as it was given.
        start: where the mistake is, from 0.
    """

    def __init__(self, message: str, condition: str, start: int, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.condition = condition
        self.start = start

    @property
    def excerpt(self) -> str:
        """The line of the condition with the mistake, and a line with a caret under it."""
        before, after = self.condition[: self.start], self.condition[self.start :]
        line_start = before.rpartition("\n")[2]
        line = line_start + after.partition("\n")[0]
        shown = "".join(each if each.isprintable() else " " for each in line)
        return f"  {shown}\n  {' ' * len(line_start)}^"


def split_words(condition: str) -> list[Word]:
    """Return the words of a condition, and one at the end.

    Raises:
        ExpressionError: a character or unit means nothing, a text has no end, or the condition is too long.
    """
    if len(condition) > _LONGEST:
        raise ExpressionError(f"the condition has more than {_LONGEST:,} characters", condition, _LONGEST)
    return list(_words(condition))


def _words(condition: str) -> Iterator[Word]:
    place = 0
    while True:
        while condition[place : place + 1].isspace():
            place += 1
        if place == len(condition):
            yield Word(WordKind.END, "", place)
            return
        match = _WORD.match(condition, place)
        if match is None:
            raise _unreadable(condition, place)
        place, word = _word(condition, match)
        yield word


def _unreadable(condition: str, place: int) -> ExpressionError:
    character = condition[place]
    if character == "'":
        return ExpressionError("the text has no end", condition, place, hint="end it with '")
    if character == '"':
        return ExpressionError(
            "a text stands in single quotation marks", condition, place, hint="write 'text'"
        )
    return ExpressionError(f"{character!r} means nothing here", condition, place)


def _word(condition: str, match: re.Match[str]) -> tuple[int, Word]:
    kind = WordKind(match.lastgroup)
    start, end, text = match.start(), match.end(), match.group()
    if kind is WordKind.TEXT:
        return end, Word(kind, text[1:-1].replace("''", "'"), start)
    if kind is WordKind.NUMBER:
        return _number(condition, match)
    return end, Word(kind, text.lower(), start)


def _number(condition: str, match: re.Match[str]) -> tuple[int, Word]:
    value, end = Decimal(match.group()), match.end()
    unit = _NUMBER_UNIT.match(condition, end)
    if unit is None:
        return end, Word(WordKind.NUMBER, match.group(), match.start(), value)
    known = UNITS.get(unit[1].lower())
    if known is None:
        if unit.start(1) > end:  # the next word, as in "5 and"
            return end, Word(WordKind.NUMBER, match.group(), match.start(), value)
        raise ExpressionError(
            f"there is no unit {unit[1]!r}", condition, end, hint="write 200ms, 5s, 10m, 4h, 1d, 95 % or 10MB"
        )
    dimension, factor = known
    return unit.end(), Word(WordKind.NUMBER, match.group(), match.start(), value * factor, dimension)


def parse_duration(text: str, option: str) -> Decimal:
    """Return a duration in milliseconds, as `10m` and `1h 30m` say it.

    Args:
        option: what it was given for, for the message.

    Raises:
        UsageError: it is not a duration.
    """
    try:
        *words, _end = split_words(text)
    except ExpressionError:
        words = []
    if not words or any(word.dimension is not Dimension.DURATION for word in words):
        raise UsageError(f"{option}: {text!r} is not a duration", hint="write 90s, 10m, 4h or 1d")
    return sum((word.number for word in words), Decimal(0))
