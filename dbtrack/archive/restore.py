"""Restore archived rows."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dbtrack.archive import columns
from dbtrack.archive.duckdb_engine import engine, literal
from dbtrack.archive.manifest import Manifest, read_manifests
from dbtrack.archive.month_snapshot import Progress
from dbtrack.archive.views import create_views
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError, UsageError
from dbtrack.retention import server_clock

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Engine

_ROWS_A_BATCH = 5000
_CHARACTERS_A_BATCH = 4_000_000
_LOCK_ATTEMPTS = 40
_PAUSE_SECONDS = 0.1
_MONTH = re.compile(r"\d{4}[-_](0[1-9]|1[0-2])")


@dataclass
class RestoreReport:
    """Counts of a restore.

    Args:
        began: when, by the server's clock; for its record.
    """

    executions: int = 0
    rows: int = 0
    archived_rows: int = 0
    months: list[str] = field(default_factory=list)
    began: datetime | None = None


def restore(
    database: Database, directory: Path, *, month: str | None = None, progress: Progress = lambda _: None
) -> RestoreReport:
    """Restore rows unless they exist, and record the restore.

    Args:
        month: YYYY-MM, in UTC, to restore the executions that began in it, with all versions; None for
            everything.

    Raises:
        UsageError: there is no archive, or it has nothing of this month.
        DbtrackError: a file is damaged; nothing was restored.
        PermissionDeniedError: the role is not an administrator of dbtrack.
    """
    manifests = read_manifests(directory)
    report = RestoreReport(began=server_clock(database))
    _refuse_damaged(directory, manifests)
    with engine() as connection:
        create_views(connection, directory, manifests)
        condition = _condition(month)
        report.months = _months(connection, condition)
        if not report.months:
            raise UsageError(
                f"the archive has no executions of {month}",
                hint="list its contents with: dbtrack archive list",
            )
        for each in report.months:
            _ensure_month(database, each)
        _restore_rows(database, connection, condition, report, progress)
    return report


def _refuse_damaged(directory: Path, manifests: Sequence[Manifest]) -> None:
    for manifest in manifests:
        if not manifest.is_intact(directory):
            raise DbtrackError(
                f"{directory / manifest.file} was altered; nothing was restored",
                hint="list the damaged files with: dbtrack archive list",
            )


def _condition(month: str | None) -> str:
    if month is None:
        return "true"
    if not _MONTH.fullmatch(month):
        raise UsageError(f"{month} is not a month", hint="write it as 2026-01")
    begun = f"strftime(load_date, '%Y_%m') = {literal(month.replace('-', '_'))}"
    return (
        "script_execution_hk IN (SELECT script_execution_hk FROM archived_row"
        f" WHERE row_kind = 'hub' AND {begun})"
    )


def _months(connection: Engine, condition: str) -> list[str]:
    query = f"SELECT DISTINCT strftime(load_date, '%Y_%m') FROM archived_row WHERE {condition} ORDER BY 1"
    return [str(row[0]) for row in connection.execute(query).fetchall()]


def _ensure_month(database: Database, month: str) -> None:
    for attempt in range(_LOCK_ATTEMPTS):
        try:
            database.call("ensure_month", p_month=month)
        except LockedError:
            if attempt == _LOCK_ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _restore_rows(
    database: Database, connection: Engine, condition: str, report: RestoreReport, progress: Progress
) -> None:
    try:
        for batch in _batches(connection, condition):
            executions, rows = database.call("restore_archived", p_rows=f"[{','.join(batch)}]")[0]
            report.executions += executions
            report.rows += rows
            report.archived_rows += len(batch)
            progress(f"restored {report.rows} rows")
    finally:
        if report.rows:
            database.call(
                "record_restore",
                p_executions=report.executions,
                p_rows=report.rows,
                p_months=report.months,
                p_began=report.began,
            )


def _batches(connection: Engine, condition: str) -> Iterator[list[str]]:
    """Return the rows as JSON objects, in batches limited by number and by length."""
    # Hub rows first, so that no version exists without its hub row.
    for kind in ("hub", "version", "link"):
        connection.execute(
            f"SELECT {columns.restored_columns()} FROM archived_row WHERE row_kind = '{kind}' AND {condition}"
        )
        batch: list[str] = []
        characters = 0
        while row := connection.fetchone():
            batch.append(_as_json(row))
            characters += len(batch[-1])
            if len(batch) == _ROWS_A_BATCH or characters > _CHARACTERS_A_BATCH:
                yield batch
                batch, characters = [], 0
        if batch:
            yield batch


def _as_json(row: tuple[object, ...]) -> str:
    named = zip(columns.COLUMNS, row, strict=True)
    return json.dumps({field.name: value for field, value in named if value is not None})
