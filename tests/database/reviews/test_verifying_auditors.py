"""An auditor of everything verifies the record itself; one whose time has passed gets no answer, in any way."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.database.reviews.test_auditors import add, expire, noted, refused
from tests.support.command_line import done, run_dbtrack
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy, values

_SEALS = ("seal_block", "seal_leaf", "seal_state", "sealable_version")
# Those that answer also then: what everybody may know, and what is empty for such a login.
_HARMLESS = {
    "alerts_evaluated_at": "when alerts were evaluated",
    "auditor_end": "until when the caller itself may read",
    "auditor_sees_all": "false",
    "caller_schemas": "no schema, for no tenant",
    "caller_tenants": "no tenant",
    "complete_before": "the number of a transaction",
    "get_due_reviews": "of no tenant",
    "get_endpoint_health": "of no endpoint",
    "get_endpoint_lag": "a duration",
    "get_endpoints": "of no endpoint",
    "get_rollup_holder": "another transaction",
    "get_rollup_lag": "a duration",
    "get_seal_lag": "a duration",
    "get_suspension": "since when capture is suspended, which everybody may know",
    "get_vault_findings": "of no tenant",
    "get_vault_sources": "of no tenant",
    "get_vault_tenants": "of no tenant",
    "get_storage_size": "a size",
    "get_tenant_members": "of no tenant",
    "proven_tenant": "of the caller's own transaction",
    "proven_token": "of the caller's own transaction",
    "search_places": "of no tenant",
    "token_sees_all": "of the caller's own transaction",
    "wait_holders": "the number of a process",
}


def test_an_auditor_of_everything_verifies(tenancy: Tenancy, role: RoleFactory) -> None:
    ida, ines = role("ida"), role("ines")
    add(tenancy, ida)
    add(tenancy, ines, "acme")
    done(run_dbtrack("seal", "-d", tenancy.conninfo))
    as_ida, as_ines = (("-d", make_conninfo(tenancy.conninfo, user=login)) for login in (ida, ines))
    verified = run_dbtrack("verify", "--format", "json", *as_ida)
    assert (verified.returncode, json.loads(verified.stdout)["rows"]) == (0, []), verified.stderr
    same = run_dbtrack("verify", "--format", "json", "-d", tenancy.conninfo)
    assert verified.stderr == same.stderr
    assert {"verify"} <= {*noted(tenancy, ida)}
    (key,) = values(
        tenancy.superuser,
        "SELECT min(encode(script_execution_hk, 'hex')) FROM script_tracking.current_execution WHERE script_name = 'secret of acme'",
    )
    digest = done(run_dbtrack("digest", "--unsigned", *as_ida))
    assert json.loads(digest)["block_number"] == 1
    assert "dbtrack proof 1" in done(run_dbtrack("prove", str(key), *as_ida))
    # It finds what an administrator finds.
    tenancy.run(
        "UPDATE script_tracking.script_execution_s SET script_name = 'x' WHERE script_name = 'secret of acme'"
    )
    assert run_dbtrack("verify", *as_ida).returncode == 3
    # One of single tenants must not take what it does not see for what is missing.
    for command in (("verify",), ("prove", str(key)), ("digest", "--unsigned")):
        result = run_dbtrack(*command, *as_ines)
        assert (result.returncode, "reads those of single ones" in result.stderr) == (1, True), result.stderr
    with tenancy.connect(ida) as everything, tenancy.connect(ines) as some:
        for table in _SEALS[:3]:
            refused(some, f"SELECT * FROM script_tracking.{table}", "reads those of single ones")
        for table in ("seal_block", "digest_departure"):
            refused(everything, f"DELETE FROM script_tracking.{table}", "permission denied")
        assert values(everything, "SELECT count(*) FROM script_tracking.seal_block") == [1]
        assert "table seal_block" in noted(tenancy, ida)
        expire(tenancy, ida)
        for table in _SEALS:
            refused(everything, f"SELECT * FROM script_tracking.{table}", "its time ended at")
    over = run_dbtrack("verify", *as_ida)
    assert (over.returncode, "its time ended at" in over.stderr) == (1, True)


def test_an_auditor_of_a_tenant_draws_evidence_without_proofs(tenancy: Tenancy, role: RoleFactory) -> None:
    ida, ines = role("ida"), role("ines")
    add(tenancy, ida)
    add(tenancy, ines, "acme")
    done(run_dbtrack("seal", "-d", tenancy.conninfo))
    drawn = {}
    for login in (ida, ines):
        place = ("-d", make_conninfo(tenancy.conninfo, user=login))
        words = ("evidence", "--framework", "soc2", "--since", "1h", "--format", "json", *place)
        result = run_dbtrack(*words)
        assert result.returncode == 0, result.stderr
        drawn[login] = json.loads(result.stdout)
    assert drawn[ines]["scope"]["tenants"] == ["acme"]
    assert (bool(drawn[ida]["blocks"]), bool(drawn[ines]["blocks"])) == (True, False)


def test_a_cursor_ends_with_the_time(tenancy: Tenancy, role: RoleFactory) -> None:
    ida = role("ida")
    add(tenancy, ida, seconds=6)
    tenancy.run("SELECT script_tracking.track_operation('n' || n) FROM generate_series(1, 300) AS n")
    with tenancy.connect(ida) as connection, connection.transaction():
        connection.execute(
            "DECLARE streamed CURSOR FOR SELECT script_name FROM script_tracking.script_execution_s"
        )
        connection.execute(
            "DECLARE sorted CURSOR FOR SELECT script_name FROM script_tracking.script_execution_s ORDER BY random()"
        )
        for cursor in ("streamed", "sorted"):
            assert len(connection.execute(f"FETCH 5 FROM {cursor}".encode()).fetchall()) == 5
        tenancy.run("SELECT pg_sleep_until(max(expires_at)) FROM script_tracking.auditor")
        # What the server had read before can still be fetched (docs/review.md).
        assert len(connection.execute("FETCH 5 FROM sorted").fetchall()) == 5
        with pytest.raises(psycopg.Error, match="its time ended at"):
            connection.execute("FETCH ALL FROM streamed")
        raise psycopg.Rollback


def test_no_function_answers_after_the_time(tenancy: Tenancy, role: RoleFactory) -> None:
    ida = role("ida")
    add(tenancy, ida)
    found = tenancy.superuser.execute(
        """SELECT p.proname, format('SELECT * FROM script_tracking.%I(%s)', p.proname, coalesce((
            SELECT string_agg(format('%s::%s', CASE WHEN t.oid IN ('timestamptz'::regtype) THEN quote_literal('2020-01-01')
                WHEN t.typcategory = 'B' THEN quote_literal('f') WHEN t.typcategory = 'N' THEN '1'
                WHEN t.typcategory = 'A' THEN quote_literal('{}') WHEN t.oid = 'jsonb'::regtype THEN quote_literal('{}')
                WHEN t.typcategory = 'T' THEN quote_literal('1 day') ELSE quote_literal('x') END, t.oid::regtype), ', ' ORDER BY a.n)
            FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (oid, n) JOIN pg_type AS t ON t.oid = a.oid), ''))
        FROM pg_proc AS p WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.prosecdef
            AND has_function_privilege('dbtrack_auditor', p.oid, 'EXECUTE') ORDER BY 1"""
    ).fetchall()
    assert {"evidence_capture", "evidence_runs", "get_seal_health", "get_digest_health"} <= {
        name for name, _ in found
    }
    expire(tenancy, ida)
    with tenancy.connect(ida) as connection:
        answered = set()
        for name, statement in found:
            try:
                connection.execute(statement.encode())
            except psycopg.Error as error:
                if "its time ended at" not in str(error):
                    answered.add(f"{name}: {error}")
            else:
                answered.add(name)
    assert sorted(answered - _HARMLESS.keys()) == []
