"""What an import returns for each execution that it recorded."""

from __future__ import annotations

from dbtrack.columns import Column, Kind

IMPORT_COLUMNS = (
    Column("tool", Kind.TEXT, "Tool"),
    Column("table_name", Kind.IDENTIFIER, "Table", rank=4),
    Column("script_name", Kind.TEXT, "Migration"),
    Column("execution_status", Kind.STATUS, "Status"),
    Column("execution_timestamp", Kind.TIME, "Started"),
    Column("login", Kind.IDENTIFIER, "Login", rank=3),
    Column("author", Kind.TEXT, "Author", rank=2),
    Column("changes", Kind.COUNT, "DDL"),
    Column("attributed_by", Kind.TEXT, "Known by", rank=1),
    Column("affected_objects", Kind.LIST, "Objects", rank=5),
    Column("execution_key", Kind.KEY, "Execution", rank=6),
)
