"""Run a report of the registry as an identity, in one transaction that has proved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from dbtrack.columns import Column
from dbtrack.errors import DbtrackError
from dbtrack.render.values import json_value
from dbtrack.reports import REPORTS, Report
from dbtrack.reports.run import (
    checked_arguments,
    has_moments,
    read_moments,
    read_values,
    words_for_server,
)
from dbtrack.reports.search import searched_rows
from dbtrack.serve.identity import Acting, Credentials, Scope, acting
from dbtrack.serve.pagination import Page
from dbtrack.serve.queries import query, report_query
from dbtrack.serve.refusals import Refusal
from dbtrack.serve.services import Services

ADMINISTRATORS_REPORTS = frozenset({"access", "administration"})
"""The reports that need the scope admin."""


@dataclass(frozen=True)
class ReportRows:
    """What a report returned.

    Args:
        rows: raw values, in the order of the report's columns.
        after: the cursor of the next page; None if there is none.
    """

    report: Report
    rows: Sequence[Sequence[Any]]
    after: str | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The report's columns."""
        return self.report.usual_columns

    def objects(self) -> list[dict[str, Any]]:
        """Return the rows as JSON objects."""
        return [row_object(self.columns, row) for row in self.rows]


def row_object(columns: Sequence[Column], row: Sequence[Any]) -> dict[str, Any]:
    """Return a row as a JSON object, each value in the JSON type of its column."""
    return {column.name: json_value(column.kind, value) for column, value in zip(columns, row, strict=True)}


async def run_report(
    services: Services,
    credentials: Credentials,
    name: str,
    arguments: Mapping[str, object],
    *,
    page: Page | None = None,
) -> ReportRows:
    """Run one report, in a transaction of its own; on the standby where there is one.

    Args:
        name: of the registry: `dashboard`.
        arguments: by parameter name, as the user wrote them; None for the default.
        page: which page of it; None for all rows that `limit` allows.

    Raises:
        ApiError: the token is invalid, or may not read this report.
        DbtrackError: an argument is invalid, or the database raised an error.
    """
    needs = Scope.ADMIN if name in ADMINISTRATORS_REPORTS else Scope.READ
    if REPORTS[name].from_rollups:
        services.rollups.advance_soon()
    async with acting(services, credentials, needs=needs) as transaction:
        return await report_rows(services, transaction, name, arguments, page=page)


async def report_rows(
    services: Services,
    transaction: Acting,
    name: str,
    arguments: Mapping[str, object],
    *,
    page: Page | None = None,
    records_access: bool = True,
) -> ReportRows:
    """Run a report in an open transaction; several of them see the same identity.

    Args:
        records_access: record who reads whose records; False for a part of what is already recorded, and for
            a page that repeats itself.

    Raises:
        DbtrackError: an argument is invalid, or the database raised an error.
    """
    report = REPORTS[name]
    values = checked_arguments(report, arguments)
    if has_moments(values):
        now = (await transaction.database.rows(query("reports/clock"), {}))[0][0]
        values |= read_moments(values, now, UTC)
    words = words_for_server(values)
    access_name = (report.part_of or report.name) if records_access else None
    given = {**words, "report": access_name, "is_alone": False}
    try:
        read = await transaction.database.rows(query("reports/report_arguments"), given)
    except DbtrackError:
        if words["tenant"] is not None or words["key"] is not None:
            _note_refused(services, transaction, report, words)
        raise
    bound = {**values, **read_values(values, read[0]), **(page.values() if page else {})}
    rows = await searched_rows(
        transaction.database, report_query(report.name), bound, is_newest_first=report.in_pages
    )
    cut, after = ([*rows], None) if page is None else page.cut(report, rows)
    return ReportRows(report, [*report.with_columns(report.usual_columns, iter(cut))], after)


def _note_refused(
    services: Services, transaction: Acting, report: Report, words: Mapping[str, object]
) -> None:
    tenant = words["tenant"]
    services.refusals.note(
        Refusal(report.name, None if tenant is None else str(tenant), transaction.identity.token_name)
    )
