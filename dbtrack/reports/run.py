"""Run a report: check its arguments and stream its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from dbtrack import sql_files
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.reports.model import Parameter, ParameterKind, Report
from dbtrack.status import Status

if TYPE_CHECKING:
    from dbtrack.db import Database


# A century, and the maximum of LIMIT.
_MOST = {ParameterKind.DAYS: 36_500, ParameterKind.HOURS: 876_000, ParameterKind.LIMIT: 2**63 - 1}
# The parameters that only the server can parse, in the order of the columns of
# sql/queries/reports/report_arguments.sql.
_READ_BY_SERVER = ("tenant", "since", "until", "key")
_NO_PAGES = {"in_pages": False, "after_time": None, "after_key": None}


def run(
    database: Database, report: Report, arguments: Mapping[str, object], *, records_access: bool = True
) -> Iterator[tuple[Any, ...]]:
    """Run a report and return its rows, which are fetched as they are read, in constant memory.

    The first row is fetched before this returns, so that errors are raised here and not in the middle of the
    output. The connection is busy until the last row is read.

    Args:
        database: one with dbtrack installed; it may be a standby.
        report: the report to run.
        arguments: by parameter name, as the user wrote them; None for the default.
        records_access: record who reads whose records, as the setting access.recording determines; False for
            a part of a report whose access is already recorded.

    Raises:
        UsageError: a status, tenant, time, key or number is invalid.
        DbtrackError: there is no execution with this key, or the server raised an error.
        ValueError: the report has no parameter of this name.
    """
    access_name = (report.part_of or report.name) if records_access else None
    rows = database.stream(
        sql_files.report(report.name), bind(database, report, arguments, access_name=access_name)
    )
    first = list(islice(rows, 1))
    return chain(first, rows)


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


def bind(
    database: Database, report: Report, arguments: Mapping[str, object], *, access_name: str | None = None
) -> dict[str, object]:
    """Return the values of all parameters of a report's SQL.

    Args:
        access_name: the report name under which the access is recorded in the same round trip; None to record
            nothing.

    Raises:
        UsageError, DbtrackError, ValueError: as `run`.
    """
    values = checked_arguments(report, arguments)
    return values | _read_by_server(database, values, access_name)


def checked_arguments(report: Report, arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the values of all parameters, checked as far as that needs no server.

    Raises:
        UsageError, ValueError: as `run`.
    """
    unknown = arguments.keys() - {parameter.name for parameter in report.parameters}
    if unknown:
        raise ValueError(f"report {report.name} has no parameter {', '.join(sorted(unknown))}")
    values = {
        parameter.name: _checked(parameter, arguments.get(parameter.name)) for parameter in report.parameters
    }
    return {**values, **_NO_PAGES} if report.in_pages else values


def words_for_server(values: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters of sql/queries/reports/report_arguments.sql that the server parses."""
    return {name: values.get(name) for name in _READ_BY_SERVER}


def read_values(values: Mapping[str, object], row: Sequence[object]) -> dict[str, object]:
    """Return what the server read of the words: the row of sql/queries/reports/report_arguments.sql.

    Raises:
        UsageError: since is after until.
    """
    *read, is_backwards = row
    if is_backwards:
        raise UsageError(
            f"no time is after {values.get('since')} and before {values.get('until')}",
            hint="since must be before until",
        )
    # The remaining columns record the access.
    resolved = dict(zip(_READ_BY_SERVER, read, strict=False))
    return {name: resolved[name] for name in _READ_BY_SERVER if name in values}


def _read_by_server(
    database: Database, values: Mapping[str, object], access_name: str | None
) -> dict[str, object]:
    words = words_for_server(values)
    if access_name is None and all(word is None for word in words.values()):
        return {}
    is_alone = access_name is not None and database.raw.autocommit and not database.is_in_transaction
    given = {**words, "report": access_name, "is_alone": is_alone}
    try:
        row = database.row(sql_files.query("reports/report_arguments"), given) or (True,)
    except DbtrackError:
        _record_refused_access(database, words, access_name)
        raise
    return read_values(values, row)


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
    return value.hex() if isinstance(value, bytes) else str(value)


def _whole_number(name: str, value: object, most: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise UsageError(f"{name} must be a whole number from 1 to {most}, not {value}")
    return value


def _status(value: object) -> str:
    status = str(value).upper()
    if status not in [*Status]:
        raise UsageError(f"{value} is not a status", hint=f"one of {', '.join(Status)}")
    return status
