"""Record from server logs the DDL that failed and the DDL that no event trigger sees."""

from __future__ import annotations

from dbtrack.ingest.formats.log_format import LogFormat
from dbtrack.ingest.log_files import LogSource, ServerLogs, log_source
from dbtrack.ingest.options import IngestOptions, IngestReport
from dbtrack.ingest.providers import Provider, provider_logs
from dbtrack.ingest.run import Ingest, Progress

__all__ = [
    "Ingest",
    "IngestOptions",
    "IngestReport",
    "LogFormat",
    "LogSource",
    "Progress",
    "Provider",
    "ServerLogs",
    "log_source",
    "provider_logs",
]
