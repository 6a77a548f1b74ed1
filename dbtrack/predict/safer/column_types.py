"""The type of a column that is changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbtrack.predict.model import SaferWay
from dbtrack.predict.safer.case import (
    LOCK_TIMEOUT,
    NO_LOCK_TIMEOUT,
    REPEAT,
    Case,
    Ways,
    batch_of,
    column_of,
    concurrently,
    does_work,
    not_null_steps,
)

_SHORTER = re.compile(r"(?:varchar|character\s+varying)\s*\(\s*(\d+)\s*\)", re.IGNORECASE)


def change_type(case: Case) -> Ways:
    """Return the ways to change the type of a column."""
    effect = next((e for e in case.prediction.effects if e.identity == case.prediction.lead), None)
    if effect is None or not does_work(case):
        return
    column = column_of(case)
    new = _new_type(case)
    old = case.shape.columns.get(column.strip('"'), ("", False))[0] if case.shape else ""
    shorter = _SHORTER.fullmatch(new)
    if effect.is_rewritten and shorter and ("character varying" in old or old == "text"):
        name = case.name(column, "length")
        yield SaferWay(
            "a CHECK limits the length without rewriting the table; the type stays",
            (
                LOCK_TIMEOUT,
                case.alter(f"ADD CONSTRAINT {name} CHECK (length({column}) <= {shorter[1]}) NOT VALID"),
                case.alter(f"VALIDATE CONSTRAINT {name}"),
            ),
        )
    elif effect.rebuilt and not effect.is_rewritten:
        yield from _around_indexes(case, effect.rebuilt)
    elif effect.is_rewritten:
        yield from _new_column_instead(case, column, new)


def _new_type(case: Case) -> str:
    words = [token.word for token in case.command]
    start = words.index("TYPE") + 1
    end = words.index("USING") if "USING" in words else len(words)
    return case.text(case.command[start:end])


def _using(case: Case, column: str, new: str) -> str:
    words = [token.word for token in case.command]
    return case.text(case.command[words.index("USING") + 1 :]) if "USING" in words else f"{column}::{new}"


def _around_indexes(case: Case, rebuilt: Sequence[str]) -> Ways:
    indexes = [
        i
        for i in (case.shape.indexes if case.shape else ())
        if i.name.rpartition(".")[2].strip('"') in rebuilt
    ]
    if not indexes or any(index.is_constraint for index in indexes):
        yield SaferWay(
            "the rows stay, but indexes are built again under ACCESS EXCLUSIVE",
            (),
            "drop the constraints that need them first, and add them USING INDEX afterwards",
        )
        return
    yield SaferWay(
        "the rows stay, and without its indexes the change is instant",
        (
            NO_LOCK_TIMEOUT,
            *(f"DROP INDEX CONCURRENTLY {index.name}" for index in indexes),
            LOCK_TIMEOUT,
            case.statement.text,
            NO_LOCK_TIMEOUT,
            *(concurrently(index.definition) for index in indexes),
        ),
        "queries do without these indexes meanwhile",
    )


def _new_column_instead(case: Case, column: str, new: str) -> Ways:
    if case.shape is None or case.shape.is_partitioned:
        yield SaferWay(
            "a new column instead of a new type",
            (),
            "add it, copy by a trigger and in batches, then rename both",
        )
        return
    bare = column.strip('"')
    fresh, old = case.name(bare, "new").split(".")[-1], case.name(bare, "old")
    copy = case.name(bare, "copy")
    value = _using(case, column, new)
    row_value = re.sub(rf"(?<![\w.]){re.escape(column)}(?!\w)", f"new.{column}", value)
    trigger = (
        f"CREATE TRIGGER {copy} BEFORE INSERT OR UPDATE ON {case.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {copy}()"
    )
    body = f"BEGIN new.{fresh} := {row_value}; RETURN new; END"
    known = [index for index in case.shape.indexes if bare in index.columns]
    steps = [
        LOCK_TIMEOUT,
        case.alter(f"ADD COLUMN {fresh} {new}"),
        f"CREATE FUNCTION {copy}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
        trigger,
        batch_of(case, fresh, value, f"{fresh} IS NULL AND {column} IS NOT NULL"),
    ]
    plain = [index for index in known if not index.is_constraint]
    if plain:
        steps.append(NO_LOCK_TIMEOUT)
        for index in plain:
            definition = _renamed(index.definition, index.name, bare, fresh, case.name(bare, "new_idx"))
            steps.append(concurrently(definition))
    if case.shape.columns[bare][1]:
        steps += not_null_steps(case, fresh)
    steps += [
        LOCK_TIMEOUT,
        "BEGIN",
        f"DROP TRIGGER {copy} ON {case.table}",
        case.alter(f"RENAME COLUMN {column} TO {old}"),
        case.alter(f"RENAME COLUMN {fresh} TO {column}"),
        "COMMIT",
        f"DROP FUNCTION {copy}()",
        case.alter(f"DROP COLUMN {old}"),
    ]
    constraints = ", ".join(index.name for index in known if index.is_constraint)
    extra = (
        f"; add {constraints} to the new column as well, USING INDEX, before the swap" if constraints else ""
    )
    yield SaferWay(
        "a new column is filled while reads and writes go on; the swap is instant",
        tuple(steps),
        f"{REPEAT}{extra}; views and foreign keys on the old column have to follow",
    )


def _renamed(definition: str, index: str, column: str, fresh: str, name: str) -> str:
    definition = definition.replace(f"INDEX {index.rpartition('.')[2]} ON", f"INDEX {name} ON", 1)
    head, _, tail = definition.partition(" USING ")
    return f"{head} USING " + re.sub(rf"(?<!\w){re.escape(column)}(?!\w)", fresh, tail)
