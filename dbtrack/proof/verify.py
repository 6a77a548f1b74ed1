"""Verifying a database's record against its seals, and its seals against digests kept elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from dbtrack import sqlfiles
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, exported_snapshot
from dbtrack.errors import UsageError
from dbtrack.proof.against_digests import check_digests
from dbtrack.proof.blocks import Block, check_chain, read_blocks
from dbtrack.proof.digest import Digest
from dbtrack.proof.findings import Finding, Wrong
from dbtrack.proof.parallel import verify_blocks
from dbtrack.proof.verify_block import BlockResult

Progress = Callable[[int, int], None]
"""Is told how many rows are verified, and of how many."""

_EVER = "-infinity"


@dataclass(frozen=True)
class Scope:
    """What is to be verified.

    Args:
        from_block: the first block.
        to_block: the last; None for all, and what is not sealed yet.
        since: leave out blocks whose rows are all older.
        jobs: how many connections read at once.
    """

    from_block: int = 1
    to_block: int | None = None
    since: datetime | None = None
    jobs: int = 4

    @property
    def is_part(self) -> bool:
        """Whether some of the record is left out."""
        return self.from_block > 1 or self.to_block is not None or self.since is not None


@dataclass
class Verification:
    """What was found.

    Args:
        removed: rows that a recorded cleanup took away.
        erased: rows of which a recorded erasure took a part away.
        digests: how many digests were compared.
        erasures: of how many rows each erasure took a part.
        is_part: not the whole record was asked for.
    """

    is_part: bool = False
    blocks: int = 0
    rows: int = 0
    removed: int = 0
    erased: int = 0
    digests: int = 0
    erasures: Counter[bytes] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """What people are told."""
        lines = [f"verified {self.rows} rows in {self.blocks} blocks"]
        if self.digests:
            lines[0] += f" against {self.digests} digests"
        if self.removed:
            lines.append(f"{self.removed} rows were removed by recorded cleanups")
        if self.erased:
            lines.append(f"of {self.erased} rows a recorded erasure took a part away")
        return [*lines, self._verdict]

    @property
    def _verdict(self) -> str:
        if self.findings:
            return f"{len(self.findings)} findings"
        if not self.blocks:
            return "nothing of that is sealed" if self.is_part else "nothing is sealed; run: dbtrack seal"
        return (
            "no findings in this part of the record" if self.is_part else "no findings: the record is whole"
        )


@dataclass(frozen=True)
class _Place:
    encoding: str
    sealed_before: datetime | None
    last_block: int | None
    now: datetime
    overdue_hours: int


def verify(
    target: ConnectionTarget,
    scope: Scope,
    digests: list[tuple[Path, Digest]],
    *,
    public_key: bytes | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Verification:
    """Recompute the seals from the rows, all as of one moment, and compare them with the digests.

    Args:
        target: a database; the login administers dbtrack.
        public_key: of who signs the digests; None leaves their signatures unchecked.

    Raises:
        UsageError: there are no such blocks.
        NoConnectionError: the server cannot be reached.
        PermissionDeniedError: the role is no administrator of dbtrack.
    """
    with Database.connect(target) as database, exported_snapshot(database) as snapshot:
        place = _Place(*(database.row(sqlfiles.query("verify_place")) or ()))
        blocks, before = _blocks_of(database, scope, place)
        result = Verification(is_part=scope.is_part, blocks=len(blocks), digests=len(digests))
        result.findings += check_chain(blocks, before)
        known = {block.number: block for block in blocks}
        result.findings += check_digests(digests, known, place.last_block or 0, public_key)
        removed_before = _removed_before(database)
        for block_result in verify_blocks(
            target, snapshot, blocks, place.encoding, removed_before, scope.jobs, progress
        ):
            _add(result, block_result)
        result.findings += _check_erasures(database, result)
        result.findings += _whole_record(database, scope, blocks, place)
    return result


def _blocks_of(database: Database, scope: Scope, place: _Place) -> tuple[list[Block], Block | None]:
    last = place.last_block or 0
    if scope.from_block > max(1, min(last, scope.to_block or last)):
        up_to = f" up to {scope.to_block}" if scope.to_block else ""
        said = f"there is no block {scope.from_block} to verify{up_to}"
        raise UsageError(said, hint=f"the last block is {last}")
    read = list(read_blocks(database, place.encoding, max(1, scope.from_block - 1), scope.to_block))
    if scope.since is not None:
        read = _from_first_after(read, scope.since)
    if not read or (scope.from_block == 1 and (scope.since is None or read[0].number == 1)):
        return read, None
    return read[1:], read[0]


def _from_first_after(blocks: list[Block], since: datetime) -> list[Block]:
    """Return the blocks from the one before the first with a row of that time or later."""
    first = next((place for place, each in enumerate(blocks) if each.last_load_date >= since), len(blocks))
    return blocks[max(0, first - 1) :]


def _removed_before(database: Database) -> datetime | None:
    """Return the latest moment before which a recorded cleanup removed executions."""
    cutoffs = [row[2] for row in database.rows(sqlfiles.query("verify_removals"))]
    return max(cutoffs, default=None)


def _add(result: Verification, block: BlockResult) -> None:
    result.rows += block.leaves
    result.removed += block.removed
    result.findings += block.findings
    result.erasures += block.erased
    result.erased += block.erased.total()


def _check_erasures(database: Database, result: Verification) -> Iterator[Finding]:
    recorded: dict[bytes, int | None] = dict(database.rows(sqlfiles.query("verify_erasures")))
    for key, count in result.erasures.items():
        known = recorded.get(key)
        if known is None:
            yield Finding(Wrong.ERASURE, f"{count} rows name an erasure that is not recorded", key=key)
        elif count > known:
            said = f"{count} rows name an erasure that recorded {known}"
            yield Finding(Wrong.ERASURE, said, key=key)


def _whole_record(database: Database, scope: Scope, blocks: list[Block], place: _Place) -> Iterator[Finding]:
    is_all = scope.from_block == 1 and scope.since is None
    since: object = _EVER if is_all or not blocks else min(block.first_load_date for block in blocks)
    for key, load_date, end, begin in database.rows(sqlfiles.query("verify_ends"), {"from": since}):
        yield Finding(Wrong.VERSIONS, _version_fault(end, begin), None, None, load_date or begin, key)
    for number, count in database.rows(sqlfiles.query("verify_stray_leaves"), {"from": since}):
        yield Finding(Wrong.SEAL, f"{count} leaves are of a block that is not there", number)
    if scope.to_block is None:
        yield from _unsealed(database, since, place)


def _version_fault(end: datetime | None, begin: datetime | None) -> str:
    if end is not None:
        return "load_end_date is not when the next version begins: altered, or that version is gone"
    if begin is not None:
        return "no version ends where this one begins: its load_end_date was altered, or it is gone"
    return "an execution without a first version"


def _unsealed(database: Database, since: object, place: _Place) -> Iterator[Finding]:
    overdue = place.now - timedelta(hours=place.overdue_hours)
    before = overdue if place.sealed_before is None else max(overdue, place.sealed_before)
    rows = database.rows(sqlfiles.query("verify_unsealed"), {"from": since, "before": before})
    for kind, key, load_date in rows:
        if place.sealed_before is not None and load_date < place.sealed_before:
            yield Finding(Wrong.INSERTED, f"a {kind} that no seal knows", None, None, load_date, key)
        else:
            said = f"a {kind} older than {place.overdue_hours} hours is not sealed; run: dbtrack seal"
            yield Finding(Wrong.UNSEALED, said, None, None, load_date, key)
