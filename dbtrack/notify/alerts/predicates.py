"""The parts of a condition, each of which is true, false or unknown of a row, as in SQL."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from dbtrack.columns import Column, Kind
from dbtrack.notify.alerts.words import Dimension

Row = Mapping[str, Any]


class RegexMatcher(Protocol):
    """Says whether a text matches a regular expression."""

    def matches(self, pattern: str, text: str, *, ignores_case: bool) -> bool:
        """Return whether the pattern is found in the text."""
        ...


class Predicate(Protocol):
    """A condition or a part of one."""

    def of(self, row: Row, regexes: RegexMatcher, /) -> bool | None:
        """Return whether the row meets it; None if that is unknown, because a value is null."""
        ...

    def parts(self) -> Iterator[Predicate]:
        """Yield the predicate and all of its parts."""
        ...


@dataclass(frozen=True)
class Each:
    """Every part is true."""

    members: Sequence[Predicate]

    def of(self, row: Row, regexes: RegexMatcher, /) -> bool | None:
        """Return the conjunction."""
        results = [member.of(row, regexes) for member in self.members]
        return False if False in results else None if None in results else True

    def parts(self) -> Iterator[Predicate]:
        """Yield itself and its members."""
        yield self
        for member in self.members:
            yield from member.parts()


@dataclass(frozen=True)
class Either:
    """At least one part is true."""

    members: Sequence[Predicate]

    def of(self, row: Row, regexes: RegexMatcher, /) -> bool | None:
        """Return the disjunction."""
        results = [member.of(row, regexes) for member in self.members]
        return True if True in results else None if None in results else False

    def parts(self) -> Iterator[Predicate]:
        """Yield itself and its members."""
        yield self
        for member in self.members:
            yield from member.parts()


@dataclass(frozen=True)
class Not:
    """The part is false."""

    member: Predicate

    def of(self, row: Row, regexes: RegexMatcher, /) -> bool | None:
        """Return the negation."""
        result = self.member.of(row, regexes)
        return None if result is None else not result

    def parts(self) -> Iterator[Predicate]:
        """Yield itself and its member."""
        yield self
        yield from self.member.parts()


@dataclass(frozen=True)
class _OfColumn:
    column: Column

    def parts(self) -> Iterator[Predicate]:
        """Yield itself: it has no parts."""
        yield self

    def of(self, row: Row, regexes: RegexMatcher, /) -> bool | None:
        """Return whether the column's value meets it; of a list, whether one item does."""
        value = row[self.column.name]
        if value is None:
            return None
        if self.column.kind is Kind.LIST:
            return any(self._holds(str(item), row, regexes) for item in value if item is not None)
        return self._holds(self._comparable(value), row, regexes)

    def _comparable(self, value: Any) -> Any:
        if self.column.kind is Kind.KEY:
            return bytes(value).hex()
        if self.column.kind in _NUMBERS:
            return Decimal(str(value))
        return value

    def _holds(self, _value: Any, _row: Row, _regexes: RegexMatcher, /) -> bool | None:
        raise NotImplementedError


_NUMBERS = frozenset({Kind.COUNT, Kind.NUMBER, Kind.RATIO, Kind.DURATION_MS, Kind.BYTES, Kind.METRIC})
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Age:
    """A moment that is this many milliseconds ago whenever it is asked."""

    milliseconds: Decimal

    def moment(self) -> datetime:
        """Return the moment; the first that Python knows, if it is before that."""
        try:
            return datetime.now(UTC) - timedelta(milliseconds=float(self.milliseconds))
        except OverflowError:
            return _BEFORE_ALL


@dataclass(frozen=True)
class Quantity:
    """A number; with a dimension, in its base unit."""

    value: Decimal
    dimension: Dimension | None = None

    def in_unit(self, unit: str | None) -> Decimal | None:
        """Return the value in the unit of a row; None if it is a unit of something else."""
        match self.dimension, unit:
            case None, _:
                return self.value
            case (Dimension.DURATION, "ms") | (Dimension.PERCENT, "percent") | (Dimension.BYTES, "bytes"):
                return self.value
            case Dimension.DURATION, "seconds":
                return self.value / 1000
            case _:
                return None


Operand = str | bool | datetime | Age | Quantity


@dataclass(frozen=True)
class Comparison(_OfColumn):
    """The value is equal to, less than or greater than another."""

    sign: str
    operand: Operand

    def _holds(self, value: Any, row: Row, _regexes: RegexMatcher, /) -> bool | None:
        match self.operand:
            case Quantity():
                unit = row.get(self.column.unit_column) if self.column.unit_column else None
                other: Any = (
                    self.operand.in_unit(unit) if self.column.kind is Kind.METRIC else self.operand.value
                )
            case Age():
                other = self.operand.moment()
            case _:
                other = self.operand
        if other is None or type(value) is not type(other):
            return None  # a time that Python cannot represent arrives as text
        return COMPARISONS[self.sign](value, other)


@dataclass(frozen=True)
class IsNull(_OfColumn):
    """The value is null, or an empty list."""

    def of(self, row: Row, _regexes: RegexMatcher, /) -> bool | None:
        """Return whether there is no value."""
        value = row[self.column.name]
        return value is None or value == []


@dataclass(frozen=True)
class Like(_OfColumn):
    """The text matches a pattern of LIKE. It takes time in proportion to the text, whatever the pattern."""

    pattern: str
    ignores_case: bool
    _pieces: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        flags = re.DOTALL | (re.IGNORECASE if self.ignores_case else 0)
        # No piece contains a repetition, so that none can take long.
        pieces = tuple(re.compile(piece, flags) for piece in _between_percents(self.pattern))
        object.__setattr__(self, "_pieces", pieces)

    def _holds(self, value: Any, _row: Row, _regexes: RegexMatcher, /) -> bool | None:
        first, *others = self._pieces
        found = first.match(value)
        if not others:
            return first.fullmatch(value) is not None
        for piece in others[:-1]:
            found = piece.search(value, found.end()) if found else None
        if found is None:
            return False
        last = others[-1]
        return any(last.fullmatch(value, start) for start in _ends(value, found.end(), last))


def _ends(value: str, earliest: int, last: re.Pattern[str]) -> Sequence[int]:
    # Each item of a piece matches exactly one character: only one place is possible.
    start = len(value) - last.groups
    return [start] if start >= earliest else []


def _between_percents(pattern: str) -> list[str]:
    """Return the pieces between the percent signs as regular expressions, one group for each character."""
    pieces, characters = [""], iter(pattern)
    for character in characters:
        if character == "%":
            pieces.append("")
        elif character == "_":
            pieces[-1] += "(.)"
        else:
            literal = next(characters, "\\") if character == "\\" else character
            pieces[-1] += f"({re.escape(literal)})"
    return pieces


@dataclass(frozen=True)
class Regex(_OfColumn):
    """The text matches a regular expression of PostgreSQL's."""

    pattern: str
    ignores_case: bool

    def _holds(self, value: Any, _row: Row, regexes: RegexMatcher, /) -> bool | None:
        return regexes.matches(self.pattern, value, ignores_case=self.ignores_case)
