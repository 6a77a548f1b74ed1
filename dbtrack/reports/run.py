"""Run a report: check its arguments, read its words, and stream its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from dbtrack import sql_files
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.reports.filters import FILTERED, bound_filter, is_filtered
from dbtrack.reports.model import Column, Parameter, ParameterKind, Report
from dbtrack.reports.search import search_rows
from dbtrack.reports.window import Window
from dbtrack.status import Status

if TYPE_CHECKING:
    from dbtrack.db import Database


# A century, and the maximum of LIMIT.
_MOST = {ParameterKind.DAYS: 36_500, ParameterKind.HOURS: 876_000, ParameterKind.LIMIT: 2**63 - 1}
# What only the server can look up, in the order of the columns of sql/queries/reports/report_arguments.sql.
_READ_BY_SERVER = ("tenant", "since", "until", "key")
_MOMENTS = ("since", "until")
_AS_OF = "as_of"
_ANOMALIES = "anomalies"
_NO_PAGES = {"in_pages": False, "after_time": None, "after_key": None}


@dataclass(frozen=True)
class PreparedReport:
    """A report whose arguments were read, ready to run.

    Args:
        values: of all parameters of its SQL.
        window: what it covers; None for a report about the present.
        sees_nothing: whether row security shows the caller nobody's records, because it belongs to no tenant.
        switches: of its SQL, those that are set.
    """

    report: Report
    values: Mapping[str, object]
    window: Window | None
    sees_nothing: bool
    switches: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the rows: those of the report that are computed with these switches."""
        return self.report.columns_with(self.switches)

    def switched(self, *names: str) -> PreparedReport:
        """Return the report with these of its switches set."""
        values = {**self.values, **dict.fromkeys(names, True)}
        return replace(self, values=values, switches=self.switches | {*names})

    def rows(self, database: Database) -> Iterator[tuple[Any, ...]]:
        """Run the report and return its rows, which are fetched as they are read, in constant memory.

        The first row is fetched before this returns, so that errors are raised here and not in the middle of
        the output. The connection is busy until the last row is read.

        Raises:
            DbtrackError: the server raised an error.
        """
        text = sql_files.report(self.report.name)
        rows = search_rows(database, text, self.values, is_newest_first=self.report.in_pages)
        first = list(islice(rows, 1))
        return self.report.with_columns(self.columns, chain(first, rows))


def prepare(
    database: Database,
    report: Report,
    arguments: Mapping[str, object],
    *,
    zone: tzinfo | None = None,
    records_access: bool = True,
) -> PreparedReport:
    """Check and read the arguments of a report.

    Args:
        database: one with dbtrack installed; it may be a standby.
        report: the report to run.
        arguments: by parameter name, as the user wrote them; None for the default.
        zone: in which times without a zone are read; None for the machine's.
        records_access: record who reads whose records, as the setting access.recording determines; False for
            a part of a report whose access is already recorded.

    Raises:
        UsageError: a status, tenant, time, key or number is invalid.
        DbtrackError: there is no execution with this key, or the server raised an error.
        ValueError: the report has no parameter of this name.
    """
    access_name = (report.part_of or report.name) if records_access else None
    chosen = zone or _machine_zone()
    values = _with_moments(database, checked_arguments(report, arguments), chosen)
    row = _read_by_server(database, values, access_name)
    if row is None:
        return PreparedReport(report, values, None, sees_nothing=False)
    values |= read_values(values, row)
    *_, now, sees_nothing = row
    return PreparedReport(report, values, window_of(report, values, chosen, now), sees_nothing)


def run(
    database: Database,
    report: Report,
    arguments: Mapping[str, object],
    *,
    zone: tzinfo | None = None,
    records_access: bool = True,
) -> Iterator[tuple[Any, ...]]:
    """Prepare and run a report, and return its rows, as `PreparedReport.rows` does.

    Raises:
        UsageError, DbtrackError, ValueError: as `prepare`.
    """
    prepared = prepare(database, report, arguments, zone=zone, records_access=records_access)
    return prepared.rows(database)


def advance_rollups(database: Database, report: Report) -> None:
    """Advance the rollups if the report reads them, it is cheap, and the role may write.

    Raises:
        DbtrackError: the server raised an error.
    """
    if (
        report.from_rollups
        and not database.in_recovery
        and database.value(sql_files.query("reports/rollups_are_due"))
    ):
        database.call("advance_rollups")
    if (
        report.name == _ANOMALIES
        and not database.in_recovery
        and database.value(sql_files.query("reports/anomalies_are_due"))
    ):
        database.call("advance_anomalies", p_is_brief=True)


def bind(
    database: Database,
    report: Report,
    arguments: Mapping[str, object],
    *,
    zone: tzinfo | None = None,
    access_name: str | None = None,
) -> dict[str, object]:
    """Return the values of all parameters of a report's SQL.

    Args:
        zone: in which times without a zone are read; None for the machine's.
        access_name: the report name under which the access is recorded in the same round trip; None to record
            nothing.

    Raises:
        UsageError, DbtrackError, ValueError: as `prepare`.
    """
    values = _with_moments(database, checked_arguments(report, arguments), zone or _machine_zone())
    row = _read_by_server(database, values, access_name)
    return values if row is None else values | read_values(values, row)


