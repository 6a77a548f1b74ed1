"""Parse the condition of an alert.

A condition is not SQL: it can only compare the columns of one report with values, so that it cannot write,
read anything else, or run for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from dbtrack.columns import Column, Kind
from dbtrack.notify.alerts.predicates import (
    COMPARISONS,
    Age,
    Comparison,
    Each,
    Either,
    IsNull,
    Like,
    Not,
    Operand,
    Predicate,
    Quantity,
    Regex,
    RegexMatcher,
    Row,
)
from dbtrack.notify.alerts.words import Dimension, ExpressionError, Word, WordKind, split_words

_DEEPEST = 40
_TEXTS = frozenset({Kind.TEXT, Kind.IDENTIFIER, Kind.STATUS, Kind.KEY, Kind.LIST})
_RESERVED = frozenset({"and", "or", "not", "in", "like", "ilike", "is", "null", "between", "true", "false"})
# The dimensions that a number may have for a column of a kind. Without a unit it is in the column's own unit.
_DIMENSIONS: dict[Kind, frozenset[Dimension | None]] = {
    Kind.COUNT: frozenset({None}),
    Kind.NUMBER: frozenset({None, Dimension.PERCENT}),
    Kind.RATIO: frozenset({None, Dimension.PERCENT}),
    Kind.DURATION_MS: frozenset({None, Dimension.DURATION}),
    Kind.BYTES: frozenset({None, Dimension.BYTES}),
    Kind.METRIC: frozenset({None, *Dimension}),
}


@dataclass(frozen=True)
class Expression:
    """A condition that was parsed.

    Args:
        text: as it was written.
    """

    text: str
    predicate: Predicate

    def matches(self, row: Row, regexes: RegexMatcher) -> bool:
        """Return whether a row meets the condition; if that is unknown, it does not."""
        return self.predicate.of(row, regexes) is True

    def regexes(self) -> list[Regex]:
        """Return the parts that compare with a regular expression."""
        return [part for part in self.predicate.parts() if isinstance(part, Regex)]


def parse(condition: str, report: str, columns: Sequence[Column]) -> Expression:
    """Parse a condition over the columns of a report.

    Args:
        report: the report's name, for messages.

    Raises:
        ExpressionError: the condition is malformed, names an unknown column, or compares what cannot be
            compared.
    """
    parser = _Parser(condition, report, columns)
    predicate = parser.disjunction()
    if parser.word.kind is not WordKind.END:
        raise parser.error("'and' or 'or' is missing here")
    return Expression(condition, predicate)


class _Parser:
    def __init__(self, condition: str, report: str, columns: Sequence[Column]) -> None:
        self._condition = condition
        self._report = report
        self._columns = {column.name: column for column in columns}
        self._words = iter(split_words(condition))
        self._depth = 0
        self.word = next(self._words)

    def error(self, message: str, word: Word | None = None, *, hint: str | None = None) -> ExpressionError:
        return ExpressionError(message, self._condition, (word or self.word).start, hint=hint)

    def disjunction(self) -> Predicate:
        return self._joined("or", self._conjunction, Either)

    def _conjunction(self) -> Predicate:
        return self._joined("and", self._negation, Each)

    def _joined(
        self,
        joint: str,
        part: Callable[[], Predicate],
        joined: Callable[[Sequence[Predicate]], Predicate],
    ) -> Predicate:
        members = [part()]
        while self._take(joint):
            members.append(part())
        return members[0] if len(members) == 1 else joined(tuple(members))

    def _negation(self) -> Predicate:
        is_negated = False
        while self._take("not"):
            is_negated = not is_negated
        if self._take("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise self.error("the condition has too many parentheses within one another")
            found = self.disjunction()
            self._expect(")")
            self._depth -= 1
        else:
            found = self._about_column()
        return Not(found) if is_negated else found

    def _about_column(self) -> Predicate:
        word = self.word
        if word.kind is not WordKind.NAME or word.text in _RESERVED:
            raise self.error("a column is missing here", hint=self._columns_hint())
        column = self._columns.get(word.text)
        if column is None:
            raise self.error(f"{self._report} has no column {word.text!r}", hint=self._columns_hint())
        self._advance()
        sign = self.word
        if sign.text in COMPARISONS and sign.kind is WordKind.SIGN:
            self._advance()
            return self._comparison(column, sign)
        if self._take("is"):
            return self._null_test(column)
        return self._word_operator(column, word)

    def _word_operator(self, column: Column, name: Word) -> Predicate:
        is_negated = self._take("not")
        found = self._operation(column)
        if found is None:
            if column.kind is Kind.BOOLEAN and not is_negated:
                return Comparison(column, "=", True)
            raise self.error(
                f"a comparison of {name.text} is missing here", hint="=, <, in, like, ~, between or is null"
            )
        return Not(found) if is_negated else found

    def _operation(self, column: Column) -> Predicate | None:
        sign = self.word
        match sign.text if sign.kind in (WordKind.SIGN, WordKind.NAME) else None:
            case "in":
                self._advance()
                return self._membership(column, sign)
            case "between":
                self._advance()
                least = self._comparison(column, sign, ">=")
                self._expect("and")
                return Each((least, self._comparison(column, sign, "<=")))
            case "like" | "ilike":
                self._advance()
                return Like(column, self._pattern(column, sign), sign.text == "ilike")
            case "~" | "~*" | "!~" | "!~*":
                self._advance()
                found = Regex(column, self._pattern(column, sign), sign.text.endswith("*"))
                return Not(found) if sign.text.startswith("!") else found
            case _:
                return None

    def _null_test(self, column: Column) -> Predicate:
        is_negated = self._take("not")
        self._expect("null")
        return Not(IsNull(column)) if is_negated else IsNull(column)

    def _membership(self, column: Column, sign: Word) -> Predicate:
        self._expect("(")
        members = [self._comparison(column, sign, "=")]
        while self._take(","):
            members.append(self._comparison(column, sign, "="))
        self._expect(")")
        return Either(tuple(members))

    def _pattern(self, column: Column, sign: Word) -> str:
        if column.kind not in _TEXTS:
            raise self.error(f"{column.name} is not a text, so that {sign.text!r} cannot be used", sign)
        if self.word.kind is not WordKind.TEXT:
            raise self.error("a pattern in quotation marks is missing here", hint="write 'pattern'")
        return self._advance().text

    def _comparison(self, column: Column, sign: Word, meaning: str | None = None) -> Predicate:
        comparison = meaning or sign.text
        is_ordered = comparison in {"<", "<=", ">", ">="}
        if column.kind is Kind.JSON or (column.kind in (Kind.BOOLEAN, Kind.LIST) and is_ordered):
            raise self.error(f"{column.name} cannot be compared by {sign.text!r}", sign)
        operand = self._operand(column)
        if column.kind is Kind.LIST and comparison in {"<>", "!="}:
            return Not(Comparison(column, "=", operand))
        return Comparison(column, comparison, operand)

    def _operand(self, column: Column) -> Operand:
        word = self.word
        if word.kind is WordKind.NAME and word.text == "null":
            raise self.error("nothing is equal to null", hint=f"write: {column.name} is null")
        if column.kind in _TEXTS:
            return self._text_operand(column)
        if column.kind is Kind.TIME:
            return self._time_operand(column)
        if column.kind is Kind.BOOLEAN:
            if word.text not in ("true", "false") or word.kind is not WordKind.NAME:
                raise self.error(f"{column.name} is true or false")
            return self._advance().text == "true"
        return self._number_operand(column)

    def _text_operand(self, column: Column) -> str:
        if self.word.kind is not WordKind.TEXT:
            raise self.error(
                f"{column.name} is compared with a text", hint="write it in quotation marks: 'text'"
            )
        text = self._advance().text
        if column.kind is Kind.STATUS:
            return text.upper()
        return text.lower() if column.kind is Kind.KEY else text

    def _time_operand(self, column: Column) -> datetime | Age:
        word = self._advance()
        if word.kind is WordKind.NAME and word.text == "now":
            return Age(Decimal(0))
        if word.kind is WordKind.NUMBER and word.dimension is Dimension.DURATION:
            self._expect("ago")
            return Age(word.number)
        if word.kind is WordKind.TEXT:
            try:
                moment = datetime.fromisoformat(word.text)
            except ValueError:
                raise self.error(
                    f"{word.text!r} is not a time", word, hint="write '2026-01-31 14:30'"
                ) from None
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        raise self.error(f"{column.name} is a time", word, hint="write 1h ago, now or '2026-01-31 14:30'")

    def _number_operand(self, column: Column) -> Quantity:
        word = self.word
        if word.kind is not WordKind.NUMBER:
            raise self.error(f"{column.name} is compared with a number")
        if word.dimension not in _DIMENSIONS[column.kind]:
            raise self.error(f"{column.name} is not measured in {word.dimension and word.dimension.value}")
        self._advance()
        if column.kind is Kind.RATIO and word.dimension is Dimension.PERCENT:
            return Quantity(word.number / 100)
        return Quantity(word.number, word.dimension)

    def _take(self, text: str) -> bool:
        if self.word.text == text and self.word.kind in (WordKind.NAME, WordKind.SIGN):
            self._advance()
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self.error(f"{text!r} is missing here")

    def _advance(self) -> Word:
        word = self.word
        if word.kind is WordKind.END:
            raise self.error("the condition ends too early")
        self.word = next(self._words)
        return word

    def _columns_hint(self) -> str:
        return f"its columns: {', '.join(self._columns)}"
