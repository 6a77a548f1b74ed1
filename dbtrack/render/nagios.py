"""Writes the health report as a Nagios plugin does: one line, and the exit code is the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from dbtrack.render.batches import Row
from dbtrack.render.escape import visible
from dbtrack.reports.model import Column

_EXIT_CODES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}
# The worst first; what is known to be bad outweighs what is not known.
_SEVERITY = ("CRITICAL", "WARNING", "UNKNOWN", "OK")
# Details that begin with a number are performance data: '3 open, the oldest for 2 hours', '99.5 % of …'.
_MEASURED = re.compile(r"(?P<value>\d+(?:\.\d+)?)(?:\s*(?P<unit>%|(?:ms|s|bytes|kB|MB|GB|TB)\b))?(?=\W|$)")
_UNITS = {"bytes": "B", "kB": "KB"}


def write_nagios(columns: Sequence[Column], rows: Iterable[Row], stream: TextIO) -> int:
    """Write ``DBTRACK STATUS - summary | performance data`` on one line.

    Args:
        columns: those of the health report; health_metric, current_status and details are needed.
        rows: its rows.
        stream: where the line goes.

    Returns:
        The plugin's exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (also for no rows at all).
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
    # A bar would start the performance data.
    return visible("; ".join(bad) or passed).replace("|", "/")


def _measurement(metric: object, details: object) -> str | None:
    match = _MEASURED.match(str(details or ""))
    label = re.sub(r"[^A-Za-z0-9_]", "_", str(metric))
    if match is None:
        return None
    unit = match["unit"] or ""
    return f"{label}={match['value']}{_UNITS.get(unit, unit)}"
