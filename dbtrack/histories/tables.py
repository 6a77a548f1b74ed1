"""Find the tables of migration tools in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.db import Database, Row
from dbtrack.errors import UsageError
from dbtrack.histories.tools import TOOLS, Tool


@dataclass(frozen=True)
class History:
    """A tool's table: its name with its schema, quoted as in SQL, and whether the caller may read it."""

    tool: Tool
    table: str
    is_readable: bool = True


def find_histories(database: Database, tools: Sequence[Tool] = TOOLS) -> list[History]:
    """Return the tables of these tools, in any schema, in the order of the tools."""
    rows = _tables(database, tools)
    return [
        History(tool, table, is_readable)
        for tool in tools
        for table, name, _schema, columns, beside, is_readable in rows
        if name in tool.tables and tool.has_columns(columns) and tool.is_at_home(beside)
    ]


def named_history(database: Database, tool: Tool, table: str) -> History:
    """Return a tool's table by its name, as PostgreSQL reads it: capitals need double quotes.

    Raises:
        UsageError: there is no such table, or it does not have the columns of the tool's table.
    """
    rows = _tables(database, (tool,), table)
    if not rows:
        raise UsageError(
            f"there is no table {table}",
            hint="write SCHEMA.TABLE; capitals need double quotes",
        )
    [(found, _name, _schema, columns, _beside, is_readable)] = rows
    if not tool.has_columns(columns):
        missing = [name for name in tool.columns if name not in columns]
        what = f"it has no {', '.join(missing)}" if missing else "it has columns of another tool"
        raise UsageError(f"{found} is not a table of {tool.name}: {what}")
    return History(tool, found, is_readable)


def _tables(database: Database, tools: Sequence[Tool], table: str | None = None) -> list[Row]:
    wanted = {
        "names": [name for tool in tools for name in tool.tables],
        "beside": [tool.beside.removeprefix("-") for tool in TOOLS if tool.beside],
        "table": table,
    }
    return database.rows(sql_files.query("histories/tables"), wanted)
