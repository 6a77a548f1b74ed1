"""The routes, in the same process: tokens, tenants, reports, operations."""

from __future__ import annotations

import asyncio
import json
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

pytestmark = pytest.mark.any_server

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


def test_a_token_sees_suggested_classes_of_its_tenants_schemas(tenancy: Tenancy, login: str) -> None:
    for name in ("acme", "globex"):
        tenancy.superuser.execute(
            f"CREATE SCHEMA s_{name}; CREATE TABLE s_{name}.people (email text)".encode()
        )
    tenancy.superuser.execute("SELECT script_tracking.map_tenant_schema('s_acme', 'acme')")
    tokens = {
        "acme": token(tenancy, "acme", "read", "acme"),
        "globex": token(tenancy, "globex", "read", "globex"),
        "everything": token(tenancy, "everything", "read"),
    }
    expected = {"acme": ["s_acme.people"], "globex": [], "everything": ["s_acme.people", "s_globex.people"]}

    async def body(client: httpx.AsyncClient) -> None:
        for name, headers in tokens.items():
            answer = await client.get("/classes/suggestions", headers=headers)
            rows = answer.json()["data"]["rows"]
            assert [row["object_identity"] for row in rows] == expected[name], name

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


def test_a_token_is_proven_again_for_each_operation(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "ci", "write", "acme", "globex") | {"X-Tenant-ID": "acme"}
    value = headers["Authorization"]
    forged = headers | {"Authorization": value[:-1] + ("0" if value[-1] != "0" else "1")}
    operation = {"script_name": "deploy"}

    async def body(client: httpx.AsyncClient) -> None:
        async def start(who: dict[str, str]) -> int:
            return (await client.post("/operations/start", headers=who, json=operation)).status_code

        # The first request makes the token known to the server.
        assert [await start(headers) for _ in range(3)] == [201] * 3
        assert await start(forged) == 401
        assert await start(headers | {"X-Tenant-ID": "globex"}) == 201
        for refused in ({}, {"Idempotency-Key": "1"}):
            assert await start({"Authorization": value} | refused) == 400
            assert await start(headers | {"X-Tenant-ID": "nobody"} | refused) == 403
        tenancy.superuser.execute("SELECT script_tracking.revoke_api_token('ci')")
        for more in ({}, {"Idempotency-Key": "1"}, {"X-Tenant-ID": "globex"}):
            assert [await start(headers | more) for _ in range(2)] == [401] * 2

    run(tenancy, login, body)
    found = tenancy.superuser.execute(
        "SELECT h.tenant_bk FROM script_tracking.current_execution AS e"
        " JOIN script_tracking.tenant_h AS h USING (tenant_hk) WHERE e.script_name = 'deploy' ORDER BY 1"
    ).fetchall()
    assert found == [("acme",)] * 3 + [("globex",)]


def test_a_known_token_s_limit_is_counted_once_for_each_operation(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "ci", "write", "acme")
    tenancy.superuser.execute("UPDATE script_tracking.api_token SET requests_per_minute = 6")

    async def body(client: httpx.AsyncClient) -> None:
        started = [
            await client.post("/operations/start", headers=headers, json={"script_name": "deploy"})
            for _ in range(5)
        ]
        unknown = {"execution_key": "0" * 64}
        last, refused = [
            await client.post("/operations/complete", headers=headers, json=unknown) for _ in range(2)
        ]
        assert [answer.status_code for answer in (*started, last, refused)] == [201] * 5 + [404, 429]

    run(tenancy, login, body)


