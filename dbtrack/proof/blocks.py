"""The blocks of a database's chain, their checks, and the findings of a verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from dbtrack import sql_files
from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.proof.block_header import NO_BLOCK, BlockHeader
from dbtrack.proof.strict_json import decoded

FINDING_COLUMNS = (
    Column("finding", Kind.TEXT, "Finding"),
    Column("details", Kind.TEXT, "Details"),
    Column("block_number", Kind.COUNT, "Block", rank=1),
    Column("leaf_index", Kind.COUNT, "Leaf", rank=3),
    Column("load_date", Kind.TIME, "Written", rank=2),
    Column("execution_key", Kind.KEY, "Execution", rank=1),
    Column("object_identity", Kind.IDENTIFIER, "Object", rank=2),
)


class FindingKind(StrEnum):
    """The kinds of findings; the values are part of the output."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    UNSEALED = "unsealed"
    VERSIONS = "versions"
    SEAL = "seal"
    CHAIN = "chain"
    ERASURE = "erasure"
    DIGEST = "digest"
    FORK = "fork"
    ROLLBACK = "rollback"


@dataclass(frozen=True)
class Finding:
    """One thing that a verification found wrong.

    Args:
        key: the hash key of the execution or of the link.
        load_date: the version's.
        object_identity: the object, if the finding is about a version of one.
    """

    kind: FindingKind
    details: str
    block_number: int | None = None
    leaf_index: int | None = None
    load_date: datetime | None = None
    key: bytes | None = None
    object_identity: str | None = None

    def row(self) -> tuple[object, ...]:
        """Return the finding in the columns of `FINDING_COLUMNS`."""
        key = None if self.key is None else self.key.hex()
        place = self.block_number, self.leaf_index, self.load_date
        return self.kind.value, self.details, *place, key, self.object_identity


_LAST_NUMBER = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Block:
    """A block as stored in the database.

    Args:
        block_hash: as stored; it has to equal `header.block_hash()`.
        first_load_date: the earliest of its rows.
    """

    header: BlockHeader
    block_hash: bytes
    first_load_date: datetime
    last_load_date: datetime

    @property
    def number(self) -> int:
        """Its position in the chain, from 1."""
        return self.header.block_number


def read_blocks(
    database: Database, encoding: str, first: int = 1, last: int | None = None
) -> Iterator[Block]:
    """Return blocks in order of number.

    Args:
        encoding: SQL_ASCII for a database with this encoding, else UTF8.
        last: None for all blocks.
    """
    parameters = {"first": first, "last": _LAST_NUMBER if last is None else last, "encoding": encoding}
    for row in database.rows(sql_files.query("verify/seal_blocks"), parameters):
        yield _block(row)


def watermarks(blocks: Sequence[Block], before: Block | None) -> dict[int, datetime]:
    """Return for each block, by its number, the time before which earlier blocks have sealed all rows."""
    found: dict[int, datetime] = {}
    passed = None if before is None else before.header.sealed_before_us
    for block in blocks:
        if passed is not None:
            found[block.number] = _EPOCH + timedelta(microseconds=passed)
        own = block.header.sealed_before_us
        passed = own if passed is None or own is None else max(passed, own)
    return found


def check_chain(blocks: list[Block], before: Block | None) -> Iterator[Finding]:
    """Find altered headers, and blocks that do not continue the chain.

    Args:
        blocks: in order of number.
        before: the block that precedes the first one; None for the beginning of the chain.
    """
    expected_hash = NO_BLOCK if before is None else before.block_hash
    least_format = 1 if before is None else before.header.format
    expected_number = 1 if before is None else before.number + 1
    for block in blocks:
        if block.number != expected_number:
            missing = f"blocks {expected_number} to {block.number - 1} are missing"
            yield Finding(FindingKind.CHAIN, missing, expected_number)
        elif block.header.previous_hash != expected_hash:
            yield Finding(FindingKind.CHAIN, f"it does not follow block {block.number - 1}", block.number)
        if block.header.format < least_format:
            yield Finding(
                FindingKind.CHAIN, "it does not state up to when the record is sealed", block.number
            )
        if block.header.block_hash() != block.block_hash:
            yield Finding(FindingKind.CHAIN, "its header does not match its hash", block.number)
        expected_hash, expected_number = block.block_hash, block.number + 1
        least_format = max(least_format, block.header.format)


def _block(row: Row) -> Block:
    (number, segment, system, timeline, database, encoding, previous, root, leaves, first, last, *times) = row
    first_load_date, last_load_date, first_us, last_us, sealed_us, before_us, replicated, block_hash = times
    header = BlockHeader(
        number,
        segment,
        system,
        timeline,
        decoded(database),
        encoding,
        previous,
        root,
        leaves,
        first,
        last,
        first_us,
        last_us,
        sealed_us,
        before_us,
        replicated,
    )
    return Block(header, block_hash, first_load_date, last_load_date)
