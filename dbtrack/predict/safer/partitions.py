"""Partitions that are attached, detached, created and dropped."""

from __future__ import annotations

from dbtrack.predict.forms import name_at
from dbtrack.predict.model import SaferWay
from dbtrack.predict.safer.case import (
    LOCK_TIMEOUT,
    LONGEST_NAME,
    NO_LOCK_TIMEOUT,
    PLAIN_NAME,
    Case,
    Ways,
    concurrently,
    does_work,
)

_JOINED_KEYS = "joining the foreign keys takes ACCESS EXCLUSIVE on the referenced table for a moment"


def attach(case: Case) -> Ways:
    """Return the ways to attach a partition."""
    partition = case.parsed.detached
    bound = case.shapes.bound_of(partition) if partition else None
    if not does_work(case) or partition is None or bound is None:
        return
    steps = [*_ready_partition(case, partition), LOCK_TIMEOUT, *_proof(partition, bound)]
    drops = [f"ALTER TABLE {partition} DROP CONSTRAINT {_proof_name(partition)}"]
    default = case.shapes.default_partition_of(case.parsed)
    if default is not None:
        steps += _proof(default, f"NOT {bound}")
        drops.append(f"ALTER TABLE {default} DROP CONSTRAINT {_proof_name(default)}")
    yield SaferWay(
        "constraints that prove the bound save reading the rows under ACCESS EXCLUSIVE",
        (*steps, case.statement.text, *drops),
        _JOINED_KEYS if case.shape and case.shape.foreign_keys else "",
    )


def _ready_partition(case: Case, partition: str) -> list[str]:
    """Return the statements that give a partition the indexes and foreign keys that it needs."""
    after = case.shapes.named(partition)
    bare = partition.rpartition(".")[2].strip('"')
    effect = next(
        (e for e in case.prediction.effects if e.identity.rpartition(".")[2].strip('"') == bare), None
    )
    steps: list[str] = []
    for index in after.indexes if after and effect else ():
        name = index.name.rpartition(".")[2]
        if effect is None or name.strip('"') not in effect.rebuilt:
            continue
        steps += [NO_LOCK_TIMEOUT, concurrently(index.definition)]
        if index.is_constraint:
            kind = "PRIMARY KEY" if index.is_primary else "UNIQUE"
            add = f"ALTER TABLE {partition} ADD CONSTRAINT {name} {kind} USING INDEX {name}"
            steps += [LOCK_TIMEOUT, add]
    for number, definition in enumerate(case.shape.foreign_keys if case.shape else (), 1):
        name = f"{_proof_name(partition).removesuffix('_bound')}_fkey{number}"
        steps += [
            LOCK_TIMEOUT,
            f"ALTER TABLE {partition} ADD CONSTRAINT {name} {definition} NOT VALID",
            f"ALTER TABLE {partition} VALIDATE CONSTRAINT {name}",
        ]
    return steps


def _proof_name(table: str) -> str:
    name = f"{table.rpartition('.')[2].strip(chr(34))}_bound"[:LONGEST_NAME]
    return name if PLAIN_NAME.fullmatch(name) else f'"{name}"'


def _proof(table: str, expression: str) -> list[str]:
    name = _proof_name(table)
    return [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({expression}) NOT VALID",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
    ]


def detach(case: Case) -> Ways:
    """Return the ways to detach a partition."""
    if case.shape is not None and not case.shape.has_default_partition:
        yield SaferWay(
            "readers and writers of the other partitions go on",
            (NO_LOCK_TIMEOUT, f"{case.statement.text} CONCURRENTLY"),
            "not inside a transaction block",
        )


def partition_of(case: Case) -> Ways:
    """Return the ways to create a partition."""
    words = case.statement.words
    name, _ = name_at(case.statement.tokens, list(words).index("TABLE") + 1)
    bound = case.text(case.parsed.rest)
    if not bound.upper().startswith(("FOR VALUES", "DEFAULT")):
        return
    advice = ""
    if case.shape and case.shape.has_default_partition:
        advice = "the default partition is read: prove by a CHECK on it that it has no row of the new one"
    yield SaferWay(
        "attaching takes SHARE UPDATE EXCLUSIVE on the parent instead of ACCESS EXCLUSIVE",
        (
            LOCK_TIMEOUT,
            f"CREATE TABLE {name} (LIKE {case.table} INCLUDING ALL)",
            f"ALTER TABLE {case.table} ATTACH PARTITION {name} {bound}",
        ),
        advice,
    )


def drop_table(case: Case) -> Ways:
    """Return the ways to drop a partition."""
    if case.shape and case.shape.parent:
        yield SaferWay(
            "readers of the other partitions go on",
            (
                NO_LOCK_TIMEOUT,
                f"ALTER TABLE {case.shape.parent} DETACH PARTITION {case.table} CONCURRENTLY",
                LOCK_TIMEOUT,
                case.statement.text,
            ),
            "not inside a transaction block, and not with a default partition",
        )
