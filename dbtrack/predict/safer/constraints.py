"""NOT NULL, CHECK, foreign keys and keys that are added to a table."""

from __future__ import annotations

from dbtrack.predict.forms import name_at, outer_words
from dbtrack.predict.model import SaferWay
from dbtrack.predict.safer.case import (
    LOCK_TIMEOUT,
    NO_LOCK_TIMEOUT,
    Case,
    Ways,
    column_of,
    columns_in,
    does_work,
    not_null_steps,
)


def set_not_null(case: Case) -> Ways:
    """Return the ways to make a column NOT NULL."""
    if does_work(case):
        yield SaferWay(
            "a constraint that is not valid yet is instant; its validation lets reads and writes go on",
            tuple(not_null_steps(case, column_of(case))),
        )


def add_not_null(case: Case) -> Ways:
    """Return the ways to add a NOT NULL constraint."""
    words = [token.word for token in case.command]
    if does_work(case) and "NULL" in words:
        column = name_at(case.command, words.index("NULL") + 1)[0] or ""
        name = case.command[2].text if words[1] == "CONSTRAINT" else case.name(column, "not_null")
        yield SaferWay(
            "a constraint that is not valid yet is instant; its validation lets reads and writes go on",
            (
                LOCK_TIMEOUT,
                case.alter(f"ADD CONSTRAINT {name} NOT NULL {column} NOT VALID"),
                case.alter(f"VALIDATE CONSTRAINT {name}"),
            ),
        )


def _constraint_parts(case: Case, suffix: str) -> tuple[str, str]:
    """Return the name of the added constraint and its definition."""
    words = [token.word for token in case.command]
    if words[1] == "CONSTRAINT":
        return case.command[2].text, case.text(case.command[3:])
    columns = columns_in(case.command)
    return case.name(*columns[:2], suffix), case.text(case.command[1:])


def add_check(case: Case) -> Ways:
    """Return the ways to add a CHECK."""
    if does_work(case):
        name, definition = _constraint_parts(case, "check")
        yield SaferWay(
            "a CHECK that is not valid yet is instant; its validation lets reads and writes go on",
            (
                LOCK_TIMEOUT,
                case.alter(f"ADD CONSTRAINT {name} {definition} NOT VALID"),
                case.alter(f"VALIDATE CONSTRAINT {name}"),
            ),
        )


def add_foreign_key(case: Case) -> Ways:
    """Return the ways to add a foreign key."""
    name, definition = _constraint_parts(case, "fkey")
    if not does_work(case):
        return
    if case.shape and case.shape.is_partitioned and case.major < 18:
        yield SaferWay(
            "before PostgreSQL 18 each partition gets the key first; the table's own then reads none of them",
            (
                LOCK_TIMEOUT,
                *(
                    f"ALTER TABLE {partition} {step}"
                    for partition in case.shape.partitions
                    for step in (
                        f"ADD CONSTRAINT {name} {definition} NOT VALID",
                        f"VALIDATE CONSTRAINT {name}",
                    )
                ),
                case.alter(f"ADD CONSTRAINT {name} {definition}"),
            ),
            "the last step takes ACCESS EXCLUSIVE on the referenced table for a moment",
        )
        return
    yield SaferWay(
        "a foreign key that is not valid yet is instant; its validation lets reads and writes go on",
        (
            LOCK_TIMEOUT,
            case.alter(f"ADD CONSTRAINT {name} {definition} NOT VALID"),
            case.alter(f"VALIDATE CONSTRAINT {name}"),
        ),
    )


def add_key(case: Case) -> Ways:
    """Return the ways to add a primary key or a unique constraint."""
    words = outer_words(case.command)
    is_primary = "PRIMARY" in words
    name, _ = _constraint_parts(case, "pkey" if is_primary else "key")
    if is_primary and words[1] != "CONSTRAINT":
        name = case.name("pkey")
    if case.shape and case.shape.is_partitioned:
        yield SaferWay(
            "a partitioned table has no CONCURRENTLY",
            (),
            "add it to each partition by CREATE UNIQUE INDEX CONCURRENTLY first",
        )
        return
    start = next(n for n, token in enumerate(case.command) if token.text == "(")
    columns = columns_in(case.command)
    listed = f"({', '.join(columns)}){_include(case)}"
    kind = "PRIMARY KEY" if is_primary else "UNIQUE"
    distinct = " NULLS NOT DISTINCT" if "DISTINCT" in [token.word for token in case.command[:start]] else ""
    steps = [
        NO_LOCK_TIMEOUT,
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {case.table} {listed}{distinct}",
    ]
    for column in columns if is_primary else ():
        known = case.shape.columns.get(column.strip('"')) if case.shape else None
        if known is None or not known[1]:
            steps += not_null_steps(case, column)
    deferrable = " DEFERRABLE" if "DEFERRABLE" in words else ""
    deferrable += " INITIALLY DEFERRED" if "DEFERRED" in words else ""
    steps += [LOCK_TIMEOUT, case.alter(f"ADD CONSTRAINT {name} {kind} USING INDEX {name}{deferrable}")]
    yield SaferWay(
        "the index is built while reads and writes go on; the constraint then takes it over at once",
        tuple(steps),
        f"if the index cannot be built, drop the invalid one: DROP INDEX CONCURRENTLY {name}",
    )


def _include(case: Case) -> str:
    words = [token.word for token in case.command]
    if "INCLUDE" not in words:
        return ""
    return f" INCLUDE ({', '.join(columns_in(case.command[words.index('INCLUDE') :]))})"


def using_index(case: Case) -> Ways:
    """Return the ways to make an index a primary key."""
    if not does_work(case) or "PRIMARY" not in outer_words(case.command):
        return
    index_name = name_at(case.command, [token.word for token in case.command].index("INDEX") + 1)[0]
    index = next((i for i in case.shape.indexes if i.name == index_name), None) if case.shape else None
    steps: list[str] = []
    for column in index.columns if index else ():
        if case.shape and not case.shape.columns[column][1]:
            steps += not_null_steps(case, column)
    if steps:
        yield SaferWay(
            "a column that may be NULL is read under ACCESS EXCLUSIVE: make it NOT NULL first",
            (*steps, case.statement.text),
        )


def exclude(case: Case) -> Ways:
    """Return what to do instead of adding EXCLUDE now."""
    del case
    yield SaferWay(
        "there is no other way", (), "EXCLUDE has neither NOT VALID nor USING INDEX: plan a quiet hour"
    )
