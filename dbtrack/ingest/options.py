"""Options of an ingest, and its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dbtrack.ingest.formats.log_format import LogFormat


@dataclass(frozen=True)
class IngestOptions:
    """Options of an ingest.

    Args:
        prefix: the log_line_prefix of stderr logs; None for the connected server's.
        format: None to detect it from the log's beginning.
        since: skip entries that were logged before.
        follow: keep reading what is appended, until interrupted.
        timezone: of the logs' times; None for the connected server's log_timezone.
        all_databases: record the statements of every database, not only of the connected one.
    """

    prefix: str | None = None
    format: LogFormat | None = None
    since: datetime | None = None
    follow: bool = False
    timezone: str | None = None
    all_databases: bool = False


@dataclass
class IngestReport:
    """Counts of an ingest.

    Args:
        logs: how many logs held new entries.
        bytes_read: of uncompressed log.
        executions: how many were recorded.
        failed: how many of these failed.
        explained: how many failures were added to a record that the triggers had written.
        waits: how many entries about waits for locks were recorded.
        entries: how many entries were parsed.
        damaged: how many of these could not be read.
        ambiguous: how many of these can be read in two ways.
        unreadable: how many logs could not be read at all.
    """

    logs: int = 0
    bytes_read: int = 0
    executions: int = 0
    failed: int = 0
    explained: int = 0
    waits: int = 0
    entries: int = 0
    damaged: int = 0
    ambiguous: int = 0
    unreadable: int = 0

    @property
    def has_findings(self) -> bool:
        """Whether an entry or a log could not be read."""
        return bool(self.damaged or self.ambiguous or self.unreadable)
