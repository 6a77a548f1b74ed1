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
    """A tool's table.

    Args:
        table: its name with its schema, quoted as in SQL.
        is_readable: whether the caller may read it.
        others: further tables that the tool has for itself.
        sequences: those of all these tables.
    """

    tool: Tool
    table: str
    is_readable: bool = True
    others: tuple[str, ...] = ()
    sequences: tuple[str, ...] = ()


def find_histories(database: Database, tools: Sequence[Tool] = TOOLS) -> list[History]:
    """Return the tables of these tools, in any schema, in the order of the tools."""
    rows = _tables(database, tools)
    return [
        History(tool, table, is_readable, _others_of(tool, others), tuple(sequences))
        for tool in tools
        for table, name, _schema, columns, beside, others, sequences, is_readable in rows
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
    [(found, _name, _schema, columns, _beside, others, sequences, is_readable)] = rows
    if not tool.has_columns(columns):
        missing = [name for name in tool.columns if name not in columns]
        what = f"it has no {', '.join(missing)}" if missing else "it has columns of another tool"
        raise UsageError(f"{found} is not a table of {tool.name}: {what}")
    return History(tool, found, is_readable, _others_of(tool, others), tuple(sequences))


def _others_of(tool: Tool, found: Sequence[str]) -> tuple[str, ...]:
    """Return those of a tool: several tools may share a schema."""
    return tuple(table for table in found if table.rpartition(".")[2] in tool.others)


def _tables(database: Database, tools: Sequence[Tool], table: str | None = None) -> list[Row]:
    wanted = {
        "names": [name for tool in tools for name in tool.tables],
        "beside": [tool.beside.removeprefix("-") for tool in TOOLS if tool.beside],
        "others": [name for tool in tools for name in tool.others],
        "table": table,
    }
    return database.rows(sql_files.query("histories/tables"), wanted)
