"""Executions in the Common Event Format of ArcSight, version 0, which QRadar and Sentinel take too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dbtrack.export.source import Source
from dbtrack.version import __version__

_LOW, _MEDIUM, _HIGH, _VERY_HIGH = 3, 5, 7, 9
_SEVERITIES = {"FAILED": _HIGH, "CANCELLED": _MEDIUM, "ABANDONED": _MEDIUM}
_OUTCOMES = {"COMPLETED": "success", "FAILED": "failure", "CANCELLED": "failure", "ABANDONED": "failure"}
_IN_HEAD = re.compile(r"([\\|])")
_IN_EXTENSION = re.compile(r"([\\=])")
_LINE_END = re.compile(r"\r\n|\r|\n")


def cef_event(row: Mapping[str, Any], source: Source) -> str:
    """Return one version of an execution as an event, in one line.

    Args:
        row: an exported row of executions, as JSON.
    """
    head = ("CEF:0", "dbtrack", "dbtrack", __version__, row["script_type"], row["script_name"])
    severity = (
        _VERY_HIGH if row["script_type"] == "UNATTRIBUTED" else _SEVERITIES.get(row["execution_status"], _LOW)
    )
    escaped = [head[0], *(_head_field(text) for text in head[1:])]
    return "|".join([*escaped, str(severity), _extension(row, source)])


def _extension(row: Mapping[str, Any], source: Source) -> str:
    fields: dict[str, object] = {
        "rt": _milliseconds(row["recorded_at"]),
        "start": _milliseconds(row["execution_timestamp"]),
        "externalId": row["id"],
        "act": row["execution_status"],
        "outcome": _OUTCOMES.get(row["execution_status"]),
        "suser": row["db_session_user"],
        "src": row["client_ip"],
        "dhost": source.host,
        "dpt": source.port,
        "requestClientApplication": row["application_name"],
        "msg": row.get("error_message"),
        "cs1Label": "database",
        "cs1": source.database,
    }
    custom = {
        "cs2": ("tenant", row["tenant"]),
        "cs3": ("objects", json.dumps(row["affected_objects"], ensure_ascii=False)),
        "cs4": ("statement", row.get("sql_command")),
        "cs5": ("role", row["role"]),
        "cs6": ("metadata", json.dumps(row["metadata"], ensure_ascii=False) if row.get("metadata") else None),
        "cn1": ("durationMs", None if row["duration_ms"] is None else round(row["duration_ms"])),
        "flexString1": ("truncated", "true" if row.get("truncated") else None),
    }
    for key, (label, value) in custom.items():
        if value not in (None, "", "[]"):
            fields |= {f"{key}Label": label, key: value}
    return " ".join(f"{key}={_value(value)}" for key, value in fields.items() if value not in (None, ""))


def _head_field(text: str) -> str:
    return _IN_HEAD.sub(r"\\\1", _LINE_END.sub(" ", text))


def _value(value: object) -> str:
    return _LINE_END.sub(r"\\n", _IN_EXTENSION.sub(r"\\\1", str(value)))


def _milliseconds(text: str | None) -> int | None:
    return None if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)