def test_pages_follow_each_other_without_a_gap(tenancy: Tenancy, login: str) -> None:
    # Fifty operations that began at the same microsecond.
    operations = [
        {
            "script_name": f"batch {number}",
            "execution_status": "COMPLETED" if number % 2 else "FAILED",
            "execution_timestamp": "2026-11-01T00:00:00Z",
            "duration_us": 5,
        }
        for number in range(50)
    ]
    tenancy.superuser.execute(
        "SELECT script_tracking.record_operations(%s, script_tracking.resolve_tenant('acme'))",
        (json.dumps(operations),),
    )
    headers = token(tenancy, "acme", "read", "acme")

    async def body(client: httpx.AsyncClient) -> None:
        for path, expected in (("/history", 51), ("/errors", 25)):
            found: list[str] = []
            query: dict[str, Any] = {"limit": 7, "since": "2026-10-01"}
            pages = 0
            while True:
                answer = (await client.get(path, headers=headers, params=query)).json()["data"]
                found += [row["execution_key"] for row in answer["rows"]]
                pages += 1
                # What is recorded meanwhile comes before what was read.
                tenancy.superuser.execute("SELECT script_tracking.track_operation('meanwhile')")
                if answer["next"] is None:
                    break
                query["after"] = answer["next"]
            assert (len(found), len(set(found)), pages) == (expected, expected, -(-expected // 7))

    run(tenancy, login, body)


def test_the_same_idempotency_key_starts_one_operation(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "ci", "write", "acme")
    other = token(tenancy, "other", "write", "acme")

    async def body(client: httpx.AsyncClient) -> None:
        async def start(name: str, key: str, who: dict[str, str]) -> httpx.Response:
            return await client.post(
                "/operations/start", headers=who | {"Idempotency-Key": key}, json={"script_name": name}
            )

        answers = await asyncio.gather(*(start("deploy", "run 7", headers) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.json()["data"]["execution_key"] for answer in answers}) == 1
        assert (await start("deploy", "run 8", headers)).status_code == 201
        assert (await start("deploy", "run 7", other)).status_code == 201
        refused = await start("something else", "run 7", headers)
        assert (refused.status_code, refused.json()["error_code"]) == (409, "INVALID_REQUEST")

    run(tenancy, login, body)
    names = "SELECT count(*) FROM script_tracking.current_execution WHERE script_name = 'deploy'"
    assert tenancy.superuser.execute(names).fetchone() == (3,)


def test_a_trace_is_kept_and_who_asked(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "ci", "write", "acme")
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    async def body(client: httpx.AsyncClient) -> None:
        for given, kept in (
            (trace, trace),
            ("00-" + "0" * 32 + "-00f067aa0ba902b7-01", None),
            ("nonsense", None),
        ):
            started = await client.post(
                "/operations/start",
                headers=headers | {"traceparent": given},
                json={"script_name": "deploy", "metadata": {"ticket": "T-1", "password": "geheim"}},
            )
            key = started.json()["data"]["execution_key"]
            shown = (await client.get(f"/executions/{key}", headers=headers)).json()["data"]["execution"]
            assert shown["metadata"].get("traceparent") == kept
            assert shown["metadata"]["application_name"].startswith("dbtrack serve ci")
            assert shown["metadata"]["ticket"] == "T-1"
            assert "geheim" not in str(shown)
            assert shown["record_source"].startswith("rest_api@")

    run(tenancy, login, body)


def test_how_an_operation_failed_is_kept(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "ci", "write", "acme")

    async def body(client: httpx.AsyncClient) -> None:
        started = await client.post("/operations/start", headers=headers, json={"script_name": "deploy"})
        key = started.json()["data"]["execution_key"]
        closed = await client.post(
            "/operations/complete",
            headers=headers,
            json={
                "execution_key": key.upper(),
                "success": False,
                "error_message": "no space",
                "duration_us": 1500,
                "affected_objects": ["public.orders"],
                "metadata": {"step": 3},
            },
        )
        assert closed.json()["data"]["execution_status"] == "FAILED"
        [row] = (await client.get("/errors", headers=headers)).json()["data"]["rows"]
        assert (row["error_message"], row["affected_objects"]) == ("no space", ["public.orders"])
        [cause] = (await client.get("/errors/causes", headers=headers)).json()["data"]["rows"]
        assert cause["occurrences"] == 1

    run(tenancy, login, body)


def test_only_what_a_token_reaches_can_be_closed(tenancy: Tenancy, login: str) -> None:
    acme, globex = (token(tenancy, name, "write", name) for name in ("acme", "globex"))
    both, whole = token(tenancy, "both", "write", "acme", "globex"), token(tenancy, "whole", "write")

    async def body(client: httpx.AsyncClient) -> None:
        async def start(headers: dict[str, str]) -> httpx.Response:
            return await client.post("/operations/start", headers=headers, json={"script_name": "x"})

        async def close(headers: dict[str, str], key: str) -> int:
            return (
                await client.post("/operations/complete", headers=headers, json={"execution_key": key})
            ).status_code

        assert (await start(both)).status_code == 400
        key = (await start(both | {"X-Tenant-ID": "acme"})).json()["data"]["execution_key"]
        assert [await close(headers, key) for headers in (globex, both, whole, acme, acme)] == [
            403,
            400,
            403,
            200,
            409,
        ]
        platforms = (await start(whole)).json()["data"]["execution_key"]
        assert [await close(headers, platforms) for headers in (acme, whole)] == [403, 200]
        assert await close(acme, "ab" * 32) == 404
        foreign = tenancy.superuser.execute(
            "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution WHERE script_name = 'secret of globex'"
        ).fetchone()
        assert foreign
        assert (await client.get(f"/executions/{foreign[0]}", headers=acme)).status_code == 404

    run(tenancy, login, body)


def test_reports_of_administrators_need_the_scope_admin(tenancy: Tenancy, login: str) -> None:
    write, admin = token(tenancy, "w", "write"), token(tenancy, "a", "admin")

    async def body(client: httpx.AsyncClient) -> None:
        for path in ("/access", "/administration"):
            assert (await client.get(path, headers=write)).status_code == 403
        shown = (await client.get("/administration", headers=admin)).json()["data"]["rows"]
        assert "dbtrack token create" in {row["script_name"] for row in shown}
        assert (await client.get("/history", headers=admin)).status_code == 200
        read = (await client.get("/access", headers=admin)).json()["data"]["rows"]
        assert {row["report_name"] for row in read} >= {"history", "administration"}

    run(tenancy, login, body)


def test_totals_of_everything_are_those_of_the_administrator(tenancy: Tenancy, login: str) -> None:
    headers = token(tenancy, "whole", "read")
    tenancy.superuser.execute("SELECT script_tracking.advance_rollups()")

    async def body(client: httpx.AsyncClient) -> None:
        rows = (await client.get("/dashboard", headers=headers)).json()["data"]["rows"]
        own = {row["metric_name"]: row["metric_value"] for row in rows}
        expected = tenancy.superuser.execute(
            "SELECT metric_value::float8 FROM script_tracking.get_enterprise_dashboard()"
            " WHERE metric_name = 'total_operations_24h'"
        ).fetchone()
        assert expected is not None
        assert own["total_operations_24h"] == expected[0]

    run(tenancy, login, body)


def test_the_filters_of_the_command_line_are_parameters(tenancy: Tenancy, login: str) -> None:
    everything = token(tenancy, "everything", "read")
    acme = tenancy.logins["acme"]

    async def body(client: httpx.AsyncClient) -> None:
        every = await names(client, everything)
        by_acme = await names(client, everything, user=f"{acme},nobody", type="manual")
        assert by_acme < every
        assert by_acme
        one = by_acme.copy().pop()
        assert await names(client, everything, user=f"{acme[:-1]}?", name=f"{one[:2]}*") == {one}
        for query in (
            {"failed": "true"},
            {"slow": "true"},
            {"waited": "true"},
            {"object": "no.such"},
            {"grep": "x%"},
        ):
            assert await names(client, everything, **query) == set(), query
        for since in ("yesterday", "last night", "2h", "2026-01-01", "2026-01-01T00:00:00Z"):
            assert await names(client, everything, since=since) == every, since
        wrong = await client.get("/history", headers=everything, params={"since": "yesteday"})
        assert (wrong.status_code, "did you mean yesterday?" in wrong.text) == (422, True)
        by = await client.get("/performance/by", headers=everything, params={"by": "user"})
        assert acme in {row["subject"] for row in by.json()["data"]["rows"]}
        described = (await client.get("http://test/api/v1/openapi.json")).text
        assert "lower case finds upper case too" in described

    run(tenancy, login, body)
