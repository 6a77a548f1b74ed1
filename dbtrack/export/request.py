"""What is asked of an export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path

from dbtrack.errors import UsageError
from dbtrack.export.columns import Subject


class ExportFormat(StrEnum):
    """The formats of an export, which docs/export.md describes."""

    CSV = "csv"
    SPREADSHEET = "spreadsheet"
    JSONL = "jsonl"
    PARQUET = "parquet"
    OCSF = "ocsf"
    CEF = "cef"


_EXTENSIONS = {
    ExportFormat.CSV: ".csv",
    ExportFormat.SPREADSHEET: ".csv",
    ExportFormat.JSONL: ".jsonl",
    ExportFormat.PARQUET: ".parquet",
    ExportFormat.OCSF: ".jsonl",
    ExportFormat.CEF: ".cef",
}


def extension_of(chosen: ExportFormat) -> str:
    """Return how the names of files of this format end."""
    return _EXTENSIONS[chosen]


def format_of(path: Path | None) -> ExportFormat:
    """Return the format that a file's name stands for, else CSV."""
    suffix = path.suffix.lower() if path is not None else ""
    named = {
        ".jsonl": ExportFormat.JSONL,
        ".ndjson": ExportFormat.JSONL,
        ".parquet": ExportFormat.PARQUET,
        ".cef": ExportFormat.CEF,
    }
    return named.get(suffix, ExportFormat.CSV)


@dataclass(frozen=True)
class ExportRequest:
    """An export of executions or objects, wherever it goes.

    Args:
        since: a time as reports read it; with a state, of the first export only.
        until: likewise; not with a state.
        tenant: the only one; None for all.
        is_full: with the long columns.
        state: the file of an incremental export.
        after_restore: go on with a state whose database was restored, or replaced by a copy.
        filters: of the report history, by name; not with a state.
        zone: in which times without a zone are read; None for the machine's.
    """

    subject: Subject
    since: str | None = None
    until: str | None = None
    tenant: str | None = None
    is_full: bool = False
    state: Path | None = None
    after_restore: bool = False
    filters: Mapping[str, object] = field(default_factory=dict)
    zone: tzinfo | None = None

    def check(self, chosen: ExportFormat) -> None:
        """Check what cannot be combined.

        Raises:
            UsageError: it cannot.
        """
        is_event = chosen in (ExportFormat.OCSF, ExportFormat.CEF)
        if is_event and self.subject is not Subject.EXECUTIONS:
            raise UsageError(
                f"{chosen.upper()} describes executions", hint=f"dbtrack export executions --format {chosen}"
            )
        if self.state is not None and self.until is not None:
            raise UsageError(
                "--until and --state contradict each other: what is left out would never be exported"
            )
        if self.state is not None and self.filters:
            raise UsageError(
                f"--{next(iter(self.filters))} and --state contradict each other: what is left out would "
                "never be exported"
            )
        if self.after_restore and self.state is None:
            raise UsageError("--after-restore needs --state")
