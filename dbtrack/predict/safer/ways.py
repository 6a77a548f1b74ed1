"""Which safer way there is for which form of statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbtrack.predict.forms import Parsed, form_of_command
from dbtrack.predict.model import Prediction, SaferWay, Work
from dbtrack.predict.safer.case import BATCH_ROWS, LOCK_TIMEOUT, RETRY, Case, Ways, advice, no_way
from dbtrack.predict.safer.column_types import change_type
from dbtrack.predict.safer.constraints import (
    add_check,
    add_foreign_key,
    add_key,
    add_not_null,
    exclude,
    set_not_null,
    using_index,
)
from dbtrack.predict.safer.indexes import create_index, drop_index, refresh, reindex
from dbtrack.predict.safer.new_columns import (
    add_checked_column,
    add_generated_column,
    add_referencing_column,
    add_unique_column,
    add_volatile_column,
)
from dbtrack.predict.safer.partitions import attach, detach, drop_table, partition_of
from dbtrack.predict.script import Statement
from dbtrack.predict.shapes import Shape, Shapes


def safer_ways(
    statement: Statement,
    parsed: Parsed,
    prediction: Prediction,
    shape: Shape | None,
    shapes: Shapes,
    major: int,
) -> tuple[SaferWay, ...]:
    """Return the safer ways to write a statement; none if it needs none.

    Args:
        prediction: what it does as it is written.
        shape: the table before it.
        shapes: reads tables as they are after it.
        major: of the real server.
    """
    case = Case(statement, parsed, prediction, shape, shapes, major)
    found = [*_of_commands(case)] if parsed.commands else [*_STATEMENTS.get(parsed.form, no_way)(case)]
    if not found and any(effect.lock and effect.lock.blocks_writes for effect in prediction.effects):
        found = [*_instant(case)]
    return tuple(found)


def _of_commands(case: Case) -> Ways:
    if len(case.parsed.commands) > 1 and case.prediction.work is not Work.NONE:
        yield SaferWay(
            "in one statement the slowest subcommand holds the locks of all: first the instant ones",
            (),
            "write each subcommand as a statement of its own; type changes of one table stay together",
        )
    for command in case.parsed.commands:
        form = form_of_command(command)
        yield from _COMMANDS.get(form, no_way)(
            Case(case.statement, case.parsed, case.prediction, case.shape, case.shapes, case.major, command)
        )


def _instant(case: Case) -> Ways:
    if case.prediction.work is Work.NONE and not case.parsed.rule.is_outside:
        yield SaferWay(
            "it is instant, but while it waits for its lock everybody else waits behind it",
            (LOCK_TIMEOUT, case.statement.text),
            RETRY,
            is_same=True,
        )


def _change_rows(case: Case) -> Ways:
    if case.statement.words[0] in {"UPDATE", "DELETE"} and "WHERE" not in case.statement.words:
        yield SaferWay(
            "one transaction over all rows keeps each of them locked, and VACUUM from cleaning up",
            (),
            f"change them in batches of {BATCH_ROWS:,} rows, each in a transaction of its own",
        )


_COMMANDS: Mapping[str, Callable[[Case], Ways]] = {
    "set not null": set_not_null,
    "add not null": add_not_null,
    "add check": add_check,
    "add foreign key": add_foreign_key,
    "add primary key": add_key,
    "add unique": add_key,
    "add key using index": using_index,
    "add exclude": exclude,
    "add column": add_volatile_column,
    "add column with a volatile default": add_volatile_column,
    "add column with a generated value": add_generated_column,
    "add column with a check": add_checked_column,
    "add column with a foreign key": add_referencing_column,
    "add column with a key": add_unique_column,
    "change the type of a column": change_type,
    "attach partition": attach,
    "detach partition": detach,
    "set expression": advice("it rewrites the table", "add a new column, and fill it in batches"),
    "set tablespace": advice(
        "it copies the table under ACCESS EXCLUSIVE", "pg_repack --tablespace copies it while others go on"
    ),
    "set logged": advice(
        "it copies the table under ACCESS EXCLUSIVE", "copy it into a new table in batches, and rename both"
    ),
}


_STATEMENTS: Mapping[str, Callable[[Case], Ways]] = {
    "create index": create_index,
    "drop index": drop_index,
    "reindex": reindex,
    "refresh materialized view": refresh,
    "create table of a partition": partition_of,
    "drop table": drop_table,
    "change rows": _change_rows,
    "vacuum full": advice(
        "it copies the table under ACCESS EXCLUSIVE", "plain VACUUM, or pg_repack, which lets others go on"
    ),
    "cluster": advice("it copies the table under ACCESS EXCLUSIVE", "pg_repack lets others go on"),
    "alter domain": advice(
        "it reads each table that uses the domain, and its writes wait",
        "a CHECK on the tables, NOT VALID and then VALIDATE, is the only way that lets writes go on",
    ),
}
