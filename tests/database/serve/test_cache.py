"""Answers that are given again: to whom, for how long, and what they cost the database."""

from __future__ import annotations

import asyncio
import re
import secrets
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from tests.support.api_server import PREFIX, ApiServer, create_token, data, failure, serving
from tests.support.tenancy import Tenancy
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

# Longer than any test: what is not given again within it is not given again for another reason.
KEPT = ("--cache-seconds", "60")
SECRETS = {None: "secret of the platform", "acme": "secret of acme", "globex": "secret of globex"}


def names(answer: httpx.Response) -> set[str]:
    """Return the names of the operations that somebody recorded, without those of dbtrack's own."""
    return {row["script_name"] for row in data(answer)["rows"] if row["script_type"] == "MANUAL"}


def count_calls(tenancy: Tenancy) -> Callable[[str], int]:
    """Let the server count calls of functions; return what returns them."""
    database = tenancy.superuser.info.dbname
    tenancy.run(f"ALTER DATABASE \"{database}\" SET track_functions = 'all'")

    def calls(function: str) -> int:
        row = tenancy.superuser.execute(
            "SELECT coalesce(sum(calls), 0)::int FROM pg_stat_user_functions WHERE funcname = %s", (function,)
        ).fetchone()
        assert row
        return int(row[0])

    return calls


async def all_at_once(url: str, path: str, headers: list[dict[str, str]]) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=len(headers))
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        return [*await asyncio.gather(*(client.get(path, headers=each) for each in headers))]


