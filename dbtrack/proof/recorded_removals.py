"""Check missing and erased rows against the cleanups and erasures that are recorded and sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.proof.blocks import Finding, FindingKind
from dbtrack.proof.verify_block import BlockResult, ErasedRows

_NOT_SEALED = "whose record is not sealed yet; run: dbtrack seal"


@dataclass(frozen=True)
class Removal:
    """A recorded cleanup.

    Args:
        cutoff: it removed executions that began before this time; never later than its own record.
        executions: how many it removed.
        months: the months that it dropped whole, as YYYY_MM.
        is_counted: whether it recorded the number in the transaction that removed the rows. Earlier versions
            lost the number if they were killed.
    """

    cutoff: datetime
    executions: int
    months: list[str]
    is_sealed: bool
    is_counted: bool


@dataclass(frozen=True)
class Erasure:
    """A recorded erasure.

    Args:
        rows: from how many sealed rows it erased a value.
        recorded_at: when it ended.
        is_strict: whether it erased whole values, each by itself. Earlier versions did not.
    """

    rows: int
    recorded_at: datetime
    is_sealed: bool
    is_strict: bool


def read_removals(database: Database) -> list[Removal]:
    """Return the recorded cleanups."""
    return [Removal(*row) for row in database.rows(sql_files.query("verify/removals"))]


def check_removals(
    removals: Iterable[Removal], removed: Iterable[tuple[datetime, Finding]]
) -> Iterator[Finding]:
    """Find missing executions that no sealed cleanup accounts for.

    Args:
        removals: all recorded cleanups.
        removed: for each missing execution when it began, and the finding if no cleanup accounts for it.
    """
    sealed_removals = sorted((each for each in removals if each.is_sealed), key=lambda each: each.cutoff)
    left: float = 0
    # Start with the latest: the fewest cleanups can have removed it.
    for started, finding in sorted(removed, key=lambda each: each[0], reverse=True):
        while sealed_removals and sealed_removals[-1].cutoff > started:
            removal = sealed_removals.pop()
            left += removal.executions if removal.is_counted else float("inf")
        if left < 1:
            yield finding
        left -= 1


def check_erasures(database: Database, results: Iterable[BlockResult]) -> Iterator[Finding]:
    """Find erased values that no sealed erasure accounts for, and values that were rewritten instead."""
    recorded = {key: Erasure(*details) for key, *details in database.rows(sql_files.query("verify/erasures"))}
    rows_by_erasure: dict[bytes, list[ErasedRows]] = defaultdict(list)
    for result in results:
        for key, erased in result.erased.items():
            rows_by_erasure[key].append(erased)
    for key, parts in rows_by_erasure.items():
        rows = sum(part.rows for part in parts)
        fault = _erasure_fault(recorded.get(key), rows, max(part.latest for part in parts if part.latest))
        if fault is not None:
            yield Finding(FindingKind.ERASURE, f"{rows} rows name an erasure {fault}", key=key)
        is_strict = key not in recorded or recorded[key].is_strict
        for part in parts:
            yield from part.rewritten
            yield from part.rewritten_whole if is_strict else ()


def _erasure_fault(erasure: Erasure | None, rows: int, latest: datetime) -> str | None:
    if erasure is None:
        return "that is not recorded"
    if not erasure.is_sealed:
        return _NOT_SEALED
    if rows > erasure.rows:
        return f"that recorded {erasure.rows}"
    if latest >= erasure.recorded_at:
        return "that ended before the last of them was written"
    return None
