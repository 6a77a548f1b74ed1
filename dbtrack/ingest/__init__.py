"""Recording from server logs: DDL that failed, and what no event trigger sees."""

from __future__ import annotations

from dbtrack.ingest.log_format import LogFormat
from dbtrack.ingest.options import IngestOptions, IngestReport
from dbtrack.ingest.places import Place, ServerLogs, place_of
from dbtrack.ingest.recording import moment
from dbtrack.ingest.run import Ingest, Progress

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
