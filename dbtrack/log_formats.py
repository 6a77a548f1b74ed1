"""The formats of PostgreSQL's log, where the command line can read them without importing the driver."""

from __future__ import annotations

from enum import StrEnum


class LogFormat(StrEnum):
    """The formats in which PostgreSQL writes its log, by the names of docs/ingest.md."""

    JSON = "json"
    CSV = "csv"
    STDERR = "stderr"
