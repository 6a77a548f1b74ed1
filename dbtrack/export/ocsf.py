"""Executions as events of the Open Cybersecurity Schema Framework: class 6005, Datastore Activity.

The schema is https://schema.ocsf.io/1.8.0/classes/datastore_activity.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any

from dbtrack.export.source import Source
from dbtrack.version import __version__

OCSF_VERSION = "1.8.0"
_CATEGORY = 6
_CLASS = 6005
_RELATIONAL = 1
_ON_DATABASE = 1
_UNKNOWN_STATUS, _SUCCESS, _FAILURE, _OTHER_STATUS = 0, 1, 2, 99
_KEPT_UNMAPPED = (
    "script_type",
    "execution_status",
    "role",
    "affected_objects",
    "object_count",
    "parent_key",
    "metadata",
)


class _Activity(IntEnum):
    READ = 1
    UPDATE = 2
    CONNECT = 3
    CREATE = 6
    DELETE = 7
    OTHER = 99


class _Severity(IntEnum):
    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4


# Of the types of dbtrack itself; a migration or a task of one's own is Other.
_BY_TYPE = {
    "BACKUP": _Activity.READ,
    "REPORTING": _Activity.READ,
    "AUTHENTICATION": _Activity.CONNECT,
}
# Of the first word of a command tag; any other DDL is an update.
_BY_VERB = {
    "CREATE": _Activity.CREATE,
    "SELECT": _Activity.CREATE,
    "DROP": _Activity.DELETE,
}
_DDL_TYPES = {"DDL_AUTO", "DDL_LOG", "SECURITY"}
_UNATTRIBUTED = "UNATTRIBUTED"
# Of the last word of an unattributed change: `table created`.
_BY_CHANGE = {"created": _Activity.CREATE, "dropped": _Activity.DELETE}
_STATUS_IDS = {
    "COMPLETED": _SUCCESS,
    "FAILED": _FAILURE,
    "CANCELLED": _FAILURE,
    "ABANDONED": _FAILURE,
    "RUNNING": _OTHER_STATUS,
}
_SEVERITIES = {
    "FAILED": _Severity.MEDIUM,
    "CANCELLED": _Severity.LOW,
    "ABANDONED": _Severity.LOW,
}


def ocsf_event(row: Mapping[str, Any], source: Source) -> dict[str, object]:
    """Return one version of an execution as an event.

    Args:
        row: an exported row of executions, as JSON.
    """
    activity = _activity(row)
    status = _STATUS_IDS.get(row["execution_status"], _UNKNOWN_STATUS)
    started = _milliseconds(row["execution_timestamp"])
    duration = row["duration_ms"]
    event: dict[str, object] = {
        "category_uid": _CATEGORY,
        "category_name": "Application Activity",
        "class_uid": _CLASS,
        "class_name": "Datastore Activity",
        "activity_id": activity.value,
        "activity_name": row["script_type"] if activity is _Activity.OTHER else activity.name.capitalize(),
        "type_uid": _CLASS * 100 + activity.value,
        "type_id": _ON_DATABASE,
        "type": "Database",
        "severity_id": _severity(row).value,
        "severity": _severity(row).name.capitalize(),
        "status_id": status,
        "status": {_SUCCESS: "Success", _FAILURE: "Failure"}.get(status, row["execution_status"]),
        "time": started,
        "start_time": started,
        "message": _message(row),
        "metadata": _metadata(row),
        "actor": _actor(row),
        "src_endpoint": {"ip": row["client_ip"]} if row["client_ip"] else {"name": "local socket"},
        "dst_endpoint": _server(source),
        "database": {
            "name": source.database,
            "uid": source.uid,
            "type": "Relational",
            "type_id": _RELATIONAL,
        },
        "unmapped": {name: row[name] for name in _KEPT_UNMAPPED if row.get(name) is not None},
    }
    if duration is not None:
        event |= {"duration": round(duration), "end_time": started + round(duration)}
    if row.get("sql_command"):
        event["query_info"] = {"query_string": row["sql_command"], "uid": row["execution_key"]}
    if row.get("error_message"):
        event["status_detail"] = row["error_message"]
    return event


def _activity(row: Mapping[str, Any]) -> _Activity:
    kind = row["script_type"]
    if kind == _UNATTRIBUTED:
        return _BY_CHANGE.get(row["script_name"].split(" ")[-1], _Activity.UPDATE)
    if kind in _DDL_TYPES:
        return _BY_VERB.get(row["script_name"].partition(" ")[0], _Activity.UPDATE)
    return _BY_TYPE.get(kind, _Activity.OTHER)


def _severity(row: Mapping[str, Any]) -> _Severity:
    if row["script_type"] == _UNATTRIBUTED:
        return _Severity.HIGH
    return _SEVERITIES.get(row["execution_status"], _Severity.INFORMATIONAL)


def _message(row: Mapping[str, Any]) -> str:
    objects = row["affected_objects"]
    what = row["script_name"] + (f" {objects[0]}" if len(objects) == 1 else "")
    return f"{what} by {row['db_session_user']}: {row['execution_status']}"


def _metadata(row: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {
        "version": OCSF_VERSION,
        "uid": row["id"],
        "correlation_uid": row["execution_key"],
        "sequence": row["version_number"],
        "event_code": row["script_name"],
        "log_name": "dbtrack",
        "log_provider": row["record_source"],
        "logged_time": _milliseconds(row["recorded_at"]),
        "original_time": row["execution_timestamp"],
        "product": {"name": "dbtrack", "vendor_name": "dbtrack", "version": __version__},
    }
    if row.get("truncated"):
        found["is_truncated"] = True
    return found | ({"tenant_uid": row["tenant"]} if row["tenant"] else {})


def _actor(row: Mapping[str, Any]) -> dict[str, object]:
    actor: dict[str, object] = {"user": {"name": row["db_session_user"]}}
    return actor | ({"app_name": row["application_name"]} if row["application_name"] else {})


def _server(source: Source) -> dict[str, object]:
    found: dict[str, object] = {"svc_name": "postgresql", "port": source.port}
    return found | ({"hostname": source.host} if source.host else {})


def _milliseconds(text: str | None) -> int:
    # Null only for infinity.
    return 0 if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)
