"""Recompute one block from the rows that it seals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.proof.blocks import Block, Finding, FindingKind
from dbtrack.proof.leaf import Leaf
from dbtrack.proof.merkle import root_hash


@dataclass(frozen=True)
class BlockContext:
    """What other blocks and cleanups imply for the rows of a block.

    Args:
        encoding: SQL_ASCII for a database with this encoding, else UTF8.
        sealed_before: by block number, the time before which earlier blocks have sealed all rows.
        removed_before: a sealed cleanup may have removed executions that began before this time.
        dropped_before: months before this time may have been dropped: an earlier version did not record what
            it removed if it was killed.
        dropped_months: the months that sealed cleanups dropped whole, as YYYY_MM.
    """

    encoding: str
    sealed_before: dict[int, datetime] = field(default_factory=dict)
    removed_before: datetime | None = None
    dropped_before: datetime | None = None
    dropped_months: frozenset[str] = frozenset()

    def is_dropped(self, block: Block) -> bool:
        """Return whether a sealed cleanup dropped the month of a block that has no rows left."""
        month = f"{block.first_load_date.astimezone(UTC):%Y_%m}"
        is_recorded = month in self.dropped_months and _is_before(block.last_load_date, self.removed_before)
        return is_recorded or _is_before(block.last_load_date, self.dropped_before)


@dataclass
class ErasedRows:
    """The rows of a block that one erasure changed.

    Args:
        rows: how many rows it erased a value of.
        latest: when the latest of these was written.
        rewritten: findings for rows whose erased values were replaced by something else.
        rewritten_whole: the same for rows in format 1, in which a commitment covers a whole part.
    """

    rows: int = 0
    latest: datetime | None = None
    rewritten: list[Finding] = field(default_factory=list)
    rewritten_whole: list[Finding] = field(default_factory=list)


@dataclass
class BlockResult:
    """Counts and findings of one block.

    Args:
        leaves: how many rows the block seals.
        removed: how many of these are missing, and may have been removed by a cleanup.
        removed_starts: for each missing execution when it began, and the finding if no cleanup accounts for
            it.
        replicated: how many arrived late by replication.
        erased: the changed rows by the erasure's hash key.
    """

    leaves: int
    removed: int = 0
    removed_starts: list[tuple[datetime, Finding]] = field(default_factory=list)
    replicated: int = 0
    erased: dict[bytes, ErasedRows] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


_Position = tuple[int, int, datetime, bytes]


def read_leaves(database: Database, block: Block, encoding: str) -> list[Leaf]:
    """Return a block's leaves in order, each with the row that it seals."""
    parameters = {
        "block": block.number,
        "from": block.first_load_date,
        "to": block.last_load_date,
        "encoding": encoding,
    }
    return [Leaf.from_row(row) for row in database.rows(sql_files.query("verify/leaves"), parameters)]


def verify_block(database: Database, block: Block, context: BlockContext) -> BlockResult:
    """Recompute a block and return what was found."""
    leaves = read_leaves(database, block, context.encoding)
    result = BlockResult(block.header.leaf_count)
    if not leaves and context.is_dropped(block):
        result.removed = block.header.leaf_count
        return result
    result.findings += _seal_findings(block, leaves)
    for leaf in leaves:
        result.findings += _leaf_findings(block, leaf, context, result)
    return result


def _seal_findings(block: Block, leaves: list[Leaf]) -> Iterator[Finding]:
    count = block.header.leaf_count
    if [leaf.index for leaf in leaves] != list(range(count)):
        yield Finding(
            FindingKind.SEAL, f"it has {len(leaves)} of its {count} leaves, or different ones", block.number
        )
    elif root_hash([leaf.leaf_hash for leaf in leaves]) != block.header.root_hash:
        yield Finding(FindingKind.SEAL, "its leaves do not match its root", block.number)
    replicated = sum(leaf.is_replicated for leaf in leaves)
    if leaves and replicated != (block.header.replicated_leaves or 0):
        message = f"{replicated} of its rows are marked as replicated, and it was sealed with another number"
        yield Finding(FindingKind.SEAL, message, block.number)


def _leaf_findings(block: Block, leaf: Leaf, context: BlockContext, result: BlockResult) -> Iterator[Finding]:
    position = (block.number, leaf.index, leaf.load_date, leaf.key)
    yield from _insertion_findings(block, leaf, context, result, position)
    if leaf.head is None:
        yield from _missing_findings(leaf, context, result, position)
        return
    differs = leaf.altered_part(block.header.server_encoding)
    if differs is not None:
        yield Finding(
            FindingKind.ALTERED, f"the {leaf.kind} differs from what was sealed: {differs}", *position
        )
    yield from _erasure_findings(leaf, result, position)


def _insertion_findings(
    block: Block, leaf: Leaf, context: BlockContext, result: BlockResult, position: _Position
) -> Iterator[Finding]:
    if not _is_before(leaf.load_date, context.sealed_before.get(block.number)):
        return
    if leaf.is_replicated:
        result.replicated += 1
    else:
        message = f"the {leaf.kind} is older than what was sealed before this block: it was inserted later"
        yield Finding(FindingKind.INSERTED, message, *position)


def _missing_findings(
    leaf: Leaf, context: BlockContext, result: BlockResult, position: _Position
) -> Iterator[Finding]:
    finding = Finding(
        FindingKind.MISSING,
        f"the {leaf.kind} is gone, and no sealed record of a cleanup covers it",
        *position,
    )
    started = leaf.started_at or leaf.load_date
    if leaf.has_execution or not _is_before(started, context.removed_before):
        yield finding
        return
    result.removed += 1
    if leaf.kind == "version" and leaf.started_at is None:
        result.removed_starts.append((started, finding))


def _erasure_findings(leaf: Leaf, result: BlockResult, position: _Position) -> Iterator[Finding]:
    if not leaf.is_erased:
        return
    if leaf.erased_by is None:
        yield Finding(FindingKind.ERASURE, "its salt is gone, and no erasure removed it", *position)
        return
    erased = result.erased.setdefault(leaf.erased_by, ErasedRows())
    erased.rows += 1
    erased.latest = max(leaf.load_date, erased.latest or leaf.load_date)
    if leaf.is_rewritten():
        message = "it was erased, and something other than the erasure mark replaces an erased value"
        rewritten = erased.rewritten_whole if leaf.leaf_format == 1 else erased.rewritten
        rewritten.append(Finding(FindingKind.ERASURE, message, *position))


def _is_before(moment: datetime, bound: datetime | None) -> bool:
    return bound is not None and moment < bound
