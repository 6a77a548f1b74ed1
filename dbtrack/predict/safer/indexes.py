"""Indexes that are created, dropped and built again, and materialized views that are refreshed."""

from __future__ import annotations

from dbtrack.predict.model import SaferWay
from dbtrack.predict.safer.case import (
    LOCK_TIMEOUT,
    LONGEST_NAME,
    NO_LOCK_TIMEOUT,
    PLAIN_NAME,
    Case,
    Ways,
    columns_in,
    does_work,
    with_concurrently,
)


def create_index(case: Case) -> Ways:
    """Return the ways to create an index."""
    if case.parsed.is_only or (not does_work(case) and case.shape and not case.shape.is_partitioned):
        return
    if case.shape is None or not case.shape.is_partitioned:
        yield SaferWay(
            "writes go on; it reads the table twice, and takes about twice as long",
            (NO_LOCK_TIMEOUT, with_concurrently(case, "INDEX")),
            "not inside a transaction block; if it fails, drop the invalid index and try again",
        )
        return
    rest = case.text(case.parsed.rest)
    name = case.parsed.index or case.name(*columns_in(case.parsed.rest)[:2], "idx")
    unique = "UNIQUE " if "UNIQUE" in case.statement.words[:3] else ""
    steps = [LOCK_TIMEOUT, f"CREATE {unique}INDEX {name} ON ONLY {case.table} {rest}"]
    for partition in case.shape.partitions:
        bare = partition.rpartition(".")[2].strip('"')
        own = f"{bare}_{name.strip(chr(34))}"[:LONGEST_NAME]
        own = own if PLAIN_NAME.fullmatch(own) else f'"{own}"'
        schema = f"{partition.rpartition('.')[0]}." if "." in partition else ""
        steps += [
            NO_LOCK_TIMEOUT,
            f"CREATE {unique}INDEX CONCURRENTLY {own} ON {partition} {rest}",
            LOCK_TIMEOUT,
            f"ALTER INDEX {_beside(case.table, name)} ATTACH PARTITION {schema}{own}",
        ]
    yield SaferWay("each partition gets its index while writes go on; attaching is instant", tuple(steps))


def _beside(table: str, name: str) -> str:
    """Return the name with the schema that the table is written with."""
    schema = table.rpartition(".")[0]
    return f"{schema}.{name}" if schema else name


def drop_index(case: Case) -> Ways:
    """Return the ways to drop an index."""
    words = case.statement.words
    is_one = not any(token.text == "," for token in case.statement.tokens) and "CASCADE" not in words
    if is_one and not (case.shape and case.shape.kind == "I"):
        yield SaferWay(
            "reads and writes of the table go on",
            (NO_LOCK_TIMEOUT, with_concurrently(case, "INDEX")),
            "not inside a transaction block",
        )


def reindex(case: Case) -> Ways:
    """Return the ways to build indexes again."""
    word = "INDEX" if "INDEX" in case.statement.words else "TABLE"
    if word in case.statement.words:
        yield SaferWay(
            "reads and writes go on; a plain REINDEX lets even SELECT wait",
            (NO_LOCK_TIMEOUT, with_concurrently(case, word)),
            "not inside a transaction block",
        )


def refresh(case: Case) -> Ways:
    """Return the ways to refresh a materialized view."""
    if not does_work(case) or case.shape is None:
        return
    if any(index.is_unique and not index.is_partial for index in case.shape.indexes):
        yield SaferWay(
            "readers go on; measured, it took five to eight times as long",
            (LOCK_TIMEOUT, with_concurrently(case, "VIEW")),
        )
    else:
        yield SaferWay(
            "with a unique index, readers go on while it is refreshed CONCURRENTLY",
            (),
            f"create a unique index on columns of {case.table} that are unique",
        )
