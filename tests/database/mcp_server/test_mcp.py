"""`dbtrack mcp` as an agent uses it: a process on standard input and output."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
import psycopg
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from psycopg.conninfo import make_conninfo

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.mcp_server.reader import RecordReader
from dbtrack.mcp_server.tools import all_tools
from dbtrack.reports import REPORTS
from tests.support.command_line import clean_environment
from tests.support.tenancy import Tenancy, values

pytestmark = pytest.mark.any_server


@asynccontextmanager
async def _asking(conninfo: str, *words: str) -> AsyncIterator[ClientSession]:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "dbtrack", "mcp", "-d", conninfo, *words],
        env=clean_environment(),
    )
    agent = types.Implementation(name="night\u202eowl", version="1.2")
    async with (
        stdio_client(server) as (received, sent),
        ClientSession(received, sent, client_info=agent) as session,
    ):
        await session.initialize()
        yield session


def _ask(conninfo: str, question: Callable[[ClientSession], Awaitable[Any]], *words: str) -> Any:
    async def conversation() -> Any:
        async with _asking(conninfo, *words) as session:
            return await question(session)

    return anyio.run(conversation)


def test_every_report_is_a_tool_that_only_reads_and_answers_as_its_schema_says(
    installed_conninfo: str,
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int)")
        connection.execute("ALTER TABLE orders ADD COLUMN due_on date")

    async def question(session: ClientSession) -> Any:
        tools = (await session.list_tools()).tools
        # The client checks each answer against the tool's schema.
        history = await session.call_tool("history", {"limit": 1})
        key = history.structured_content["history"]["rows"][0]["execution_key"]
        given = {"key": key[:8], "object": "public.orders"}
        answers = {
            tool.name: await session.call_tool(
                tool.name, {name: given[name] for name in tool.input_schema["required"]}
            )
            for tool in tools
        }
        return tools, history, answers, key

    tools, history, answers, key = _ask(installed_conninfo, question)
    assert {tool.name for tool in tools} >= {"history", "errors", "error_list", "dashboard", "health", "show"}
    assert {tool.name for tool in tools} <= {*REPORTS, "show"}
    assert all(tool.annotations.read_only_hint for tool in tools)
    schemas = {tool.name: tool.input_schema["properties"] for tool in tools}
    assert schemas["history"]["failed"]["type"] == "boolean"
    assert schemas["performance_by"]["by"]["enum"] == ["name", "object", "user"]
    assert [name for name, answer in answers.items() if answer.is_error] == []
    section = history.structured_content["history"]
    assert section["has_more"] is True
    assert section["rows"][0]["affected_objects"] == ["public.orders"]
    assert "tenant" not in section["rows"][0], "what is not known costs an agent nothing"
    assert json.loads(history.content[0].text) == history.structured_content
    shown = answers["show"].structured_content["show_execution"]["rows"][0]
    assert shown["execution_key"] == key
    assert shown["sql_command"] == "ALTER TABLE orders ADD COLUMN due_on date"


def test_what_is_wrong_is_said_in_the_answer_and_the_next_call_works(installed_conninfo: str) -> None:
    async def question(session: ClientSession) -> Any:
        wrong = [
            await session.call_tool("history", {"sinse": "7d"}),
            await session.call_tool("history", {"since": "the day before"}),
            await session.call_tool("show", {"key": "0123456789abcdef"}),
            await session.call_tool("history", {"limit": 100_000}),
            await session.call_tool("drop", {}),
            await session.call_tool("history", {"failed": "false"}),
        ]
        return wrong, await session.call_tool("health", {})

    wrong, health = _ask(installed_conninfo, question)
    texts = [answer.content[0].text for answer in wrong]
    assert all(answer.is_error for answer in wrong)
    assert "no argument sinse; it has: " in texts[0]
    assert "the day before" in texts[1]
    assert "0123456789abcdef" in texts[2]
    assert "from 1 to 1000" in texts[3]
    assert "there is no tool 'drop'; there are: " in texts[4]
    assert "failed must be true or false" in texts[5]
    assert not health.is_error


def test_the_database_decides_what_an_agent_sees_and_records_that_it_asked(tenancy: Tenancy) -> None:
    async def question(session: ClientSession) -> Any:
        return await session.call_tool("history", {})

    async def prying(session: ClientSession) -> Any:
        return await session.call_tool("history", {"tenant": "acme"})

    def as_login(login: str) -> str:
        return make_conninfo(tenancy.conninfo, user=login)

    own = _ask(as_login(tenancy.logins["acme"]), question)
    assert [row["script_name"] for row in own.structured_content["history"]["rows"]] == ["secret of acme"]
    foreign = _ask(as_login(tenancy.logins["globex"]), prying)
    assert "secret of acme" not in foreign.content[0].text
    everything = _ask(tenancy.conninfo, prying, "--tenant", "globex")
    assert [row["tenant"] for row in everything.structured_content["history"]["rows"]] == ["acme"]
    by_default = _ask(tenancy.conninfo, question, "--tenant", "globex")
    assert [row["tenant"] for row in by_default.structured_content["history"]["rows"]] == ["globex"]
    asked = values(
        tenancy.superuser,
        "SELECT DISTINCT application_name FROM script_tracking.access_log WHERE accessed_tenant = 'acme'",
    )
    assert asked == ["dbtrack mcp: night owl 1.2"]


def test_nothing_can_be_written_while_a_report_runs(
    installed_conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE public.counter")
    monkeypatch.setattr("dbtrack.mcp_server.reader.report", lambda _: "SELECT nextval('public.counter')")
    target = resolve_target(ConnectionOptions(dbname=installed_conninfo), {})
    reader = RecordReader(lambda: Database.connect(target))
    try:
        with pytest.raises(DbtrackError, match="read-only transaction"):
            reader.answer(all_tools()["health"], {})
    finally:
        reader.close()
