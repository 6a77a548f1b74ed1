"""DDL in the shape of Debezium's schema change topic."""

from __future__ import annotations

import json
import re

from dbtrack.events.event import Event
from dbtrack.stream.message import KeyKind, Message, encoded, key_of
from dbtrack.stream.objects import affected_objects, name_parts, table_of
from dbtrack.version import __version__

CONTENT_TYPE = "application/json"

_TABLE_TYPES = frozenset(
    {"table", "table column", "foreign table", "foreign table column", "table constraint"}
)
# By the first words of the command tag. What changes no definition (GRANT, REINDEX, TRUNCATE) is not one.
_CHANGE = re.compile(
    r"(?P<create>CREATE|SELECT INTO|IMPORT FOREIGN SCHEMA)\b|(?P<drop>DROP)\b"
    r"|(?P<alter>(?:ALTER(?! DEFAULT PRIVILEGES| SYSTEM)|COMMENT))\b"
)


def schema_change_message(event: Event, *, server: str, database: str, key_kind: KeyKind) -> Message | None:
    """Return a DDL that succeeded, as Debezium's connector for MySQL writes it; None for other events.

    Args:
        server: the logical name of the source, as Debezium's `topic.prefix`: the endpoint's name.
        database: the name of the database.
    """
    change = _change(event)
    if change is None:
        return None
    tables = _tables(event)
    schema, table = tables[0] if tables else (None, None)
    document: dict[str, object] = {
        "source": {
            "version": __version__,
            "connector": "dbtrack",
            "name": server,
            "ts_ms": _milliseconds(event),
            "snapshot": "false",
            "db": database,
            "sequence": str(event.number),
            "schema": schema,
            "table": table,
            "event_id": event.id,
            "ddl_is_cut": bool(event.data.get("statement_is_cut")),
        },
        "ts_ms": _milliseconds(event),
        "databaseName": database,
        "schemaName": schema,
        "ddl": event.data.get("statement"),
        "tableChanges": [
            {"type": change, "id": ".".join(_quoted(part) for part in (database, *names))} for names in tables
        ],
    }
    key = json.dumps({"databaseName": database}) if key_kind is KeyKind.DATABASE else key_of(event)
    return Message(event.id, event.time, key, (("content-type", CONTENT_TYPE),), encoded(document, document))


def _milliseconds(event: Event) -> int:
    return int(event.time.timestamp() * 1000)


def _change(event: Event) -> str | None:
    """Return what the DDL did to its tables, in Debezium's words; None for what is not a schema change."""
    if event.type != "execution.completed" or not str(event.data.get("type")).startswith("DDL_"):
        return None
    match = _CHANGE.match(str(event.data.get("name")))
    return match.lastgroup.upper() if match and match.lastgroup else None


def _tables(event: Event) -> list[tuple[str, str]]:
    """Return schema and name of each table that the DDL created, altered or dropped."""
    found = (table_of(identity) for identity, kind in affected_objects(event) if kind in _TABLE_TYPES)
    parts = [name_parts(identity) for identity in found]
    return list(dict.fromkeys((names[0], names[1]) for names in parts if len(names) == 2))


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
