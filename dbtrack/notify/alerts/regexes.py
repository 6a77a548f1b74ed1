"""Regular expressions of conditions: PostgreSQL matches them, within its limit of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dbtrack import sql_files
from dbtrack.columns import Kind
from dbtrack.db import Database
from dbtrack.errors import QueryError
from dbtrack.notify.alerts.expression import Expression
from dbtrack.notify.alerts.predicates import Regex, Row
from dbtrack.notify.alerts.words import ExpressionError

_INVALID_PATTERN = "2201B"


class ServerRegexes:
    """Knows which texts of some rows match the regular expressions of some conditions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._matching: dict[tuple[str, bool], set[str]] = {}

    def prepare(self, expressions: Iterable[Expression], rows: Sequence[Row]) -> None:
        """Ask the server about all texts of these rows; it forgets those of earlier rows."""
        self._matching.clear()
        parts = [part for expression in expressions for part in expression.regexes()]
        for pattern, ignores_case in {(part.pattern, part.ignores_case) for part in parts}:
            same = [part for part in parts if (part.pattern, part.ignores_case) == (pattern, ignores_case)]
            texts = {text for part in same for row in rows for text in _texts(part, row)}
            self._matching[pattern, ignores_case] = self._asked(pattern, texts, ignores_case=ignores_case)

    def matches(self, pattern: str, text: str, *, ignores_case: bool) -> bool:
        """Return whether the pattern is found in a text of the prepared rows."""
        return text in self._matching[pattern, ignores_case]

    def check(self, expression: Expression) -> None:
        """Check that the server can read the regular expressions.

        Raises:
            ExpressionError: it cannot.
        """
        for part in expression.regexes():
            try:
                self._asked(part.pattern, {""}, ignores_case=part.ignores_case)
            except QueryError as error:
                if error.sqlstate != _INVALID_PATTERN:
                    raise
                start = max(0, expression.text.find("'" + part.pattern.replace("'", "''")))
                raise ExpressionError(error.message, expression.text, start) from error

    def _asked(self, pattern: str, texts: set[str], *, ignores_case: bool) -> set[str]:
        if not texts:
            return set()
        given = {"texts": list(texts), "pattern": pattern, "ignores_case": ignores_case}
        return {text for (text,) in self._database.rows(sql_files.query("alerts/matching_texts"), given)}


def _texts(part: Regex, row: Row) -> Iterator[str]:
    value = row[part.column.name]
    if value is None:
        return
    if part.column.kind is Kind.LIST:
        yield from (str(item) for item in value if item is not None)
    else:
        yield bytes(value).hex() if part.column.kind is Kind.KEY else value
