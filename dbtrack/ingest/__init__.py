"""Recording from server logs: DDL that failed, and what no event trigger sees."""

from __future__ import annotations

from dbtrack.ingest.formats.log_format import LogFormat
from dbtrack.ingest.log_files import Place, ServerLogs, place_of
from dbtrack.ingest.options import IngestOptions, IngestReport
from dbtrack.ingest.run import Ingest, Progress
from dbtrack.ingest.store import moment

__all__ = [
    "Ingest",
    "IngestOptions",
    "IngestReport",
    "LogFormat",
    "Place",
    "Progress",
    "ServerLogs",
    "moment",
    "place_of",
]
