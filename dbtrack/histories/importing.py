"""Record the rows of migration tools' tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbtrack import sql_files
from dbtrack.db import Database, Row
from dbtrack.errors import QueryError, UsageError
from dbtrack.histories.tables import History

_INVALID_VALUE = "22023"


@dataclass(frozen=True)
class Imported:
    """What one table gave.

    Args:
        history: the table.
        read: how many rows it has.
        rows: what was recorded, in the columns of `IMPORT_COLUMNS`.
    """

    history: History
    read: int
    rows: list[Row]


def import_histories(
    database: Database, histories: Sequence[History], *, zone: str | None = None, dry_run: bool = False
) -> list[Imported]:
    """Record what is new in these tables, each in a transaction of its own.

    Args:
        database: connected as an administrator of dbtrack who may read the tables.
        histories: the tables.
        zone: the time zone of times without one; None: that of the first import, which is the session's.
        dry_run: record nothing, and return what would be recorded.

    Raises:
        PermissionDeniedError: the role is not an administrator of dbtrack, or may not read a table.
        UsageError: the first import had another time zone, or there is no such zone.
    """
    return [import_history(database, history, zone=zone, dry_run=dry_run) for history in histories]


def import_history(
    database: Database, history: History, *, zone: str | None = None, dry_run: bool = False
) -> Imported:
    """Record what is new in one table; as `import_histories`."""
    with database.transaction(undone=dry_run):
        known = _known_zone(database, history, zone)
        given = zone
        zone = known or _zone_to_read(database, given)
        found = database.result(
            sql_files.query(f"histories/{history.tool.query}"), {"table": history.table, "zone": zone}
        )
        names = [column.name for column in found.columns]
        rows = [dict(zip(names, map(_plain, row), strict=True)) for row in found.rows]
        read = json.dumps(rows)
        if not (known or given or history.tool.has_zone):
            _check_zone(database, history, read, zone)
        recorded = database.call(
            "import_migrations",
            p_tool=history.tool.name,
            p_table=history.table,
            p_rows=read,
            # A table without rows does not say whether the zone of the session is the tool's.
            p_time_zone=zone if rows or given else known,
        )
    return Imported(history, len(rows), [_shown(history, row) for row in recorded])


def _known_zone(database: Database, history: History, given: str | None) -> str | None:
    """Return the zone of the first import: with another one all rows would have other times and be new."""
    known = {(tool, table): zone for tool, table, zone in database.call("get_imported_histories")}
    kept = known.get((history.tool.name, history.table))
    if given is not None and kept is not None and given != kept:
        raise UsageError(
            f"the times in {history.table} were read in the time zone {kept} before",
            hint="with another one every migration would be recorded again; leave --timezone out",
        )
    return kept


def _zone_to_read(database: Database, given: str | None) -> str:
    """Return the zone that is given, or that of the session."""
    try:
        return str(database.value(sql_files.query("histories/time_zone"), {"zone": given}))
    except QueryError as error:
        if error.sqlstate != _INVALID_VALUE:
            raise
        raise UsageError(f"there is no time zone {given}", hint="write it as Europe/Berlin") from error


def _check_zone(database: Database, history: History, rows: str, zone: str) -> None:
    """Refuse a zone that is not the tool's, before it is kept: no DDL would be found by these times."""
    quarters = database.value(sql_files.query("histories/time_offset"), {"rows": rows})
    if quarters is None:
        return
    hours, minutes = divmod(abs(quarters) * 15, 60)
    side = "after" if quarters > 0 else "before"
    raise UsageError(
        f"in the time zone {zone} the times in {history.table} are {hours}:{minutes:02} h {side} their DDL",
        hint="name the zone in which the tool runs with --timezone",
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _shown(history: History, row: Row) -> Row:
    key, *others = row
    return (history.tool.name, history.table, *others, key)
