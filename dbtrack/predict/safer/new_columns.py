"""Columns that are added with a value or a constraint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack.predict.forms import name_at, outer_words
from dbtrack.predict.model import SaferWay
from dbtrack.predict.safer.case import (
    LOCK_TIMEOUT,
    NO_LOCK_TIMEOUT,
    REPEAT,
    Case,
    Ways,
    batch_of,
    does_work,
    not_null_steps,
)
from dbtrack.redaction.sql_tokens import Token


@dataclass(frozen=True)
class _NewColumn:
    """The parts of ADD COLUMN."""

    name: str
    type: str
    default: str | None
    is_not_null: bool
    tail: tuple[Token, ...]


_COLUMN_WORDS = frozenset(
    [
        "DEFAULT",
        "NOT",
        "NULL",
        "CHECK",
        "REFERENCES",
        "UNIQUE",
        "PRIMARY",
        "CONSTRAINT",
        "GENERATED",
        "COLLATE",
        "STORAGE",
        "COMPRESSION",
    ]
)


def _new_column(case: Case) -> _NewColumn:
    tokens = case.command
    position = 2 if tokens[1].word == "COLUMN" else 1
    name, position = name_at(tokens, position)
    parts = _clauses(tokens[position:])
    default = next((part for part in parts if part[0].word == "DEFAULT"), None)
    collate = next((part for part in parts if part[0].word == "COLLATE"), None)
    kind = case.text(parts[0]) + (f" {case.text(collate)}" if collate else "")
    return _NewColumn(
        name or "",
        kind,
        case.text(default[1:]) if default else None,
        is_not_null=any([token.word for token in part] == ["NOT", "NULL"] for part in parts),
        tail=tuple(tokens[position:]),
    )


def _clauses(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Split a column's definition at the words that begin a clause, outside parentheses."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        word = token.word if depth == 0 else ""
        follows_not = word == "NULL" and parts[-1] and parts[-1][-1].word == "NOT"
        is_value = word == "NULL" and parts[-1] and parts[-1][-1].word in {"DEFAULT", "SET"}
        named = parts[-1] and parts[-1][0].word == "CONSTRAINT" and len(parts[-1]) <= 2
        if word in _COLUMN_WORDS and parts[-1] and not follows_not and not is_value and not named:
            parts.append([])
        parts[-1].append(token)
    return [tuple(part) for part in parts]


def add_volatile_column(case: Case) -> Ways:
    """Return the ways to add a column whose value is computed for each row."""
    if not does_work(case):
        return
    column = _new_column(case)
    if column.default is None:
        yield SaferWay(
            "a column of a domain with a constraint rewrites the table",
            (),
            "add the column with the base type, and the constraint as a CHECK: NOT VALID, then VALIDATE",
        )
        return
    steps = [
        LOCK_TIMEOUT,
        case.alter(f"ADD COLUMN {column.name} {column.type}"),
        case.alter(f"ALTER COLUMN {column.name} SET DEFAULT {column.default}"),
        batch_of(case, column.name, "DEFAULT", f"{column.name} IS NULL"),
    ]
    if column.is_not_null:
        steps += not_null_steps(case, column.name)
    yield SaferWay(
        "both changes are instant, and the rows get their value in batches that block nobody",
        tuple(steps),
        REPEAT,
    )


def add_generated_column(case: Case) -> Ways:
    """Return the ways to add a serial, an identity or a stored column."""
    column = _new_column(case)
    words = outer_words(case.command)
    if "STORED" in words:
        if case.major >= 18:
            text = case.text(case.command)
            virtual = re.sub(r"\bSTORED\b", "VIRTUAL", text, flags=re.IGNORECASE)
            yield SaferWay(
                "a virtual column is computed when it is read, and instant",
                (LOCK_TIMEOUT, case.alter(virtual)),
            )
        else:
            yield SaferWay(
                "each stored value is computed under ACCESS EXCLUSIVE",
                (),
                "add a plain column, a trigger that fills it, and then the old rows in batches",
            )
        return
    sequence = case.name(column.name, "seq")
    steps = [
        f"CREATE SEQUENCE {sequence}",
        LOCK_TIMEOUT,
        case.alter(f"ADD COLUMN {column.name} {_serial_type(column.type)}"),
        case.alter(f"ALTER COLUMN {column.name} SET DEFAULT nextval('{sequence}')"),
        batch_of(case, column.name, "DEFAULT", f"{column.name} IS NULL"),
        *not_null_steps(case, column.name),
    ]
    if "IDENTITY" in words:
        always = "ALWAYS" if "ALWAYS" in words else "BY DEFAULT"
        steps += [
            case.alter(f"ALTER COLUMN {column.name} DROP DEFAULT"),
            case.alter(f"ALTER COLUMN {column.name} ADD GENERATED {always} AS IDENTITY"),
            f"SELECT setval(pg_get_serial_sequence('{case.table}', '{column.name}'), nextval('{sequence}'))",
            f"DROP SEQUENCE {sequence}",
        ]
    else:
        steps.append(f"ALTER SEQUENCE {sequence} OWNED BY {case.table}.{column.name}")
    yield SaferWay("all changes are instant, and the rows get their number in batches", tuple(steps), REPEAT)


def _serial_type(kind: str) -> str:
    return {"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
            "smallserial": "smallint", "serial2": "smallint"}.get(kind.lower(), kind)  # fmt: skip


def _add_column_with(case: Case, words: frozenset[str]) -> tuple[str, tuple[Token, ...]]:
    """Return ADD COLUMN without the constraint that begins with one of the words, and that constraint."""
    name, position = name_at(case.command, 2 if case.command[1].word == "COLUMN" else 1)
    parts = _clauses(case.command[position:])
    found = next(
        part for part in parts if any(token.word in words for token in part[:3]) and part is not parts[0]
    )
    rest = " ".join(case.text(part) for part in parts if part is not found and part)
    return f"ADD COLUMN {name} {rest}", found


def add_checked_column(case: Case) -> Ways:
    """Return the ways to add a column with a CHECK."""
    yield from _apart(case, frozenset({"CHECK"}), "check")


def add_referencing_column(case: Case) -> Ways:
    """Return the ways to add a column with a foreign key."""
    yield from _apart(case, frozenset({"REFERENCES"}), "fkey")


def _apart(case: Case, words: frozenset[str], suffix: str) -> Ways:
    if not does_work(case):
        return
    column = _new_column(case).name
    add, constraint = _add_column_with(case, words)
    name = case.name(column, suffix)
    if constraint[0].word == "CONSTRAINT":
        name, constraint = constraint[1].text, constraint[2:]
    definition = case.text(constraint)
    if suffix == "fkey":
        definition = f"FOREIGN KEY ({column}) {definition}"
    yield SaferWay(
        "the column is instant; the constraint is validated while reads and writes go on",
        (
            LOCK_TIMEOUT,
            case.alter(add),
            case.alter(f"ADD CONSTRAINT {name} {definition} NOT VALID"),
            case.alter(f"VALIDATE CONSTRAINT {name}"),
        ),
    )


def add_unique_column(case: Case) -> Ways:
    """Return the ways to add a column with a unique constraint."""
    column = _new_column(case).name
    if "PRIMARY" in outer_words(case.command) or (case.shape and case.shape.is_partitioned):
        return
    add, _ = _add_column_with(case, frozenset({"UNIQUE"}))
    name = case.name(column, "key")
    yield SaferWay(
        "the column is instant; its index is built while reads and writes go on",
        (
            LOCK_TIMEOUT,
            case.alter(add),
            NO_LOCK_TIMEOUT,
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {case.table} ({column})",
            LOCK_TIMEOUT,
            case.alter(f"ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"),
        ),
    )
