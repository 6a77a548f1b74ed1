"""`GET /metrics` of the server: what a token sees, both formats, no hang; and a real Prometheus that scrapes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack import metrics
from dbtrack.config import ConnectionTarget
from dbtrack.serve import metrics_route
from dbtrack.serve.application import create_app
from dbtrack.serve.rate_limit import RateLimiter
from dbtrack.serve.settings import ServeSettings
from tests.support.api_server import create_token, serving
from tests.support.prometheus import running_prometheus
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server

_CLOSE = "SELECT script_tracking.complete_operation(script_tracking.track_operation(%s, 'MIGRATION', script_tracking.resolve_tenant(%s)), %s)"


@pytest.fixture
def login(role: RoleFactory) -> str:
    return role("web", member_of=("dbtrack_api",))


def token(tenancy: Tenancy, name: str, *tenants: str) -> str:
    return create_token(tenancy.superuser, name, "read", *tenants)


class OnlyFor(RateLimiter):
    """Has nothing left, except for one token."""

    def __init__(self, token_id: str) -> None:
        super().__init__()
        self._token_id = token_id

    def wait_seconds(self, token_id: str, requests_per_minute: int) -> float:
        if token_id == self._token_id:
            return super().wait_seconds(token_id, requests_per_minute)
        return 7.0


def scrape(
    conninfo: str,
    bearer: str | None,
    path: str = "/metrics",
    *,
    limiter: RateLimiter | None = None,
    **headers: str,
) -> httpx.Response:
    """Ask the application once."""
    target = ConnectionTarget("test", conninfo=conninfo)

    async def ask() -> httpx.Response:
        app = create_app(ServeSettings(target, limiter=limiter or RateLimiter()))
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as client,
        ):
            given = {"Authorization": f"Bearer {bearer}"} if bearer else {}
            return await client.get(path, headers={**given, **headers})

    return asyncio.run(ask())


def test_scrapes_are_limited_apart_from_the_tokens_other_requests(tenancy: Tenancy, login: str) -> None:
    conninfo = make_conninfo(tenancy.conninfo, user=login)
    bearer = token(tenancy, "prometheus")
    limiter = OnlyFor(bearer.split("_")[1])
    answer = scrape(conninfo, bearer, limiter=limiter)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert scrape(conninfo, bearer, "/api/v1/tracking/health", limiter=limiter).status_code == 200


def test_a_token_counts_what_its_tenants_have(tenancy: Tenancy, login: str) -> None:
    conninfo = make_conninfo(tenancy.conninfo, user=login)
    for tenant in ("acme", "globex"):
        tenancy.superuser.execute(_CLOSE, ("deploy", tenant, True))
    everything = scrape(conninfo, token(tenancy, "everything")).text
    assert 'dbtrack_executions_total{status="COMPLETED",tenant="acme",type="MIGRATION"} 1.0' in everything
    assert 'dbtrack_executions_total{status="COMPLETED",tenant="globex",type="MIGRATION"} 1.0' in everything
    own = scrape(conninfo, token(tenancy, "acme", "acme")).text
    assert 'dbtrack_executions_total{status="COMPLETED",tenant="acme",type="MIGRATION"} 1.0' in own
    assert "globex" not in own
    fewer = scrape(conninfo, token(tenancy, "fewer"), "/metrics?most_tenants=0").text
    assert 'dbtrack_executions_total{status="COMPLETED",type="MIGRATION"} 2.0' in fewer


def test_without_a_token_nothing_is_told(tenancy: Tenancy, login: str) -> None:
    conninfo = make_conninfo(tenancy.conninfo, user=login)
    for bearer in (None, "dbt_000000000000_" + "0" * 64):
        answer = scrape(conninfo, bearer)
        assert answer.status_code == 401
        assert "dbtrack_" not in answer.text


def test_the_format_is_the_one_that_is_asked_for(tenancy: Tenancy, login: str) -> None:
    conninfo = make_conninfo(tenancy.conninfo, user=login)
    bearer = token(tenancy, "everything")
    plain = scrape(conninfo, bearer)
    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    asked = scrape(conninfo, bearer, Accept="application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    assert asked.headers["Content-Type"].startswith("application/openmetrics-text")
    assert asked.text.endswith("# EOF\n")


def test_a_database_that_is_away_is_down() -> None:
    answer = scrape("host=/nonexistent dbname=shop", "dbt_000000000000_" + "0" * 64)
    assert (answer.status_code, "dbtrack_up 0.0" in answer.text) == (200, True)


def test_a_database_that_hangs_is_down_soon(
    tenancy: Tenancy, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_route, "_LONGEST_SECONDS", 0.5)
    bearer = token(tenancy, "everything")
    with psycopg.connect(tenancy.conninfo) as blocker:
        blocker.execute("LOCK TABLE script_tracking.execution_counter IN ACCESS EXCLUSIVE MODE")
        answer = scrape(make_conninfo(tenancy.conninfo, user=login), bearer)
    assert (answer.status_code, "dbtrack_up 0.0" in answer.text) == (200, True)


@pytest.mark.slow
def test_a_real_prometheus_reads_it_and_an_alert_fires(tenancy: Tenancy, login: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(metrics.printed_file(metrics.PrintedFile.ALERT_RULES))
    with (
        serving(make_conninfo(tenancy.conninfo, user=login)) as server,
        running_prometheus(
            tmp_path, server.url.removeprefix("http://"), token(tenancy, "everything"), rules
        ) as prometheus,
    ):
        failed = 'sum(dbtrack_executions_total{type="MIGRATION", status="FAILED"})'
        prometheus.wait_for("dbtrack_up", 1)
        prometheus.wait_for(failed, 0)
        for number in range(3):
            tenancy.superuser.execute(_CLOSE, ("deploy", "acme", number == 0))
        prometheus.wait_for(failed, 2)
        prometheus.wait_for(
            'dbtrack_executions_total{type="MIGRATION", status="COMPLETED", tenant="acme"}', 1
        )
        prometheus.wait_for(
            "histogram_quantile(1, sum by (le) (dbtrack_execution_duration_seconds_bucket)) < bool 60", 1
        )
        prometheus.wait_for('count(ALERTS{alertname="DbtrackMigrationFailed", alertstate="firing"})', 1)
        assert prometheus.value('count(ALERTS{alertname="DbtrackCaptureFailed"})') is None
