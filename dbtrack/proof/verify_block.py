"""Recomputing one block from the rows that it seals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from dbtrack import sqlfiles
from dbtrack.db import Database
from dbtrack.proof.blocks import Block
from dbtrack.proof.content import Leaf
from dbtrack.proof.findings import Finding, Wrong
from dbtrack.proof.merkle import root_hash


@dataclass
class BlockResult:
    """What was found in a block.

    Args:
        leaves: how many rows it seals.
        removed: how many of them a recorded cleanup took away.
        erased: how many salts each erasure took.
    """

    leaves: int
    removed: int = 0
    erased: Counter[bytes] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def read_leaves(database: Database, block: Block, encoding: str) -> list[Leaf]:
    """Return a block's leaves in order, each with its row."""
    parameters = {
        "block": block.number,
        "from": block.first_load_date,
        "to": block.last_load_date,
        "encoding": encoding,
    }
    return [Leaf.of(row) for row in database.rows(sqlfiles.query("verify_leaves"), parameters)]


def verify_block(
    database: Database, block: Block, encoding: str, removed_before: datetime | None
) -> BlockResult:
    """Recompute a block.

    Args:
        encoding: SQL_ASCII for such a database, else UTF8.
        removed_before: what a recorded cleanup removed: executions that began before this.
    """
    leaves = read_leaves(database, block, encoding)
    result = BlockResult(block.header.leaf_count)
    if not leaves and _is_before(block.last_load_date, removed_before):
        result.removed = block.header.leaf_count
        return result
    result.findings += _seal_findings(block, leaves)
    for leaf in leaves:
        result.findings += _leaf_findings(block, leaf, removed_before, result)
    return result


def _seal_findings(block: Block, leaves: list[Leaf]) -> Iterator[Finding]:
    count = block.header.leaf_count
    if [leaf.index for leaf in leaves] != list(range(count)):
        yield Finding(Wrong.SEAL, f"it has {len(leaves)} of its {count} leaves, or others", block.number)
    elif root_hash([leaf.leaf_hash for leaf in leaves]) != block.header.root_hash:
        yield Finding(Wrong.SEAL, "its leaves are not those its root was taken of", block.number)


def _leaf_findings(
    block: Block, leaf: Leaf, removed_before: datetime | None, result: BlockResult
) -> Iterator[Finding]:
    place = (block.number, leaf.index, leaf.load_date, leaf.key)
    if leaf.head is None:
        if _is_before(leaf.started_at or leaf.load_date, removed_before):
            result.removed += 1
        else:
            yield Finding(
                Wrong.MISSING, f"the {leaf.kind} is gone, and no recorded cleanup covers it", *place
            )
        return
    differs = leaf.what_differs(block.header.server_encoding)
    if differs is not None:
        yield Finding(Wrong.ALTERED, f"the {leaf.kind} is not what was sealed: {differs}", *place)
    yield from _erasure_findings(leaf, result, place)


def _erasure_findings(
    leaf: Leaf, result: BlockResult, place: tuple[int, int, datetime, bytes]
) -> Iterator[Finding]:
    gone = 0 if leaf.kind == "link" else (leaf.person_salt is None) + (leaf.text_salt is None)
    if gone and leaf.erased_by is None:
        yield Finding(Wrong.ERASURE, "its salt is gone, and no erasure took it", *place)
    elif gone and leaf.erased_by is not None:
        result.erased[leaf.erased_by] += 1


def _is_before(moment: datetime, bound: datetime | None) -> bool:
    return bound is not None and moment < bound
