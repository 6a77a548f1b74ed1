"""Erase a person from the record without invalidating seals and proofs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from dbtrack.db import Database

_ROWS_A_STEP = 20_000
_BEFORE_ALL = "-infinity"


class Place(NamedTuple):
    """A column in which a person is named.

    Args:
        name: table and column, or what else the database has of the person.
        rows: how many rows name the person there.
        is_kept: an erasure does not change it.
        note: why not, and what to do.
    """

    name: str
    rows: int
    is_kept: bool
    note: str | None


@dataclass
class ErasureReport:
    """Counts of an erasure, or in a dry run of what it would erase.

    Args:
        erased: the columns that named the person before.
        kept: those that still do.
        left: what was written while the erasure ran; another one erases it.
        versions: how many rows of the satellite contain the person.
        sealed: how many of these are sealed.
        names: how many have the person in the script's name, which is kept, as the key is derived from it.
    """

    is_dry_run: bool
    versions: int = 0
    sealed: int = 0
    names: int = 0
    erased: list[Place] = field(default_factory=list)
    kept: list[Place] = field(default_factory=list)
    left: list[Place] = field(default_factory=list)


def erase(
    database: Database,
    subject: str,
    reason: str,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda _versions: None,
) -> ErasureReport:
    """Erase a login or an address from all versions, in small transactions, and record the erasure.

    Args:
        reason: is recorded; it must not name the person.
        progress: called with how many versions were searched.

    Raises:
        UsageError: the subject is not one person, or the reason names the person.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    report = ErasureReport(dry_run)
    before = find_places(database, subject)
    report.erased = [place for place in before if not place.is_kept]
    report.kept = [place for place in before if place.is_kept]
    execution = None
    if not dry_run:
        execution = database.call_value("erase_begin", p_subject=subject, p_reason=reason)
    is_finished = False
    try:
        _erase_in_steps(database, execution, subject, report, progress)
        is_finished = True
    finally:
        if execution is not None:
            database.call(
                "erase_end",
                p_execution_hk=execution,
                p_subject=subject,
                p_rows=report.versions,
                p_sealed=report.sealed,
                p_is_finished=is_finished,
            )
    if execution is not None:
        after = find_places(database, subject)
        report.kept = [place for place in after if place.is_kept]
        report.left = [place for place in after if not place.is_kept]
    return report


def find_places(database: Database, subject: str) -> list[Place]:
    """Return the columns of all tables in which a login or an address is named.

    Raises:
        UsageError: the subject is not one person.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    return [Place(*row) for row in database.call("erase_places", p_subject=subject)]


def _erase_in_steps(
    database: Database,
    execution: bytes | None,
    subject: str,
    report: ErasureReport,
    progress: Callable[[int], None],
) -> None:
    after: tuple[object, bytes | None] = (_BEFORE_ALL, b"")
    looked_at = 0
    while after[1] is not None:
        [(versions, sealed, names, *last)] = database.call(
            "erase_step",
            p_execution_hk=execution,
            p_subject=subject,
            p_after=after[0],
            p_after_key=after[1],
            p_most_rows=_ROWS_A_STEP,
        )
        report.versions, report.sealed = report.versions + versions, report.sealed + sealed
        report.names += names
        after = (last[0], last[1])
        looked_at += _ROWS_A_STEP
        progress(looked_at)
