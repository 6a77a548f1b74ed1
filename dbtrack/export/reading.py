"""Read what an export contains: in one snapshot, and incrementally by the difference of two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.export.columns import ExportColumn, Subject, columns_of
from dbtrack.export.request import ExportRequest
from dbtrack.export.selection import bind_selection
from dbtrack.export.state import ExportState, Place, StateFile, locked_state
from dbtrack.reports.search import searched_query

# How much is exported again after a failover: clocks differ, and its last transactions may be lost.
_MARGIN = timedelta(hours=1)


class Snapshot(NamedTuple):
    """A pg_snapshot: the transactions that had ended."""

    oldest_open: int
    next_id: int
    open_ids: tuple[int, ...]

    @classmethod
    def parsed(cls, text: str) -> Snapshot:
        """Read PostgreSQL's text of one.

        Raises:
            ValueError: it is not such a text.
        """
        oldest_open, next_id, open_ids = text.split(":")
        return cls(int(oldest_open), int(next_id), tuple(map(int, filter(None, open_ids.split(",")))))


@dataclass(frozen=True)
class Reading:
    """What is exported, in an open transaction.

    Args:
        place: where it is read; None unless it is incremental.
        state: of an incremental export, before this run.
        nothing_is_new: on a standby that is behind the last export.
        repeated_since: what was recorded since this time is exported again, with the same ids.
        unfinished: what is closed before the transaction ends.
    """

    database: Database
    request: ExportRequest
    parameters: Mapping[str, object]
    place: Place | None = None
    state: ExportState | None = None
    nothing_is_new: bool = False
    repeated_since: datetime | None = None
    unfinished: ExitStack = field(default_factory=ExitStack)

    @property
    def columns(self) -> tuple[ExportColumn, ...]:
        """The columns that were asked for."""
        return columns_of(self.request.subject, is_full=self.request.is_full)

    def rows(self, *, as_json: bool = False) -> Iterator[bytes]:
        """Yield the rows one by one, as CSV or as JSON; the transaction cannot end in the middle of them."""
        if self.nothing_is_new:
            return iter(())
        names = [column.name for column in self.columns]
        query, parameters = searched_query(self.database, self._query, self.parameters)
        rows = self.database.copy_rows(query, parameters, names, as_json=as_json)
        return self.unfinished.enter_context(closing(rows))

    def count(self) -> int:
        """Return how many rows there are."""
        if self.nothing_is_new:
            return 0
        return self.database.count_rows(*searched_query(self.database, self._query, self.parameters))

    @property
    def is_incremental(self) -> bool:
        """Whether a state file says what is new."""
        return self.state is not None

    @property
    def _query(self) -> str:
        match self.request.subject:
            case Subject.EXECUTIONS:
                return sql_files.query("export/executions")
            case Subject.OBJECTS:
                return sql_files.query("export/objects")
            case _:
                assert_never(self.request.subject)


@contextmanager
def reading(database: Database, request: ExportRequest, warn: Callable[[str], None]) -> Iterator[Reading]:
    """Open what is exported; the state is replaced after the block, unless that fails.

    Args:
        warn: receives one line if something is exported again.

    Raises:
        LockedError: another export uses the state file.
        UsageError: a tenant or time is invalid, or the state file is that of another export.
        DbtrackError: the state file is that of another database.
    """
    with locked_state(request.state) if request.state else nullcontext() as file:
        bound = bind_selection(
            database,
            request.subject,
            tenant=request.tenant,
            since=request.since,
            until=request.until,
            filters=request.filters,
            zone=request.zone,
        )
        with _opened(database, request, bound, file) as (opened, snapshot):
            if opened.repeated_since is not None:
                warn(
                    "the server was promoted or restored since the last export: what was recorded since "
                    f"{opened.repeated_since:%Y-%m-%d %H:%M:%S %Z} is exported again, with the same ids"
                )
            with opened.unfinished:
                yield opened
        if file and opened.state and opened.place and not opened.nothing_is_new:
            file.write(opened.state.after(_latest(opened.place, opened.state.place), snapshot))


@contextmanager
def _opened(
    database: Database, request: ExportRequest, bound: Mapping[str, object], file: StateFile | None
) -> Iterator[tuple[Reading, str]]:
    tenant = bound["tenant"]
    state = file.read(request.subject, tenant.hex() if isinstance(tenant, bytes) else None) if file else None
    # Before the snapshot: what was complete then is complete in it.
    place = read_place(database) if file else None
    with database.transaction():
        database.execute(sql_files.query("export/isolation"))
        database.rows(sql_files.query("export/settings"), {"is_incremental": bool(state and state.snapshot)})
        snapshot: str = database.value(sql_files.query("export/snapshot"), {})
        now = Snapshot.parsed(snapshot)
        whole = Reading(
            database,
            request,
            {
                **bound,
                "all_versions": state is not None,
                "recorded_since": None,
                "next_id": None,
                "open_ids": [],
                "again_since": None,
                "ended_before": str(now.next_id) if database.in_recovery and state else None,
            },
            place,
            state,
        )
        if place is None or state is None or state.snapshot is None or state.place is None:
            yield whole, snapshot
        else:
            _check_login(request, state.place, place)
            delivered = Snapshot.parsed(state.snapshot)
            yield _continued(whole, (state.place, place), (delivered, now)), snapshot


def _continued(whole: Reading, places: tuple[Place, Place], snapshots: tuple[Snapshot, Snapshot]) -> Reading:
    """Return what is new.

    Args:
        places: that of the export before, and that of now; likewise the snapshots.
    """
    (before, place), (delivered, now) = places, snapshots
    request, in_recovery = whole.request, whole.database.in_recovery
    parameters = {**whole.parameters, "since": None}
    again = _again_since(before)
    if request.after_restore:
        return replace(whole, parameters=parameters | {"recorded_since": again}, repeated_since=again)
    _check_database(request, before, place, may_lag=in_recovery)
    if now.next_id < delivered.next_id:
        if not in_recovery:
            raise _is_older(request)
        return replace(whole, nothing_is_new=True)
    is_promoted = place.timeline > before.timeline
    parameters |= {
        "next_id": str(delivered.next_id),
        "open_ids": [str(number) for number in delivered.open_ids],
        "again_since": again if is_promoted else None,
        # A dump brings ids of another server, perhaps all later ones, until `dbtrack maintain` forgets them.
        "ended_before": str(now.next_id),
    }
    return replace(whole, parameters=parameters, repeated_since=again if is_promoted else None)


def read_place(database: Database) -> Place:
    """Return which database this is, and who reads."""
    system_identifier, database_oid, timeline, login, recorded_before = database.rows(
        sql_files.query("export/place")
    )[0]
    recorded = recorded_before.isoformat() if isinstance(recorded_before, datetime) else None
    return Place(system_identifier, database_oid, timeline, login, recorded)


def _latest(place: Place, before: Place | None) -> Place:
    """Return the place with the later of the two timelines: that of a standby lags behind."""
    if before is None or before.database != place.database:
        return place
    return replace(place, timeline=max(place.timeline, before.timeline))


def _again_since(place: Place) -> datetime:
    if place.recorded_before is None:
        return datetime.fromisoformat("0001-01-01T00:00:00+00:00")
    return datetime.fromisoformat(place.recorded_before) - _MARGIN


def _check_login(request: ExportRequest, before: Place, now: Place) -> None:
    if before.login != now.login:
        raise DbtrackError(
            f"{request.state} is of exports by {before.login}, and {now.login} may see other executions",
            hint="use a state file of its own for each login",
        )


def _check_database(request: ExportRequest, before: Place, now: Place, *, may_lag: bool) -> None:
    if before.database != now.database:
        raise DbtrackError(
            f"{request.state} belongs to another database, or to this one before it was restored or upgraded",
            hint="use another state file; or, if it is the same record, add --after-restore once",
        )
    if now.timeline < before.timeline and not may_lag:
        raise _is_older(request)


def _is_older(request: ExportRequest) -> DbtrackError:
    return DbtrackError(
        f"the database is older than the last export with {request.state}: it was restored, or a failover "
        "lost its last transactions",
        hint="to go on and export the last hour before again, add --after-restore once",
    )
