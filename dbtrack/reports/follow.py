"""Follow new errors as they are recorded, each exactly once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from dbtrack import sql_files
from dbtrack.reports.executions import ERROR_LIST
from dbtrack.reports.run import bind

if TYPE_CHECKING:
    from dbtrack.db import Database

# A writer sets the time of its record before it has a transaction id, in a large batch long before.
_SLACK = timedelta(minutes=1)
_SHORTEST_STEP = timedelta(seconds=10)
_BEFORE_FOLLOWING = 10


class ErrorFollower:
    """Remembers which errors it has returned, also across lost connections.

    A record has the time at which it was written, but becomes visible when its transaction commits, perhaps
    much later. So each call goes back to a time before which no open transaction can have written anything.

    Args:
        arguments: of the report ``error_list``, by name.
        zone: in which times without a zone are read; None for the machine's.
    """

    def __init__(self, arguments: Mapping[str, object], zone: tzinfo | None = None) -> None:
        self._arguments = dict(arguments)
        self._zone = zone
        self._has_begun = False
        self._shown: dict[int, datetime] = {}
        self._recorded_since: datetime | None = None
        self._horizons: list[tuple[int, datetime]] = []
        self._values: Mapping[str, object] = {}

    def new(self, database: Database) -> list[tuple[Any, ...]]:
        """Return the errors recorded since the last call, the earliest first, as rows of ``error_list``.

        The first call returns the errors since ``since``, at most ``limit`` of them; without either, the last
        10 errors of the last ``hours``.

        Raises:
            UsageError: a status, tenant or time is invalid.
            NoConnectionError: the connection was lost; the next call may use another one.
        """
        if self._recorded_since is None:
            self._start(database)
        horizon = self._advanced_horizon(database)
        rows = list(self._new_rows(database))
        if horizon is not None:
            self._recorded_since = horizon
            self._shown = {number: date for number, date in self._shown.items() if date >= horizon}
        most = None if self._has_begun else self._row_limit()
        self._has_begun = True
        return rows if most is None else rows[-most:]

    def _start(self, database: Database) -> None:
        self._values = bind(database, ERROR_LIST, self._arguments, zone=self._zone, access_name="errors")
        since = self._values["since"]
        hours = self._values["hours"]
        self._recorded_since = database.value(
            sql_files.query("reports/follow_since"), {"since": since, "hours": hours}
        )

    def _row_limit(self) -> int | None:
        limit = self._values["limit"]
        if isinstance(limit, int):
            return limit
        return None if self._values["since"] else _BEFORE_FOLLOWING

    def _advanced_horizon(self, database: Database) -> datetime | None:
        """Return the time before which no more errors can appear; None if it has not advanced.

        It is queried before the rows are read, so that the rows are complete up to this time.
        """
        row = database.row(sql_files.query("reports/recording_horizon"))
        recorded_until, oldest_open, next_transaction = row or (None, 0, 0)
        closed = [moment for following, moment in self._horizons if following <= oldest_open]
        self._horizons = [horizon for horizon in self._horizons if horizon[0] > oldest_open]
        if recorded_until is not None and (
            not self._horizons or recorded_until - self._horizons[-1][1] >= _SHORTEST_STEP
        ):
            self._horizons.append((next_transaction, recorded_until))
        horizon = max(closed, default=None)
        if horizon is None or self._recorded_since is None:
            return None
        return max(horizon - _SLACK, self._recorded_since)

    def _new_rows(self, database: Database) -> Iterator[tuple[Any, ...]]:
        query = sql_files.query("reports/errors_recorded")
        values = {**self._values, "recorded_since": self._recorded_since}
        for load_date, number, *row in database.rows(query, values):
            if number not in self._shown:
                self._shown[number] = load_date
                yield tuple(row)
