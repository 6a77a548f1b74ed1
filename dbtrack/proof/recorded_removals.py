"""What cleanups and erasures have taken away lawfully: their records are sealed, and their numbers add up."""

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
        cutoff: it removed executions that began before; never later than its own record.
        executions: how many.
        months: those that it dropped whole, as YYYY_MM.
        is_counted: it noted what it removed in the transaction that removed it. Earlier versions lost the
            number when they were killed.
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
        rows: of how many sealed rows it took a value.
        recorded_at: when it ended.
        is_strict: it erased values whole, and each alone. Earlier versions did not.
    """

    rows: int
    recorded_at: datetime
    is_sealed: bool
    is_strict: bool


def read_removals(database: Database) -> list[Removal]:
    """Return the cleanups that the record holds."""
    return [Removal(*row) for row in database.rows(sql_files.query("verify/removals"))]


def check_removals(
    removals: Iterable[Removal], removed: Iterable[tuple[datetime, Finding]]
) -> Iterator[Finding]:
    """Find executions that are gone beyond what sealed cleanups say they removed.

    Args:
        removals: all cleanups.
        removed: when each execution that is gone began, and the finding that it is unless a cleanup took it.
    """
    lawful = sorted((each for each in removals if each.is_sealed), key=lambda each: each.cutoff)
    left: float = 0
    # The latest first: fewest cleanups can have taken those.
    for started, finding in sorted(removed, key=lambda each: each[0], reverse=True):
        while lawful and lawful[-1].cutoff > started:
            taken = lawful.pop()
            left += taken.executions if taken.is_counted else float("inf")
        if left < 1:
            yield finding
        left -= 1


def check_erasures(database: Database, results: Iterable[BlockResult]) -> Iterator[Finding]:
    """Find erased values that no sealed erasure took, and what is not the erasure of a value."""
    recorded = {key: Erasure(*details) for key, *details in database.rows(sql_files.query("verify/erasures"))}
    taken: dict[bytes, list[ErasedRows]] = defaultdict(list)
    for result in results:
        for key, erased in result.erased.items():
            taken[key].append(erased)
    for key, parts in taken.items():
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
