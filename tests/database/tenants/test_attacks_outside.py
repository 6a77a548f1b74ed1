"""Attacks on tenants through a pooler in transaction mode, and on a standby."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.api import tenant_context
from dbtrack.db import Database
from dbtrack.reports import REPORTS, run
from tests.support.dumps import database_name
from tests.support.pooler import Pooler, find_pgbouncer, running_pooler
from tests.support.required import missing
from tests.support.servers import Server
from tests.support.standby import start_standby
from tests.support.tenancy import NAMES, Connection, Tenancy, present, seen, token, values


@pytest.fixture
def pooler(server: Server, tenancy: Tenancy) -> Iterator[Pooler]:
    """One server session for all clients of the service."""
    program = find_pgbouncer()
    if program is None:
        missing("PgBouncer", "apt-get install pgbouncer")
    with running_pooler(program, server, [tenancy.service, "postgres"]) as pooler:
        yield pooler


def through(pooler: Pooler, tenancy: Tenancy, prepare_threshold: int | None = None) -> Connection:
    conninfo = pooler.conninfo(database_name(tenancy.conninfo), tenancy.service)
    return psycopg.connect(conninfo, autocommit=True, prepare_threshold=prepare_threshold)


def test_the_next_client_of_a_pooled_session_finds_no_tenant_in_it(pooler: Pooler, tenancy: Tenancy) -> None:
    with through(pooler, tenancy) as first, through(pooler, tenancy) as second:
        with tenant_context(first, "acme", tenancy.key):
            assert seen(first) == ["secret of acme"]
        assert seen(second) == []
        with first.transaction():
            proof = token(first, tenancy.key, "acme")
            # A client that forgets LOCAL leaves the setting to all that come after it.
            present(first, proof, scope="SESSION")
            assert seen(first) == ["secret of acme"]
        left = values(second, "SELECT current_setting('dbtrack.tenant_token', true)")
        assert left == [proof]
        assert seen(second) == []
        with tenant_context(second, "globex", tenancy.key):
            assert seen(second) == ["secret of globex"]


def test_a_statement_prepared_for_one_tenant_shows_the_next_client_its_own(
    pooler: Pooler, tenancy: Tenancy
) -> None:
    with through(pooler, tenancy) as first, through(pooler, tenancy) as second:
        with tenant_context(first, "acme", tenancy.key):
            first.execute(f"PREPARE names AS {NAMES}".encode())
            assert values(first, "EXECUTE names") == ["secret of acme"]
        with tenant_context(second, "globex", tenancy.key):
            assert values(second, "EXECUTE names") == ["secret of globex"]
        assert values(second, "EXECUTE names") == []


def test_on_a_standby_the_same_holds_and_reports_run(server: Server, tenancy: Tenancy) -> None:
    standby = start_standby(server)
    try:
        where = standby.conninfo(database_name(tenancy.conninfo))
        opened = {
            user: psycopg.connect(make_conninfo(where, user=user), autocommit=True)
            for user in (tenancy.logins["acme"], tenancy.service, "postgres")
        }
        acme, service, superuser = opened.values()
        assert seen(acme) == ["secret of acme"]
        assert seen(service) == []
        with tenant_context(service, "globex", tenancy.key):
            assert seen(service) == ["secret of globex"]
        # Nothing can be recorded there, and the report runs anyway.
        assert list(run(Database.wrap(superuser), REPORTS["dashboard_by_tenant"], {}))
        for connection in opened.values():
            connection.close()
    finally:
        standby.stop()
