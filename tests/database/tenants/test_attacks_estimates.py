"""The planner's estimates are of all rows, whoever asks: they must not tell what is in other tenants'."""

from __future__ import annotations

import re

import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.tenancy import Connection, Tenancy, values

VERSIONS = "script_tracking.script_execution_s"


def estimate(connection: Connection, condition: str, table: str = VERSIONS) -> int:
    plan = values(connection, f"EXPLAIN SELECT 1 FROM {table} WHERE {condition}")
    found = re.search(r"rows=(\d+)", plan[0])
    assert found
    return int(found[1])


def fill(tenancy: Tenancy, tenant: str, name: str, count: int) -> None:
    with tenancy.connect(tenancy.logins[tenant]) as connection:
        connection.execute(
            "SELECT script_tracking.record_operations((SELECT jsonb_agg(jsonb_build_object('script_name', %s::text,"
            " 'execution_timestamp', now())) FROM generate_series(1, %s)))",
            (name, count),
        )


@pytest.mark.every_server
def test_a_frequent_value_of_another_tenant_cannot_be_bisected(tenancy: Tenancy) -> None:
    fill(tenancy, "globex", "falcon takeover", 300)
    fill(tenancy, "globex", "other", 100)
    tenancy.run("ANALYZE")
    with tenancy.acme() as acme:
        # All of these comparisons are leakproof, so the planner would use what it had gathered.
        for column, guess in (
            ("script_name", "falcon takeover"),
            ("db_session_user", tenancy.logins["globex"]),
            ("record_source", "track_operation"),
        ):
            right = [estimate(acme, f"{column} {sign} '{guess}'") for sign in "=<>"]
            wrong = [estimate(acme, f"{column} {sign} 'zebra'") for sign in "=<>"]
            assert right == wrong, column
        hub = "script_tracking.script_execution_h"
        assert estimate(acme, "script_execution_bk < 'falcon t'", hub) == estimate(
            acme, "script_execution_bk < 'falcon u'", hub
        )
        # Known and documented: how much a tenant does whose key one knows.
        assert estimate(acme, "tenant_hk = sha256('globex')") > estimate(acme, "tenant_hk = sha256('acme')")


def test_what_was_gathered_before_is_found_by_the_doctor(tenancy: Tenancy) -> None:
    tenancy.run("ALTER TABLE script_tracking.tenant_s ALTER COLUMN tenant_name SET STATISTICS -1")
    tenancy.run("ANALYZE script_tracking.tenant_s")
    database = Database.wrap(tenancy.superuser)
    schema.install(database)
    (finding,) = schema.diagnose(database)
    assert finding.subject == "script_tracking.tenant_s"
    assert "tenant_name" in finding.message
    assert finding.remedy_sql
    tenancy.run(finding.remedy_sql)
    assert schema.diagnose(database) == []
