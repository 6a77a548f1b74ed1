"""Logs of managed services, in JSON as their consoles and tools export them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from dbtrack.ingest.envelopes.envelope import (
    Envelope,
    LogContext,
    default_prefix,
    entry_text,
    first_line_matches,
    whole_lines,
)
from dbtrack.ingest.envelopes.json_records import json_records
from dbtrack.ingest.log_stream import LogStream

RDS_PREFIX = "%t:%r:%u@%d:[%p]:"
CLOUD_SQL_PREFIX = "%m [%p]: [%l-1] db=%d,user=%u "
AZURE_PREFIX = "%t-%c-"

_CLOUD_SQL = re.compile(rb'"textPayload"\s*:')
_AZURE = re.compile(rb'"[cC]ategory"\s*:\s*"PostgreSQLLogs"')
_CLOUDWATCH = re.compile(rb'"(?:events|logEvents)"\s*:\s*\[')
_CLOUDWATCH_TAIL = re.compile(
    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)? (?:\S+ )?(?=\d{4}-\d\d-\d\d |\t)"
)
_JSON = re.compile(rb"\s*[\[{]")
_CLOUDNATIVE_PG = re.compile(rb'"logger"\s*:\s*"postgres"')
# Maps the names in CloudNativePG's records, which are those of csvlog, to the names of jsonlog.
_JSONLOG_NAMES = {
    "log_time": "timestamp",
    "user_name": "user",
    "database_name": "dbname",
    "process_id": "pid",
    "session_id": "session_id",
    "session_line_num": "line_num",
    "transaction_id": "txid",
    "error_severity": "error_severity",
    "sql_state_code": "state_code",
    "message": "message",
    "detail": "detail",
    "hint": "hint",
    "internal_query": "internal_query",
    "context": "context",
    "query": "statement",
    "query_pos": "cursor_position",
    "application_name": "application_name",
}


def cloud_sql_text(record: Mapping[str, Any]) -> bytes:
    """Return the lines of the log in an entry of Google's; empty if it has none."""
    text = record.get("textPayload")
    if not isinstance(text, str):
        return b""
    return entry_text(text if text[:1].isdigit() else f"{_time(record.get('timestamp'))} {text}")


def _cloud_sql(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
    for record in json_records(stream):
        if text := cloud_sql_text(record):
            yield text


def _time(text: object) -> str:
    """Return an RFC 3339 time as %m writes it."""
    try:
        moment = datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return str(text)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03} UTC"


def _azure(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
    for record in json_records(stream):
        properties = record.get("properties", record)
        if isinstance(properties, str):
            properties = _object(properties)
        if isinstance(properties, dict):
            text = properties.get("message") or properties.get("Message")
            if isinstance(text, str):
                yield entry_text(text)


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _cloudwatch(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
    for record in json_records(stream):
        events = record.get("events") or record.get("logEvents")
        for event in events if isinstance(events, list) else ():
            if isinstance(event, dict) and isinstance(event.get("message"), str):
                yield entry_text(event["message"])


def _cloudwatch_tail(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
    for line in whole_lines(stream):
        yield _CLOUDWATCH_TAIL.sub(b"", line, count=1)


def _cloudnative_pg(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
    for outer in json_records(stream):
        record = outer.get("record")
        if isinstance(record, dict) and "log_time" in record:
            named = {name: record[theirs] for theirs, name in _JSONLOG_NAMES.items() if record.get(theirs)}
            yield json.dumps(named | _client(record), ensure_ascii=False).encode(errors="replace") + b"\n"


def _client(record: Mapping[str, Any]) -> dict[str, str]:
    source = str(record.get("connection_from") or "")
    host, colon, port = source.rpartition(":")
    return {"remote_host": host if colon and port.isdecimal() else source} if source else {}


def _is_json_with(pattern: re.Pattern[bytes], sample: bytes) -> bool:
    return bool(pattern.search(sample)) and first_line_matches(sample, _JSON)


ENVELOPES = (
    Envelope(
        "Google Cloud SQL",
        lambda sample: _is_json_with(_CLOUD_SQL, sample),
        _cloud_sql,
        default_prefix(CLOUD_SQL_PREFIX),
    ),
    Envelope("Azure", lambda sample: _is_json_with(_AZURE, sample), _azure, default_prefix(AZURE_PREFIX)),
    Envelope(
        "CloudWatch",
        lambda sample: _is_json_with(_CLOUDWATCH, sample),
        _cloudwatch,
        default_prefix(RDS_PREFIX),
    ),
    Envelope(
        "CloudWatch",
        lambda sample: bool(_CLOUDWATCH_TAIL.match(sample)),
        _cloudwatch_tail,
        default_prefix(RDS_PREFIX),
    ),
    Envelope("CloudNativePG", lambda sample: _is_json_with(_CLOUDNATIVE_PG, sample), _cloudnative_pg),
)
