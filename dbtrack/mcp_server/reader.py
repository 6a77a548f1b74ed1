"""Run the reports of a tool in a transaction in which nothing can be written."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from dbtrack.db import Database
from dbtrack.mcp_server.tools import ReportTool, check_arguments
from dbtrack.render.values import json_value
from dbtrack.reports import ParameterKind, Report, bind
from dbtrack.sql_files import query, report

_LONGEST_NAME = 63  # PostgreSQL cuts an application name there


class RecordReader:
    """The connection of one agent. It is opened with the first call, and again when it was lost.

    Args:
        connect: opens a connection.
        tenant: the tenant of calls that name none; None for all tenants that the login may read.
        timeout_seconds: how long one statement may take.
    """

    def __init__(
        self, connect: Callable[[], Database], *, tenant: str | None = None, timeout_seconds: int = 30
    ) -> None:
        self._connect = connect
        self._tenant = tenant
        self._timeout = f"{timeout_seconds}s"
        self._database: Database | None = None
        self._client = "dbtrack mcp"

    def name_client(self, name: str, version: str) -> None:
        """Note which program asks; its name becomes the session's application name."""
        words = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in f"{name} {version}")
        label = f"dbtrack mcp: {' '.join(words.split())}".encode()[:_LONGEST_NAME].decode(errors="ignore")
        if label != self._client:
            self._client = label
            if self._database is not None and not self._database.is_lost:
                self._name_session(self._database)

    def answer(self, tool: ReportTool, arguments: Mapping[str, object]) -> dict[str, Any]:
        """Return the rows of each report of a tool, by the report's name.

        Raises:
            ValueError: an argument is not one of the tool's, or malformed.
            DbtrackError: an argument is refused, or the server raised an error.
        """
        given, most = check_arguments(tool, arguments)
        database = self._connection()
        sections = {}
        for number, part in enumerate(tool.reports):
            own = self._own_arguments(part, given, most)
            # Who reads is recorded first, since nothing can be recorded in the transaction that reads.
            bound = bind(database, part, own, access_name=_access_name(part) if number == 0 else None)
            sections[part.name] = self._rows(database, part, bound, most)
        return sections

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._database is not None:
            self._database.close()

    def _own_arguments(self, part: Report, given: Mapping[str, object], most: int) -> dict[str, object]:
        own: dict[str, object] = {}
        for parameter in part.parameters:
            value = given.get(parameter.name)
            if parameter.kind is ParameterKind.LIMIT:
                value = most + 1
            elif parameter.kind is ParameterKind.TENANT and value is None:
                value = self._tenant
            own[parameter.name] = value
        return own

    def _rows(
        self, database: Database, part: Report, bound: Mapping[str, object], most: int
    ) -> dict[str, Any]:
        with database.transaction():
            database.row(query("connection/read_only"), {"timeout": self._timeout})
            rows = database.stream(report(part.name), dict(bound), batch_rows=most + 1)
            found = list(islice(rows, most + 1))
            rows.close()
        return {"rows": [_row_object(part, row) for row in found[:most]], "has_more": len(found) > most}

    def _connection(self) -> Database:
        if self._database is None or self._database.is_lost:
            self.close()
            self._database = self._connect()
            self._name_session(self._database)
        return self._database

    def _name_session(self, database: Database) -> None:
        database.row(query("mcp/name_session"), {"application_name": self._client})


def _access_name(part: Report) -> str:
    return part.part_of or part.name


def _row_object(part: Report, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a row without what is not known: an agent pays for every word."""
    pairs = zip(part.columns, row, strict=True)
    return {column.name: json_value(column.kind, value) for column, value in pairs if value is not None}
