"""Run a report of the registry as an identity, in one transaction that has proved it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from dbtrack.serve.cached_answers import CachedAnswer, Question, cached_answer
from dbtrack.serve.identity import Acting, Credentials, Scope
from dbtrack.serve.pagination import Page
from dbtrack.serve.queries import query, report_query
from dbtrack.serve.refusals import Refusal
from dbtrack.serve.services import Services

_ACCESS = 4  # the place of the column access in sql/queries/reports/report_arguments.sql
ADMINISTRATORS_REPORTS = frozenset({"access", "administration"})
"""The reports that need the scope admin."""


@dataclass(frozen=True)
class ReportRows:
    """What a report returned.

    Args:
        rows: raw values, in the order of the report's columns.
        after: the cursor of the next page; None if there is none.
        access: the arguments of `record_access`, if the database recorded that somebody reads them.
    """

    report: Report
    rows: Sequence[Sequence[Any]]
    after: str | None = None
    access: Mapping[str, object] | None = None

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
    render: Callable[[ReportRows], bytes],
    *,
    page: Page | None = None,
    fresh: bool = False,
) -> CachedAnswer:
    """Run one report, in a transaction of its own; or give a recent answer to the same question again.

    Args:
        name: of the registry: `dashboard`.
        arguments: by parameter name, as the user wrote them; None for the default.
        render: makes the body of the answer.
        page: which page of it; None for all rows that `limit` allows.
        fresh: give no earlier answer.

    Raises:
        ApiError: the token is invalid, or may not read this report.
        DbtrackError: an argument is invalid, or the database raised an error.
    """
    report = REPORTS[name]
    if report.from_rollups:
        services.rollups.advance_soon()

    async def read(transaction: Acting) -> tuple[bytes, Mapping[str, object] | None]:
        rows = await report_rows(services, transaction, name, arguments, page=page)
        return render(rows), rows.access

    question = Question(
        (name, tuple(sorted((key, repr(value)) for key, value in arguments.items())), page),
        read,
        needs=Scope.ADMIN if name in ADMINISTRATORS_REPORTS else Scope.READ,
    )
    return await cached_answer(services, credentials, question, fresh=fresh)


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
    shown = [*report.with_columns(report.usual_columns, iter(cut))]
    access = {"p_report_name": access_name, "p_tenant": words["tenant"], "p_key": words["key"]}
    return ReportRows(report, shown, after, access if read[0][_ACCESS] else None)


def _note_refused(
    services: Services, transaction: Acting, report: Report, words: Mapping[str, object]
) -> None:
    tenant = words["tenant"]
    services.refusals.note(
        Refusal(report.name, None if tenant is None else str(tenant), transaction.identity.token_name)
    )
