"""Verify a database's record against its seals, and the seals against digests kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dbtrack import sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, exported_snapshot
from dbtrack.errors import UsageError
from dbtrack.proof.blocks import Block, Finding, FindingKind, check_chain, read_blocks, watermarks
from dbtrack.proof.compare_digests import compare_digests
from dbtrack.proof.digest import Digest
from dbtrack.proof.recorded_removals import Removal, check_erasures, check_removals, read_removals
from dbtrack.proof.verification import Verification
from dbtrack.proof.verify_block import BlockContext, BlockResult
from dbtrack.proof.verify_parallel import verify_blocks
from dbtrack.proof.verify_versions import verify_versions

Progress = Callable[[int, int], None]
"""Called with how many rows are verified, and how many there are."""

_BEGINNING = "-infinity"
# Rows dated later than this from now are not sealed (routines/seals/choose_unsealed.sql).
_FUTURE = timedelta(hours=1)


@dataclass(frozen=True)
class VerifyScope:
    """What to verify.

    Args:
        from_block: the first block.
        to_block: the last block; None for all blocks and the unsealed rows.
        since: skip blocks whose rows are all older.
        jobs: how many connections read in parallel.
    """

    from_block: int = 1
    to_block: int | None = None
    since: datetime | None = None
    jobs: int = 4

    @property
    def is_part(self) -> bool:
        """Whether a part of the record is left out."""
        return self.from_block > 1 or self.to_block is not None or self.since is not None


@dataclass(frozen=True)
class _SealState:
    encoding: str
    sealed_before: datetime | None
    has_no_moment: bool
    last_block: int | None
    now: datetime
    overdue_hours: int


def verify(
    target: ConnectionTarget,
    scope: VerifyScope,
    digests: Sequence[tuple[Path | str, Digest]],
    *,
    public_key: bytes | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Verification:
    """Recompute the seals from the rows of one snapshot, and compare them with the digests.

    Args:
        target: a database, with the login of an administrator of dbtrack or an auditor of everything.
        public_key: of the signer of the digests, 32 bytes; None leaves signatures unchecked.

    Raises:
        UsageError: there are no such blocks.
        NoConnectionError: the server cannot be reached.
        PermissionDeniedError: the login is neither.
    """
    with Database.connect(target) as database, _noted_snapshot(database) as snapshot:
        seal_state = _SealState(*(database.row(sql_files.query("verify/place")) or ()))
        blocks, before = _blocks_of(database, scope, seal_state)
        result = Verification(is_part=scope.is_part, blocks=len(blocks), digests=len(digests))
        if not blocks and not scope.is_part:
            result.unsealed_rows = database.value(sql_files.query("verify/count_rows"))
        result.add(check_chain(blocks, before))
        _compare(database, result, digests, blocks, seal_state, public_key)
        removals = read_removals(database)
        context = _block_context(seal_state, removals, watermarks(blocks, before))
        found: list[BlockResult] = []
        for block in verify_blocks(target, snapshot, blocks, context, scope.jobs, progress):
            result.add_block(block)
            found.append(block)
        result.add(check_removals(removals, (each for block in found for each in block.removed_starts)))
        result.add(check_erasures(database, found))
        since = _check_whole_record(database, scope, blocks, seal_state, result)
        versions = verify_versions(
            database, since, seal_state.encoding, context.removed_before, is_all=since == _BEGINNING
        )
        result.add_versions(versions)
    return result


@contextmanager
def _noted_snapshot(database: Database) -> Iterator[str]:
    """Open the snapshot of a verification, after noting it if an auditor verifies."""
    database.execute(sql_files.query("verify/note_auditor"), {"command": "verify"})
    with exported_snapshot(database) as snapshot:
        yield snapshot


def _compare(
    database: Database,
    result: Verification,
    digests: Sequence[tuple[Path | str, Digest]],
    blocks: Sequence[Block],
    seal_state: _SealState,
    public_key: bytes | None,
) -> None:
    accepted = {
        bytes.fromhex(block_hash): bool(is_rewrite)
        for block_hash, is_sealed, is_rewrite in database.rows(sql_files.query("verify/accepted"))
        if is_sealed
    }
    known = {block.number: block for block in blocks}
    compared = compare_digests(digests, known, seal_state.last_block or 0, public_key, accepted)
    result.accepted = compared.accepted
    result.accepted_rewrites = compared.accepted_rewrites
    result.forks = compared.forks
    result.rewrites = compared.rewrites
    result.add(compared.findings)


def _block_context(
    seal_state: _SealState, removals: Sequence[Removal], sealed_before: dict[int, datetime]
) -> BlockContext:
    sealed = [removal for removal in removals if removal.is_sealed]
    return BlockContext(
        encoding=seal_state.encoding,
        sealed_before=sealed_before,
        removed_before=max((removal.cutoff for removal in sealed), default=None),
        dropped_before=max((removal.cutoff for removal in sealed if not removal.is_counted), default=None),
        dropped_months=frozenset(month for removal in sealed for month in removal.months),
    )


def _blocks_of(
    database: Database, scope: VerifyScope, seal_state: _SealState
) -> tuple[list[Block], Block | None]:
    last = seal_state.last_block or 0
    if scope.from_block > max(1, min(last, scope.to_block or last)):
        up_to = f" up to {scope.to_block}" if scope.to_block else ""
        message = f"there is no block {scope.from_block} to verify{up_to}"
        raise UsageError(message, hint=f"the last block is {last}")
    read = list(read_blocks(database, seal_state.encoding, max(1, scope.from_block - 1), scope.to_block))
    if scope.since is not None:
        read = _from_first_after(read, scope.since)
    if not read or (scope.from_block == 1 and (scope.since is None or read[0].number == 1)):
        return read, None
    return read[1:], read[0]


def _from_first_after(blocks: list[Block], since: datetime) -> list[Block]:
    """Return the blocks from the one before the first that has a row of that time or later."""
    first = next(
        (seal_state for seal_state, each in enumerate(blocks) if each.last_load_date >= since), len(blocks)
    )
    return blocks[max(0, first - 1) :]


def _check_whole_record(
    database: Database,
    scope: VerifyScope,
    blocks: Sequence[Block],
    seal_state: _SealState,
    result: Verification,
) -> object:
    is_all = scope.from_block == 1 and scope.since is None
    since: object = _BEGINNING if is_all or not blocks else min(block.first_load_date for block in blocks)
    result.add_first(_version_faults(database, since))
    for number, count in database.rows(sql_files.query("verify/stray_leaves"), {"from": since}):
        result.add(
            [Finding(FindingKind.SEAL, f"{count} leaves belong to a block that does not exist", number)]
        )
    if seal_state.has_no_moment:
        result.add([Finding(FindingKind.SEAL, "seal_state does not state up to when the record is sealed")])
    if scope.to_block is None:
        result.add_first(_unsealed(database, since, seal_state))
    return since


def _version_faults(database: Database, since: object) -> Iterator[tuple[Finding, int]]:
    rows = database.rows(sql_files.query("verify/ends"), {"from": since})
    for key, load_date, has_end, has_next, total in rows:
        fault = _version_fault(has_end=has_end, has_next=has_next)
        yield Finding(FindingKind.VERSIONS, fault, None, None, load_date, key), total


def _version_fault(*, has_end: bool, has_next: bool) -> str:
    if has_end:
        return "load_end_date is not the beginning of the next version: it was altered, or it is gone"
    if has_next:
        return "no version ends at the beginning of this one: a load_end_date was altered, or it is gone"
    return "an execution has no first version"


def _unsealed(database: Database, since: object, seal_state: _SealState) -> Iterator[tuple[Finding, int]]:
    """Return findings for unsealed rows, each with the total number of its kind."""
    overdue = seal_state.now - timedelta(hours=seal_state.overdue_hours)
    sealed_before: object = _BEGINNING if seal_state.sealed_before is None else seal_state.sealed_before
    latest = seal_state.now + _FUTURE
    restored = {month for (month,) in database.rows(sql_files.query("verify/restores"))}
    moments = {"from": since, "overdue": overdue, "sealed_before": sealed_before, "latest": latest}
    for finding, kind, key, load_date, total in database.rows(sql_files.query("verify/unsealed"), moments):
        if finding == FindingKind.UNSEALED:
            message = f"a {kind} older than {seal_state.overdue_hours} hours is not sealed; run: dbtrack seal"
        elif load_date >= latest:
            message = f"a {kind} dated in the future: inserted by hand, or written while a clock was wrong"
        elif f"{load_date.astimezone(UTC):%Y_%m}" in restored:
            # Still a finding: without the month's seals, nothing shows whether a restored row was forged.
            message = f"a {kind} that no seal knows, of a month into which an archive was restored: unproven"
        else:
            message = f"a {kind} that no seal knows"
        yield Finding(FindingKind(finding), message, None, None, load_date, key), total
