"""Write the health report as a Nagios plugin does: one line and an exit code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from dbtrack.render.formats import Row
from dbtrack.render.readable import visible
from dbtrack.reports.model import Column

_EXIT_CODES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}
# The worst first; a known problem is worse than an unknown state.
_SEVERITY = ("CRITICAL", "WARNING", "UNKNOWN", "OK")
# Details that begin with a number are performance data: '3 open, the oldest for 2 hours', '99.5 % of …'.
_MEASURED = re.compile(
    r"(?P<value>\d+(?:\.\d+)?)(?:\s*(?P<unit>%|(?:ms|s|bytes|kB|MB|GB|TB)\b))?(?=[^\w:.-]|$)"
)
# An interval as PostgreSQL writes it: '1 day 02:03:04 behind'. It is converted to seconds.
_SPAN = re.compile(r"(?=\d+ days?\b|\d+:\d\d:\d\d)(?:(\d+) days?\s*)?(?:(\d+):(\d\d):(\d\d))?(?=\W|$)")
# A graph needs a constant unit: sizes are converted to bytes.
_BYTES = {"bytes": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
# For checks that compare a number: the ranges for WARNING and CRITICAL, then the minimum and maximum.
_THRESHOLDS = {
    "capture_failures": ";0;;0",
    "partial_records": ";0;;0",
    "open_operations": ";;;0",
    "success_rate_24h": ";95:;80:;0;100",
    "partitions_ahead": ";1:;;0",
    "default_partition_rows": ";0;;0",
    "rollup_lag": ";86400;;0",
    "tracking_size": ";;;0",
}


def write_nagios(columns: Sequence[Column], rows: Iterable[Row], stream: TextIO) -> int:
    """Write ``DBTRACK STATUS - summary | performance data`` on one line.

    Args:
        columns: of the health report; health_metric, current_status and details are required.
        rows: its rows.
        stream: where the line goes.

    Returns:
        The plugin's exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, also for no rows.
    """
    names = [column.name for column in columns]
    found = [dict(zip(names, row, strict=True)) for row in rows]
    statuses = [_status(row["current_status"]) for row in found]
    worst = next((status for status in _SEVERITY if status in statuses), "UNKNOWN")
    measured = [item for row in found if (item := _measurement(row["health_metric"], row["details"]))]
    counts = [f"{status.lower()}={statuses.count(status)}" for status in _EXIT_CODES]
    stream.write(f"DBTRACK {worst} - {_summary(found)} | {' '.join(counts + measured)}\n")
    return _EXIT_CODES[worst]


def _status(value: object) -> str:
    return str(value) if value in _EXIT_CODES else "UNKNOWN"


def _summary(found: Sequence[Mapping[str, object]]) -> str:
    bad = [
        f"{row['health_metric']}: {row['details']}" for row in found if _status(row["current_status"]) != "OK"
    ]
    passed = f"{len(found)} checks passed" if found else "no checks"
    # A vertical bar would begin the performance data.
    return visible("; ".join(bad) or passed).replace("|", "/")


def _measurement(metric: object, details: object) -> str | None:
    value = _value(str(details or ""))
    label = re.sub(r"[^A-Za-z0-9_]", "_", str(metric))
    return value and f"{label}={value}{_THRESHOLDS.get(str(metric), '')}"


def _value(details: str) -> str | None:
    if span := _SPAN.match(details):
        days, hours, minutes, seconds = (int(part or 0) for part in span.groups())
        return f"{((days * 24 + hours) * 60 + minutes) * 60 + seconds}s"
    if (match := _MEASURED.match(details)) is None:
        return None
    value, unit = match["value"], match["unit"] or ""
    return f"{float(value) * _BYTES[unit]:.0f}B" if unit in _BYTES else value + unit