def bearer(token: str, tenant: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | ({} if tenant is None else {"X-Tenant-ID": tenant})


def test_two_hundred_clients_cost_one_query(tenancy: Tenancy, web_conninfo: str) -> None:
    calls = count_calls(tenancy)
    token = create_token(tenancy.superuser, "grafana", "read", "acme", rate=1_000_000)
    everything = create_token(tenancy.superuser, "prometheus", "read", rate=1_000_000)
    with serving(web_conninfo, *KEPT) as server:
        url = server.url + PREFIX
        answers = asyncio.run(all_at_once(url, "/dashboard", [bearer(token)] * 200))
        assert len({answer.content for answer in answers}) == 1
        assert sum("age" in answer.headers for answer in answers) == 199
        assert all(answer.headers["cache-control"] == "no-store" for answer in answers)
        scraped = asyncio.run(all_at_once(server.url, "/metrics", [bearer(everything)] * 30))
        assert {answer.status_code for answer in scraped} == {200}
        wait_until(lambda: calls("get_enterprise_dashboard") == calls("get_metrics") == 1, "counted")
        # The token was proven for each, but not by each: those who wait share a proof that begins after them.
        assert calls("act_as_token") < 60
        with server.client(token) as client:
            fresh = client.get("/dashboard", headers={"Cache-Control": "no-cache"})
            assert "age" not in fresh.headers
        with server.client(everything) as client:
            text = client.get(f"{server.url}/metrics", headers={"Cache-Control": "no-cache"}).text
        counted = dict(re.findall(r'dbtrack_cache_requests_total\{result="(\w+)"\} (\d+)', text))
        assert int(counted["hit"]) + int(counted["joined"]) == 199 + 29
        assert int(counted["miss"]) == 4
        with server.client(token) as client:
            assert "dbtrack_cache" not in client.get(f"{server.url}/metrics").text
    with serving(web_conninfo, "--cache-seconds", "0") as server, server.client(token) as client:
        assert not any("age" in client.get("/dashboard").headers for _ in range(3))


@pytest.mark.slow
def test_no_tenant_ever_sees_another_s(tenancy: Tenancy, web_conninfo: str) -> None:
    """Many at once ask the same with tokens that overlap, and with each tenant that a token may name."""
    reach: dict[str, tuple[str | None, ...]] = {
        "acme": ("acme",),
        "globex": ("globex",),
        "both": ("acme", "globex"),
        "both-too": ("globex", "acme"),
        "all": (None, "acme", "globex"),
    }
    tokens = {
        name: create_token(
            tenancy.superuser, name, "read", *[t for t in tenants if t and name != "all"], rate=1_000_000
        )
        for name, tenants in reach.items()
    }
    hex_names = {
        tenant: tenancy.superuser.execute(
            "SELECT encode(tenant_hk, 'hex') FROM script_tracking.tenant_h WHERE tenant_bk = %s", (tenant,)
        ).fetchone()
        for tenant in ("acme", "globex")
    }
    asked: list[tuple[dict[str, str], set[str] | None]] = []
    for name, tenants in reach.items():
        asked.append((bearer(tokens[name]), {SECRETS[tenant] for tenant in tenants}))
        for tenant in ("acme", "globex"):
            seen = {SECRETS[tenant]} if tenant in tenants else None
            digits = hex_names[tenant]
            assert digits
            asked += [(bearer(tokens[name], word), seen) for word in (tenant, digits[0], digits[0].upper())]
    wrong = tokens["acme"][:-64] + "0" * 64
    asked += [(bearer(wrong), None), (bearer(wrong, "globex"), None)]
    chosen = sorted(asked * 8, key=lambda _: secrets.randbits(32))
    with serving(web_conninfo, *KEPT, "--workers", "2", "--rate", "100000/min") as server:
        answers = asyncio.run(
            all_at_once(server.url + PREFIX, "/history", [headers for headers, _ in chosen])
        )
        for (headers, expected), answer in zip(chosen, answers, strict=True):
            if expected is None:
                assert failure(answer)[0] in (401, 403), headers
            else:
                assert names(answer) == expected, headers
        assert sum("age" in answer.headers for answer in answers) > 150


def test_a_token_counts_as_it_is_now(tenancy: Tenancy, web_conninfo: str) -> None:
    token = create_token(tenancy.superuser, "ci", "read", "acme", rate=1_000_000)
    with serving(web_conninfo, *KEPT) as server, server.client(token) as client:
        stop = threading.Event()
        busy = [threading.Thread(target=ask_until, args=(server, token, stop)) for _ in range(4)]
        for each in busy:
            each.start()
        try:
            for tenant in ("globex", "acme") * 10:
                tenancy.run(
                    "UPDATE script_tracking.api_token SET proves_hk = ARRAY[script_tracking.resolve_tenant("
                    f"'{tenant}')] WHERE token_name = 'ci'"
                )
                assert names(client.get("/history")) == {SECRETS[tenant]}
            tenancy.run("UPDATE script_tracking.api_token SET expires_at = now() WHERE token_name = 'ci'")
            assert failure(client.get("/history")) == (401, "AUTH_FAILED")
            tenancy.run("UPDATE script_tracking.api_token SET expires_at = NULL WHERE token_name = 'ci'")
            assert names(client.get("/history")) == {SECRETS["acme"]}
            tenancy.run("SELECT script_tracking.revoke_api_token('ci')")
            assert failure(client.get("/history")) == (401, "AUTH_FAILED")
            assert "dbtrack_up 0" not in client.get(f"{server.url}/metrics").text
        finally:
            stop.set()
            for each in busy:
                each.join()


def ask_until(server: ApiServer, token: str, stop: threading.Event) -> None:
    with server.client(token) as client:
        while not stop.is_set():
            client.get("/history")


def test_what_the_api_records_is_in_the_next_answer(tenancy: Tenancy, web_conninfo: str) -> None:
    writer = create_token(tenancy.superuser, "ci", "write", "acme", rate=1_000_000)
    readers = (
        create_token(tenancy.superuser, "acme", "read", "acme", rate=1_000_000),
        create_token(tenancy.superuser, "both", "read", "acme", "globex", rate=1_000_000),
        create_token(tenancy.superuser, "all", "read", rate=1_000_000),
    )
    with serving(web_conninfo, *KEPT, "--workers", "2") as server, server.client(writer) as client:
        for number in range(8):
            data(client.post("/operations/start", json={"script_name": f"job {number}"}))
            for token in [*readers] * 3:
                assert f"job {number}" in asked_anew_connection(server, token)


def asked_anew_connection(server: ApiServer, token: str) -> str:
    """Ask over a new connection, so that each worker answers some."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", f"{PREFIX}/history", headers=bearer(token))
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def test_failures_are_not_kept_and_each_reader_is_recorded(tenancy: Tenancy, web_conninfo: str) -> None:
    everything = create_token(tenancy.superuser, "all", "read", rate=9)
    with serving(web_conninfo, *KEPT) as server, server.client(everything) as client:
        with server.client(create_token(tenancy.superuser, "acme", "read", "acme")) as reader:
            data(reader.get("/history"))
            with server.client(create_token(tenancy.superuser, "ci", "write", "globex")) as writer:
                data(writer.post("/operations/start", json={"script_name": "elsewhere"}))
            # What is recorded for another tenant makes no answer stale.
            assert "age" in reader.get("/history").headers
        new = {"tenant": "initech"}
        assert failure(client.get("/history", params=new))[0] == 422
        tenancy.run("SELECT script_tracking.add_tenant('initech')")
        assert data(client.get("/history", params=new))["rows"] == []
        answers = [client.get("/history", params={"tenant": "acme"}) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 7
        assert ["age" in answer.headers for answer in answers] == [False] + [True] * 6
        # An answer that is given again counts against the limit too.
        assert failure(client.get("/history", params={"tenant": "acme"})) == (429, "RATE_LIMITED")
    recorded = tenancy.superuser.execute(
        "SELECT count(*), min(application_name) FROM script_tracking.access_log"
        " WHERE report_name = 'history' AND accessed_tenant = 'acme' AND is_granted"
    ).fetchone()
    assert recorded == (7, "dbtrack serve all 127.0.0.1")


def test_a_slow_report_holds_up_nobody_else(tenancy: Tenancy, web_conninfo: str) -> None:
    calls = count_calls(tenancy)
    token = create_token(tenancy.superuser, "all", "admin", rate=1_000_000)
    answers: list[Any] = []

    def ask(client: httpx.Client) -> None:
        answers.append(client.get("/dashboard"))

    with serving(web_conninfo, *KEPT) as server:
        with server.client(token) as client, server.client(token) as other:
            with tenancy.superuser.transaction():
                tenancy.run("LOCK TABLE script_tracking.script_execution_s IN ACCESS EXCLUSIVE MODE")
                # The one that reads goes away; another one waits for what it reads.
                with pytest.raises(httpx.ReadTimeout):
                    client.get("/dashboard", timeout=0.5)
                waiting = threading.Thread(target=ask, args=(other,))
                waiting.start()
                data(client.get("/access"))
            waiting.join(30)
            assert data(answers[0])["rows"]
            assert "age" in answers[0].headers
        assert server.stop() == 0
    wait_until(lambda: calls("get_enterprise_dashboard") == 1, "counted")
