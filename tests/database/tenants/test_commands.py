"""``dbtrack tenant``: what each command changes, and what it refuses."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import psycopg
import pytest

from dbtrack.api import tenant_context
from dbtrack.errors import PermissionDeniedError
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy, seen, values


def tenant(tenancy: Tenancy, *words: str) -> str:
    return done(run_dbtrack("tenant", *words, environment={"DBTRACK_DSN": tenancy.conninfo}))


def complaint(tenancy: Tenancy, *words: str) -> tuple[int, str]:
    result = run_dbtrack("tenant", *words, environment={"DBTRACK_DSN": tenancy.conninfo})
    assert result.stderr.count("\n") == 1
    return result.returncode, result.stderr


def test_a_tenant_is_shown_with_its_names_roles_schemas_and_counts(tenancy: Tenancy) -> None:
    tenant(tenancy, "map-schema", "public", "acme")
    tenant(tenancy, "rename", "acme", "Acme GmbH")
    shown = json.loads(tenant(tenancy, "show", "acme", "--format", "json"))
    parts = {section["name"]: section["rows"] for section in shown["sections"]}
    (summary,) = parts["show_tenant"]
    assert (summary["tenant"], summary["tenant_name"], summary["is_active"]) == ("acme", "Acme GmbH", True)
    assert (summary["roles"], summary["schemas"]) == ([f"{tenancy.logins['acme']}*"], ["public"])
    names = [(name["tenant_name"], name["load_end_date"] is None) for name in parts["show_tenant_names"]]
    assert names == [("acme", False), ("Acme GmbH", True)]
    assert parts["show_tenant_counts"] == [{"execution_status": "RUNNING", "executions": 1}]


def test_the_same_name_again_is_not_a_new_version(tenancy: Tenancy) -> None:
    tenant(tenancy, "rename", "acme", "Acme GmbH")
    tenant(tenancy, "rename", "acme", "Acme GmbH")
    assert len(values(tenancy.superuser, "SELECT 1 FROM script_tracking.tenant_s")) == 3


def test_the_hash_key_names_a_tenant_as_well(tenancy: Tenancy) -> None:
    (key,) = values(tenancy.superuser, "SELECT encode(sha256('acme'), 'hex')")
    environment = {"DBTRACK_DSN": tenancy.conninfo}
    tenant(tenancy, "rename", key.upper(), "Acme GmbH")
    for words in (
        ["dashboard"],
        ["history"],
        ["errors"],
        ["performance"],
        ["health"],
        ["access"],
        ["dashboard", "--by-tenant"],
    ):
        done(run_dbtrack(*words, "--tenant", key, environment=environment))
    done(run_dbtrack("track", "by hash key", "--tenant", key, environment=environment))
    history = rows(run_dbtrack("history", "--tenant", key, "--format", "jsonl", environment=environment))
    assert {row["tenant"] for row in history} == {"acme"}
    assert "by hash key" in {row["script_name"] for row in history}


def test_a_disabled_tenant_takes_no_operation_but_its_ddl_is_captured(tenancy: Tenancy) -> None:
    login = tenancy.logins["acme"]
    tenancy.run(f"CREATE SCHEMA own AUTHORIZATION {login}")
    with tenancy.acme() as acme:
        (running,) = values(acme, "SELECT script_tracking.track_operation('begun before')")
        tenant(tenancy, "disable", "acme")
        with pytest.raises(psycopg.Error, match='the tenant "acme" is disabled'):
            acme.execute("SELECT script_tracking.track_operation('begun after')")
        acme.execute("CREATE TABLE own.things ()")
        assert seen(acme) == ["begun before", "secret of acme"]
        assert acme.execute("SELECT script_tracking.complete_operation(%s)", (running,)).fetchone() == (True,)
        tenant(tenancy, "enable", "acme")
        acme.execute("SELECT script_tracking.track_operation('begun after')")
    captured = (
        "SELECT tenant_bk FROM script_tracking.current_execution WHERE 'own.things' = ANY (affected_objects)"
    )
    assert values(tenancy.superuser, captured) == ["acme"]


def test_a_wrapped_command_runs_for_a_disabled_tenant_all_the_same(tenancy: Tenancy, tmp_path: Path) -> None:
    tenant(tenancy, "disable", "acme")
    environment = {"DBTRACK_DSN": tenancy.conninfo, "DBTRACK_SPOOL": str(tmp_path / "spool")}
    words = ["track", "migrate", "--tenant", "acme", "--", "touch", str(tmp_path / "ran")]
    result = run_dbtrack(*words, environment=environment)
    assert (result.returncode, (tmp_path / "ran").exists()) == (0, True), result.stderr
    assert "is disabled" in result.stderr


def test_what_was_granted_is_revoked(tenancy: Tenancy) -> None:
    with tenancy.acme() as acme:
        assert seen(acme) == ["secret of acme"]
        tenant(tenancy, "revoke", tenancy.logins["acme"], "acme")
        assert seen(acme) == []
    status, message = complaint(tenancy, "revoke", tenancy.logins["acme"], "acme")
    assert status == 2
    assert "has no grant of the tenant" in message


def test_without_a_default_what_a_role_does_is_nobodys(tenancy: Tenancy) -> None:
    login = tenancy.logins["acme"]
    tenant(tenancy, "undefault", login)
    with tenancy.acme() as acme:
        assert seen(acme) == ["secret of acme"]
        acme.execute("SELECT script_tracking.track_operation('nobodys')")
        assert seen(acme) == ["secret of acme"]
    assert "has no default tenant" in complaint(tenancy, "undefault", login)[1]


def test_a_schema_is_taken_from_its_tenant(tenancy: Tenancy) -> None:
    tenant(tenancy, "map-schema", "public", "acme")
    tenant(tenancy, "unmap-schema", "public")
    tenancy.run("CREATE TABLE public.things ()")
    captured = "SELECT tenant_bk FROM script_tracking.current_execution WHERE 'public.things' = ANY (affected_objects)"
    assert values(tenancy.superuser, captured) == [None]
    assert "does not belong to a tenant" in complaint(tenancy, "unmap-schema", "public")[1]


def test_a_key_goes_into_a_file_that_nobody_else_reads(tenancy: Tenancy, tmp_path: Path) -> None:
    file = tmp_path / "billing.key"
    assert tenant(tenancy, "key", "create", "billing", "--tenant", "acme", "--key-file", str(file)) == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tenancy.connect(tenancy.service) as service:
        with tenant_context(service, "acme", file.read_text()):
            assert seen(service) == ["secret of acme"]
        with pytest.raises(PermissionDeniedError), tenant_context(service, "globex", file.read_text()):
            pass
    assert complaint(tenancy, "key", "rotate", "billing", "--key-file", str(file))[0] == 1
    other = tmp_path / "other.key"
    assert "there is a key" in complaint(tenancy, "key", "create", "billing", "--key-file", str(other))[1]
    assert not other.exists()


def test_keys_are_listed_without_their_secrets_and_dropped(tenancy: Tenancy) -> None:
    key = tenant(tenancy, "key", "rotate", "service", "--overlap-hours", "0").strip()
    assert key.startswith("service.2.")
    listed = tenant(tenancy, "key", "list", "--format", "jsonl")
    versions = [json.loads(line) for line in listed.splitlines()]
    assert [(row["key_version"], row["expires_at"] is None) for row in versions] == [
        ("1", False),
        ("2", True),
    ]
    assert key.split(".")[2] not in listed
    tenant(tenancy, "key", "drop", "service")
    assert tenant(tenancy, "key", "list", "--format", "jsonl") == ""


def test_an_administrator_sees_all_tenants_side_by_side_and_a_tenant_itself(
    tenancy: Tenancy, role: RoleFactory
) -> None:
    environment = {"DBTRACK_DSN": tenancy.conninfo}
    boss = role("boss", member_of=("dbtrack_admin",))
    words = ["dashboard", "--by-tenant", "--format", "jsonl"]
    table = rows(run_dbtrack(*words, "-U", boss, environment=environment))
    counts = {row["tenant"]: (row["total_operations_24h"], row["running_operations"]) for row in table}
    assert counts.pop(None)[1] == 1
    assert counts == {"acme": (1, 1), "globex": (1, 1)}
    own = rows(run_dbtrack(*words, "-U", tenancy.logins["acme"], environment=environment))
    assert [row["tenant"] for row in own] == ["acme"]
    one = rows(run_dbtrack(*words, "--tenant", "globex", "-U", boss, environment=environment))
    assert [row["tenant"] for row in one] == ["globex"]


def test_a_tenant_looks_at_itself_and_at_no_other(tenancy: Tenancy) -> None:
    login = tenancy.logins["acme"]
    assert "secret" not in tenant(tenancy, "show", "acme", "-U", login)
    assert complaint(tenancy, "show", "globex", "-U", login) == (
        2,
        f'dbtrack: there is no tenant "globex"; list them with: dbtrack tenant list -U {login}\n',
    )


def test_the_doctor_names_a_grant_that_the_next_role_of_that_name_would_get(tenancy: Tenancy) -> None:
    tenancy.run("CREATE ROLE passing_by")
    tenant(tenancy, "grant", "passing_by", "acme")
    tenancy.run("DROP ROLE passing_by")
    result = run_dbtrack("doctor", "--format", "jsonl", environment={"DBTRACK_DSN": tenancy.conninfo})
    assert result.returncode == 3
    (finding,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert finding["subject"] == "passing_by"
    tenancy.run(finding["remedy_sql"])
    assert run_dbtrack("doctor", environment={"DBTRACK_DSN": tenancy.conninfo}).returncode == 0
