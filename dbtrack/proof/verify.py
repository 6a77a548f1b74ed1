"""Verifying a database's record against its seals, and its seals against digests kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dbtrack import sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, exported_snapshot
from dbtrack.errors import UsageError
from dbtrack.proof.blocks import Block, Finding, Wrong, check_chain, read_blocks, watermarks
from dbtrack.proof.compare_digests import compare_digests
from dbtrack.proof.digest import Digest
from dbtrack.proof.lawful import Removal, check_erasures, check_removals, read_removals
from dbtrack.proof.verification import Verification
from dbtrack.proof.verify_block import BlockResult, Expected
from dbtrack.proof.verify_parallel import verify_blocks

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


@dataclass(frozen=True)
class _Place:
    encoding: str
    sealed_before: datetime | None
    has_no_moment: bool
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
        place = _Place(*(database.row(sql_files.query("verify/place")) or ()))
        blocks, before = _blocks_of(database, scope, place)
        result = Verification(is_part=scope.is_part, blocks=len(blocks), digests=len(digests))
        if not blocks and not scope.is_part:
            result.unsealed_rows = database.value(sql_files.query("verify/count_rows"))
        result.add(check_chain(blocks, before))
        _compare(database, result, digests, blocks, place, public_key)
        removals = read_removals(database)
        expected = _expected(place, removals, watermarks(blocks, before))
        found: list[BlockResult] = []
        for block in verify_blocks(target, snapshot, blocks, expected, scope.jobs, progress):
            result.add_block(block)
            found.append(block)
        result.add(check_removals(removals, (each for block in found for each in block.removed_starts)))
        result.add(check_erasures(database, found))
        _check_whole_record(database, scope, blocks, place, result)
    return result


def _compare(
    database: Database,
    result: Verification,
    digests: list[tuple[Path, Digest]],
    blocks: Sequence[Block],
    place: _Place,
    public_key: bytes | None,
) -> None:
    accepted = {
        bytes.fromhex(block_hash)
        for block_hash, is_sealed in database.rows(sql_files.query("verify/accepted"))
        if is_sealed
    }
    known = {block.number: block for block in blocks}
    compared = compare_digests(digests, known, place.last_block or 0, public_key, accepted)
    result.accepted = compared.accepted
    result.forks = compared.forks
    result.add(compared.findings)


def _expected(place: _Place, removals: Sequence[Removal], sealed_before: dict[int, datetime]) -> Expected:
    sealed = [removal for removal in removals if removal.is_sealed]
    return Expected(
        encoding=place.encoding,
        sealed_before=sealed_before,
        removed_before=max((removal.cutoff for removal in sealed), default=None),
        dropped_before=max((removal.cutoff for removal in sealed if not removal.is_counted), default=None),
        dropped_months=frozenset(month for removal in sealed for month in removal.months),
    )


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


def _check_whole_record(
    database: Database, scope: Scope, blocks: Sequence[Block], place: _Place, result: Verification
) -> None:
    is_all = scope.from_block == 1 and scope.since is None
    since: object = _EVER if is_all or not blocks else min(block.first_load_date for block in blocks)
    result.add_first(_version_faults(database, since))
    for number, count in database.rows(sql_files.query("verify/stray_leaves"), {"from": since}):
        result.add([Finding(Wrong.SEAL, f"{count} leaves belong to a block that does not exist", number)])
    if place.has_no_moment:
        result.add([Finding(Wrong.SEAL, "seal_state does not state up to when the record is sealed")])
    if scope.to_block is None:
        result.add_first(_unsealed(database, since, place))


def _version_faults(database: Database, since: object) -> Iterator[tuple[Finding, int]]:
    rows = database.rows(sql_files.query("verify/ends"), {"from": since})
    for key, load_date, has_end, has_next, total in rows:
        fault = _version_fault(has_end=has_end, has_next=has_next)
        yield Finding(Wrong.VERSIONS, fault, None, None, load_date, key), total


def _version_fault(*, has_end: bool, has_next: bool) -> str:
    if has_end:
        return "load_end_date is not the beginning of the next version: it was altered, or it is gone"
    if has_next:
        return "no version ends at the beginning of this one: a load_end_date was altered, or it is gone"
    return "an execution has no first version"


def _unsealed(database: Database, since: object, place: _Place) -> Iterator[tuple[Finding, int]]:
    """Return rows that are not sealed, with how many of their kind there are."""
    overdue = place.now - timedelta(hours=place.overdue_hours)
    sealed_before: object = _EVER if place.sealed_before is None else place.sealed_before
    moments = {"from": since, "overdue": overdue, "sealed_before": sealed_before}
    for finding, kind, key, load_date, total in database.rows(sql_files.query("verify/unsealed"), moments):
        said = (
            f"a {kind} that no seal knows"
            if finding == Wrong.INSERTED
            else f"a {kind} older than {place.overdue_hours} hours is not sealed; run: dbtrack seal"
        )
        yield Finding(Wrong(finding), said, None, None, load_date, key), total