def checked_arguments(report: Report, arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the values of all parameters, checked as far as that needs no server.

    Raises:
        UsageError, ValueError: as `prepare`.
    """
    unknown = arguments.keys() - {parameter.name for parameter in report.parameters}
    if unknown:
        raise ValueError(f"report {report.name} has no parameter {', '.join(sorted(unknown))}")
    values: dict[str, object] = {}
    for parameter in report.parameters:
        given = arguments.get(parameter.name)
        if parameter.kind in FILTERED:
            values |= bound_filter(parameter, given)
        else:
            values[parameter.name] = _checked(parameter, given)
    values["is_filtered"] = is_filtered(report, values)
    values |= dict.fromkeys(report.switches, False)
    return {**values, **_NO_PAGES} if report.in_pages else values


def has_moments(values: Mapping[str, object]) -> bool:
    """Return whether there are words for times to read, for which the server's time is needed."""
    return any(values.get(name) is not None for name in (*_MOMENTS, _AS_OF))


def read_moments(values: Mapping[str, object], now: datetime, zone: tzinfo) -> dict[str, datetime | None]:
    """Return the moments that the words of since, until and as_of mean.

    With as_of the window ends then, unless until gives another end.

    Args:
        now: the server's time.
        zone: in which times without a zone are read.

    Raises:
        UsageError: a word is not a time; since lies in the future, or is not before until.
    """
    # Imported where there is something to read: its patterns take longer than most commands' start.
    from dbtrack.reports.time_words import Edge, Reader

    reader = Reader(now, zone)
    since_words, until_words = (values.get(name) for name in _MOMENTS)
    since = None if since_words is None else reader.read(str(since_words))
    until = None if until_words is None else reader.read(str(until_words), Edge.UNTIL, since=since)
    if since is not None and since > now:
        raise UsageError(
            f'the time "{since_words}" lies in the future',
            hint="dbtrack records what has happened: write 24h for the last day",
        )
    if since is not None and until is not None and since >= until:
        raise UsageError(
            f"no time is after {since_words} and before {until_words}", hint="since must be before until"
        )
    as_of = None if values.get(_AS_OF) is None else reader.read(str(values[_AS_OF]))
    end = None if as_of is None else as_of + timedelta(microseconds=1)  # what began at that moment, too
    found = {"since": since, "until": until or end, _AS_OF: as_of}
    return {name: moment for name, moment in found.items() if name in values}


def words_for_server(values: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters of sql/queries/reports/report_arguments.sql."""
    return {name: values.get(name) for name in _READ_BY_SERVER}


def read_values(values: Mapping[str, object], row: Sequence[object]) -> dict[str, object]:
    """Return what the server found: of the row of sql/queries/reports/report_arguments.sql."""
    # The remaining columns record the access, and say what time it is.
    resolved = dict(zip(_READ_BY_SERVER, row, strict=False))
    return {name: resolved[name] for name in _READ_BY_SERVER if name in values}


def window_of(report: Report, values: Mapping[str, object], zone: tzinfo, now: datetime) -> Window | None:
    """Return the window that a report covers with these values; None for a report about the present."""
    if not any(name in values for name in _MOMENTS):
        return None
    since, until = (
        None if values.get(name) is None else datetime.fromisoformat(str(values[name])) for name in _MOMENTS
    )
    span = _span(report, values)
    if since is None and span is not None:
        since = (until or now) - span
    return Window.of(since, until, zone, now)


def _span(report: Report, values: Mapping[str, object]) -> timedelta | None:
    days, hours = values.get("days"), values.get("hours", report.window_hours)
    if isinstance(days, int):
        return timedelta(days=days)
    return timedelta(hours=hours) if isinstance(hours, int) else None


def _machine_zone() -> tzinfo:
    # Imported here: the configuration takes longer than the list of commands, which needs the reports.
    from dbtrack.config import SystemZone

    return SystemZone()


def _with_moments(database: Database, values: dict[str, object], zone: tzinfo) -> dict[str, object]:
    if not has_moments(values):
        return values
    now = database.value(sql_files.query("reports/clock"))
    return values | read_moments(values, now, zone)


def _read_by_server(
    database: Database, values: Mapping[str, object], access_name: str | None
) -> Sequence[Any] | None:
    """Return the row of sql/queries/reports/report_arguments.sql; None if there is nothing to ask."""
    words = words_for_server(values)
    if access_name is None and all(word is None for word in words.values()):
        return None
    is_alone = access_name is not None and database.raw.autocommit and not database.is_in_transaction
    given = {**words, "report": access_name, "is_alone": is_alone}
    try:
        return database.row(sql_files.query("reports/report_arguments"), given)
    except DbtrackError:
        _record_refused_access(database, words, access_name)
        raise


def _record_refused_access(database: Database, words: Mapping[str, object], access_name: str | None) -> None:
    asked = access_name is not None and (words["tenant"] is not None or words["key"] is not None)
    # Inside the caller's transaction, which has failed now, nothing can be recorded.
    if asked and not database.is_in_transaction:
        with suppress(DbtrackError):
            database.call(
                "record_access", p_report_name=access_name, p_tenant=words["tenant"], p_key=words["key"]
            )


def _checked(parameter: Parameter, given: object) -> object:
    value = parameter.default if given is None else given
    if value is None:
        if parameter.required:
            raise UsageError(f"{parameter.name} is missing")
        return None
    if parameter.kind in _MOST:
        return _whole_number(parameter.name, value, _MOST[parameter.kind])
    if parameter.kind is ParameterKind.STATUS:
        return _status(value)
    if parameter.choices:
        return _choice(parameter, str(value).lower())
    return value.hex() if isinstance(value, bytes) else str(value)


def _choice(parameter: Parameter, value: str) -> str:
    if value not in parameter.choices:
        raise UsageError(
            f"{value} is not a value of {parameter.name}", hint=f"one of {', '.join(parameter.choices)}"
        )
    return value


def _whole_number(name: str, value: object, most: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise UsageError(f"{name} must be a whole number from 1 to {most}, not {value}")
    return value


def _status(value: object) -> str:
    status = str(value).upper()
    if status not in [*Status]:
        raise UsageError(f"{value} is not a status", hint=f"one of {', '.join(Status)}")
    return status
