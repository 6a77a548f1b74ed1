"""How logs are to be read, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dbtrack.ingest.formats.log_format import LogFormat


@dataclass(frozen=True)
class IngestOptions:
    """How logs are to be read.

    Args:
        prefix: the log_line_prefix of logs written to stderr; None for the connected server's.
        format: None: told by the log's beginning.
        since: leave out what was logged before.
        follow: go on for ever.
        timezone: in which the logs were written; None for the connected server's log_timezone.
        all_databases: record what was done in every database, not in the connected one alone.
    """

    prefix: str | None = None
    format: LogFormat | None = None
    since: datetime | None = None
    follow: bool = False
    timezone: str | None = None
    all_databases: bool = False


@dataclass
class IngestReport:
    """What was done.

    Args:
        logs: how many held anything new.
        bytes_read: of uncompressed log.
        executions: how many were recorded.
        failed: how many of these failed.
        explained: how many records of the triggers got the log's error.
        entries: how many entries were looked at closely.
        damaged: how many of these could not be read.
        ambiguous: how many of these can be read in two ways.
        unreadable: how many logs could not be read at all.
    """

    logs: int = 0
    bytes_read: int = 0
    executions: int = 0
    failed: int = 0
    explained: int = 0
    entries: int = 0
    damaged: int = 0
    ambiguous: int = 0
    unreadable: int = 0

    @property
    def has_findings(self) -> bool:
        """Whether anything was left unrecorded because it could not be read."""
        return bool(self.damaged or self.ambiguous or self.unreadable)
