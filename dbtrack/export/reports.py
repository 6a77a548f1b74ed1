"""Export a report of the registry, by the code that every report is run and written with."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, TextIO

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.export.columns import ExportColumn, Storage, columns_of_report
from dbtrack.export.parquet import write_parquet_file
from dbtrack.export.request import ExportFormat
from dbtrack.render import Format, write
from dbtrack.render.values import machine_text
from dbtrack.reports import REPORTS, Report, advance_rollups, run

EXPORTED_REPORTS = {name: report for name, report in REPORTS.items() if report.part_of is None}
"""The reports that can be exported, by name."""

_WRITERS = {
    ExportFormat.CSV: Format.CSV,
    ExportFormat.SPREADSHEET: Format.SPREADSHEET,
    ExportFormat.JSONL: Format.JSONL,
}


@dataclass(frozen=True)
class ReportExport:
    """One report, with the arguments that were given."""

    report: Report
    arguments: Mapping[str, object]
    zone: tzinfo | None = None

    @classmethod
    def of(
        cls, name: str, given: Mapping[str, object], tenant: str | None, zone: tzinfo | None = None
    ) -> ReportExport:
        """Return the export of a report.

        Args:
            given: the arguments by name; None for the default.
            tenant: the default one, for reports that can show a single tenant.
            zone: in which times without a zone are read; None for the machine's.

        Raises:
            UsageError: the report has no such parameter.
        """
        report = EXPORTED_REPORTS[name]
        arguments = {key: value for key, value in given.items() if value is not None}
        known = {parameter.name for parameter in report.parameters}
        for key in arguments.keys() - known:
            raise UsageError(f"the report {name} has no --{key}", hint=f"dbtrack {name} --help")
        default = {"tenant": tenant} if tenant is not None and "tenant" in known else {}
        return cls(report, default | arguments, zone)

    def check(self, chosen: ExportFormat) -> None:
        """Check that it can be written as text in this format.

        Raises:
            UsageError: it cannot.
        """
        if chosen not in _WRITERS:
            raise UsageError(f"a report cannot be written as {chosen}", hint="--format csv, jsonl or parquet")

    def write_text(self, database: Database, chosen: ExportFormat, stream: TextIO) -> None:
        """Write it as CSV or JSON Lines.

        Raises:
            DbtrackError: as `dbtrack.reports.run`.
        """
        rows = self._rows(database)
        write(_WRITERS[chosen], self.report.usual_columns, rows, stream, report=self.report.name)

    def write_parquet(self, database: Database, path: Path) -> None:
        """Write it as one Parquet file.

        Raises:
            DbtrackError: as `dbtrack.reports.run`, or the file cannot be written.
        """
        columns = columns_of_report(self.report.usual_columns)
        write_parquet_file(_csv_rows(columns, self._rows(database)), columns, path, lambda _: None)

    def _rows(self, database: Database) -> Iterator[tuple[Any, ...]]:
        advance_rollups(database, self.report)
        return run(database, self.report, self.arguments, zone=self.zone)


def _csv_rows(columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    for row in rows:
        buffer = io.StringIO()
        cells = [_cell(column, value) for column, value in zip(columns, row, strict=True)]
        # As PostgreSQL writes it: null is nothing at all, and an empty text is quoted.
        buffer.write(",".join("" if cell is None else _quoted(cell) for cell in cells) + "\n")
        yield buffer.getvalue().encode()


def _cell(column: ExportColumn, value: Any) -> str | None:
    if value is None:
        return None
    if column.storage is Storage.LIST:
        return json.dumps([None if item is None else str(item) for item in value], ensure_ascii=False)
    return machine_text(value)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
