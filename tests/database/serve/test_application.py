"""The routes, in the same process: tokens, tenants, reports, operations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.config import ConnectionTarget
from dbtrack.serve.application import PREFIX, create_app
from dbtrack.serve.settings import ServeSettings
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

Body = Callable[[httpx.AsyncClient], Awaitable[None]]


@pytest.fixture
def login(role: RoleFactory) -> str:
    return role("web", member_of=("dbtrack_api",))


def run(tenancy: Tenancy, login: str, body: Body) -> None:
    target = ConnectionTarget("test", conninfo=make_conninfo(tenancy.conninfo, user=login))

    async def main() -> None:
        app = create_app(ServeSettings(target))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://test{PREFIX}") as client,
        ):
            await body(client)

    asyncio.run(main())


def token(tenancy: Tenancy, name: str, scope: str, *tenants: str) -> dict[str, str]:
    row = tenancy.superuser.execute(
        "SELECT script_tracking.create_api_token(%s, %s, %s)", (name, scope, list(tenants) or None)
    ).fetchone()
    assert row
    return {"Authorization": f"Bearer {row[0]}"}


async def names(client: httpx.AsyncClient, headers: dict[str, str], **query: Any) -> set[str]:
    answer = await client.get("/history", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return {row["script_name"] for row in answer.json()["data"]["rows"] if row["script_type"] == "MANUAL"}


def test_a_token_sees_what_its_tenants_have_and_nothing_else(tenancy: Tenancy, login: str) -> None:
    acme, both = token(tenancy, "acme", "read", "acme"), token(tenancy, "both", "read", "acme", "globex")
    everything = token(tenancy, "everything", "read")

    async def body(client: httpx.AsyncClient) -> None:
        assert await names(client, acme) == {"secret of acme"}
        assert await names(client, both) == {"secret of acme", "secret of globex"}
        assert await names(client, both | {"X-Tenant-ID": "globex"}) == {"secret of globex"}
        assert await names(client, everything) == {
            "secret of acme",
            "secret of globex",
            "secret of the platform",
        }
        assert await names(client, everything | {"X-Tenant-ID": "acme"}) == {"secret of acme"}
        refused = await client.get("/history", headers=acme | {"X-Tenant-ID": "globex"})
        assert (refused.status_code, refused.json()["error_code"]) == (403, "AUTH_FAILED")

    run(tenancy, login, body)


def test_every_report_answers(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "everything", "admin")

    async def body(client: httpx.AsyncClient) -> None:
        for path in (
            "dashboard",
            "dashboard/tenants",
            "errors",
            "errors/causes",
            "performance",
            "health",
            "access",
            "administration",
            "tenants/acme",
        ):
            answer = await client.get(f"/{path}", headers=headers)
            assert answer.status_code == 200, (path, answer.text)
            assert answer.json()["success"] is True

    run(tenancy, login, body)


def test_an_operation_starts_and_completes(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "ci", "write", "acme")

    async def body(client: httpx.AsyncClient) -> None:
        started = await client.post("/operations/start", headers=headers, json={"script_name": "deploy"})
        assert started.status_code == 201, started.text
        key = started.json()["data"]["execution_key"]
        closed = await client.post("/operations/complete", headers=headers, json={"execution_key": key})
        assert closed.status_code == 200, closed.text
        answer = await client.get(f"/executions/{key[:12]}", headers=headers)
        assert answer.status_code == 200, answer.text
        shown = answer.json()["data"]
        assert shown["execution"]["tenant"] == "acme"
        assert [version["execution_status"] for version in shown["versions"]] == ["RUNNING", "COMPLETED"]
        again = await client.post("/operations/complete", headers=headers, json={"execution_key": key})
        assert again.status_code == 409, again.text

    run(tenancy, login, body)
