"""What a safer way is made of: one statement or subcommand, and what several subjects share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dbtrack.predict.forms import Parsed, name_at
from dbtrack.predict.model import Prediction, SaferWay, Work
from dbtrack.predict.script import Statement
from dbtrack.predict.shapes import Shape, Shapes
from dbtrack.redaction.sql_tokens import Token

LOCK_TIMEOUT = "SET lock_timeout = '2s'"


# A wait that is cut off would leave an invalid index.
NO_LOCK_TIMEOUT = "SET lock_timeout = 0"


BATCH_ROWS = 10_000


PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")


LONGEST_NAME = 63


REPEAT = "repeat the UPDATE, each in a transaction of its own, until it changes no row"


RETRY = "if it gives up, try again: nothing was changed"


@dataclass(frozen=True)
class Case:
    """One statement or subcommand that could be written better."""

    statement: Statement
    parsed: Parsed
    prediction: Prediction
    shape: Shape | None
    shapes: Shapes
    major: int
    command: tuple[Token, ...] = ()

    @property
    def table(self) -> str:
        """Return the table as the statement names it; empty where it names none."""
        return self.parsed.name or ""

    def text(self, tokens: Sequence[Token]) -> str:
        """Return the text of some tokens that follow one another, as it was written."""
        base = self.statement.tokens[0].start
        return self.statement.text[tokens[0].start - base : tokens[-1].end - base] if tokens else ""

    def alter(self, command: str) -> str:
        """Return an ALTER TABLE of the same table."""
        only = "ONLY " if self.parsed.is_only else ""
        return f"ALTER TABLE {only}{self.table} {command}"

    def name(self, *parts: str) -> str:
        """Return a name made of the table's and others, quoted where needed."""
        bare = [part.rpartition(".")[2].strip('"') for part in (self.table, *parts)]
        name = "_".join(bare)[:LONGEST_NAME]
        return name if PLAIN_NAME.fullmatch(name) else '"' + name.replace('"', '""') + '"'


Ways = Iterator[SaferWay]


def no_way(case: Case) -> Ways:
    """Return no way."""
    del case
    yield from ()


def does_work(case: Case) -> bool:
    """Return whether the statement rewrites, builds or reads something."""
    return case.prediction.work is not Work.NONE


# Not by a key, which a table may lack; each statement finds rows that are still to do.
_BATCH = (
    "UPDATE {table} SET {column} = {value} "
    "WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {condition} LIMIT {rows}))"
)


def batch_of(case: Case, column: str, value: str, condition: str) -> str:
    """Return an UPDATE that gives some of the rows a value; it is to be repeated."""
    return _BATCH.format(table=case.table, column=column, value=value, condition=condition, rows=BATCH_ROWS)


def with_concurrently(case: Case, word: str) -> str:
    """Return the statement with CONCURRENTLY behind a word."""
    token = next(token for token in case.statement.tokens if token.word == word)
    end = token.end - case.statement.tokens[0].start
    return f"{case.statement.text[:end]} CONCURRENTLY{case.statement.text[end:]}"


def concurrently(definition: str) -> str:
    """Return the definition of an index with CONCURRENTLY."""
    return re.sub(r"^(CREATE (?:UNIQUE )?INDEX)", r"\1 CONCURRENTLY", definition)


def columns_in(tokens: Sequence[Token]) -> list[str]:
    """Return the names in the first parentheses."""
    start = next((n for n, token in enumerate(tokens) if token.text == "("), len(tokens))
    found = []
    for token in tokens[start + 1 :]:
        if token.text == ")":
            break
        if token.text not in {",", "("}:
            found.append(token.text)
    return [name for name in found if re.fullmatch(r'\w+|".*"', name)]


def advice(why: str, advice: str) -> Callable[[Case], Ways]:
    """Return the way of a form for which there is only advice."""

    def way(case: Case) -> Ways:
        if does_work(case):
            yield SaferWay(why, (), advice)

    return way


def column_of(case: Case) -> str:
    """Return the column of ALTER COLUMN or ADD COLUMN, as written."""
    position = 2 if case.command[1].word == "COLUMN" else 1
    return name_at(case.command, position)[0] or ""


def not_null_steps(case: Case, column: str) -> list[str]:
    """Return the statements that make a column NOT NULL without reading the table under a strong lock."""
    if case.major >= 18:
        name = case.name(column, "not_null")
        add = case.alter(f"ADD CONSTRAINT {name} NOT NULL {column} NOT VALID")
        return [LOCK_TIMEOUT, add, case.alter(f"VALIDATE CONSTRAINT {name}")]
    name = case.name(column, "proof")
    return [
        LOCK_TIMEOUT,
        case.alter(f"ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID"),
        case.alter(f"VALIDATE CONSTRAINT {name}"),
        case.alter(f"ALTER COLUMN {column} SET NOT NULL"),
        case.alter(f"DROP CONSTRAINT {name}"),
    ]
