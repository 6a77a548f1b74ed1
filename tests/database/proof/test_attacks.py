"""Attacks on the proof of tenant: what is forged, replayed or borrowed proves nothing. Each stands in docs/security.md."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack.api import tenant_context
from dbtrack.db import Database
from dbtrack.errors import PermissionDeniedError, UsageError
from dbtrack.tenants import tenant_keys
from dbtrack.tenants.tenant_proof import TenantKey, tenant_hash_key
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy, challenge, present, seen, token, values


def test_a_proof_shows_its_tenant_alone_and_ends_with_the_transaction(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.connect(shared_tenancy.service) as service:
        with service.transaction():
            present(service, token(service, shared_tenancy.key, "acme"))
            assert seen(service) == ["secret of acme"]
        assert seen(service) == []


def test_a_proof_narrows_what_the_login_sees_of_its_own(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.acme() as acme, acme.transaction():
        present(acme, token(acme, shared_tenancy.key, "globex"))
        assert seen(acme) == ["secret of globex"]


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "acme",
        "service.1.{globex}",
        "service.1.{globex}.{zeros}",
        "service.2.{globex}.{zeros}",
        "service.999999999.{globex}.{zeros}",
        "service.1.{globex}.{zeros}' OR '1",
        "nobody.1.{globex}.{zeros}",
        "service.1.{zeros}.{zeros}",
        "{globex}",
    ],
)
def test_a_forged_proof_shows_nothing_more(shared_tenancy: Tenancy, forged: str) -> None:
    filled = forged.format(globex=tenant_hash_key("globex").hex(), zeros="0" * 64)
    with shared_tenancy.acme() as acme, acme.transaction():
        acme.execute("SELECT set_config('dbtrack.tenant_token', %s, true)", (filled,))
        assert seen(acme) == ["secret of acme"]


def test_a_proof_made_with_another_key_does_not_hold(shared_tenancy: Tenancy) -> None:
    name, version, _ = shared_tenancy.key.split(".")
    with shared_tenancy.acme() as acme, acme.transaction():
        present(acme, token(acme, f"{name}.{version}.{'0' * 64}", "globex"))
        assert seen(acme) == ["secret of acme"]


def test_a_proof_of_one_tenant_does_not_hold_for_another(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.acme() as acme, acme.transaction():
        proof = token(acme, shared_tenancy.key, "acme").split(".")
        proof[2] = tenant_hash_key("globex").hex()
        present(acme, ".".join(proof))
        assert seen(acme) == ["secret of acme"]


def test_a_proof_replayed_in_the_next_transaction_does_not_hold(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.connect(shared_tenancy.service) as service:
        with service.transaction():
            proof = token(service, shared_tenancy.key, "globex")
            present(service, proof)
            assert seen(service) == ["secret of globex"]
        # For the whole session, as a pooler's next client would find it.
        present(service, proof, scope="SESSION")
        assert seen(service) == []


def test_a_proof_replayed_in_another_backend_does_not_hold(shared_tenancy: Tenancy) -> None:
    connect = shared_tenancy.connect
    with connect(shared_tenancy.service) as service, connect(shared_tenancy.logins["acme"]) as acme:
        service.execute("BEGIN")
        acme.execute("BEGIN")
        present(acme, token(service, shared_tenancy.key, "globex"))
        assert seen(acme) == ["secret of acme"]


def test_a_proof_does_not_outlive_a_commit_inside_a_block(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.connect(shared_tenancy.service) as service:
        before = challenge(service)
        service.execute(
            b"DO $$ BEGIN PERFORM set_config('dbtrack.before', script_tracking.tenant_challenge(), false);"
            b" COMMIT; PERFORM set_config('dbtrack.after', script_tracking.tenant_challenge(), false); END $$"
        )
        row = service.execute(
            "SELECT current_setting('dbtrack.before'), current_setting('dbtrack.after')"
        ).fetchone()
        assert row
        assert len({before, *row}) == 3


def test_a_key_proves_only_the_tenants_it_was_made_for(tenancy: Tenancy) -> None:
    database = Database.wrap(tenancy.superuser)
    key = tenant_keys.create_key(database, "only-acme", ["acme"])
    with tenancy.connect(tenancy.service) as service:
        with tenant_context(service, "acme", key):
            assert seen(service) == ["secret of acme"]
        with (
            pytest.raises(PermissionDeniedError, match="does not prove"),
            tenant_context(service, "globex", key),
        ):
            pass
        assert seen(service) == []


def test_a_rotated_key_ends_when_it_was_said_to(tenancy: Tenancy) -> None:
    database = Database.wrap(tenancy.superuser)
    new = tenant_keys.rotate_key(database, "service", overlap_hours=1)
    with tenancy.connect(tenancy.service) as service:
        for key in (tenancy.key, new):
            with tenant_context(service, "acme", key):
                assert seen(service) == ["secret of acme"]
    newest = tenant_keys.rotate_key(database, "service", overlap_hours=0)
    with tenancy.connect(tenancy.service) as service:
        for key in (tenancy.key, new):
            with pytest.raises(PermissionDeniedError), tenant_context(service, "acme", key):
                pass
        with tenant_context(service, "acme", newest):
            assert seen(service) == ["secret of acme"]


def test_a_dropped_key_proves_nothing(tenancy: Tenancy) -> None:
    tenant_keys.drop_key(Database.wrap(tenancy.superuser), "service")
    with (
        tenancy.connect(tenancy.service) as service,
        pytest.raises(PermissionDeniedError),
        tenant_context(service, "acme", tenancy.key),
    ):
        pass


def test_nobody_reads_a_key(shared_tenancy: Tenancy, role: RoleFactory) -> None:
    readers = [shared_tenancy.logins["acme"], role("boss", member_of=("dbtrack_admin",))]
    for login in readers:
        with shared_tenancy.connect(login) as connection:
            for table in ("tenant_key", "capture_secret"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"SELECT * FROM script_tracking.{table}".encode())
    with shared_tenancy.connect(role("auditor", member_of=("pg_read_all_data",))) as auditor:
        for table in ("tenant_key", "capture_secret", "access_log"):
            assert values(auditor, f"SELECT 1 FROM script_tracking.{table}") == []


def test_only_administrators_handle_keys(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.acme() as acme:
        for call in (
            "create_tenant_key('mine', NULL, false)",
            "create_tenant_key('service', NULL, true)",
            "drop_tenant_key('service')",
            "list_tenant_keys()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                acme.execute(f"SELECT * FROM script_tracking.{call}".encode())


def test_a_service_records_for_the_tenant_it_proved_and_its_ddl_is_that_tenants(tenancy: Tenancy) -> None:
    tenancy.run(f"CREATE SCHEMA service AUTHORIZATION {tenancy.service}")
    with tenancy.connect(tenancy.service) as service:
        with tenant_context(service, "acme", tenancy.key):
            service.execute("SELECT script_tracking.track_operation('for acme')")
            service.execute("CREATE TABLE service.of_acme ()")
            with pytest.raises(psycopg.Error, match="may not record for this tenant"), service.transaction():
                service.execute(
                    "SELECT script_tracking.track_operation('x', tenant_hk => %s)",
                    (tenant_hash_key("globex"),),
                )
        service.execute("CREATE TABLE service.of_nobody ()")
    rows = tenancy.superuser.execute(
        "SELECT coalesce(affected_objects[1], script_name), tenant_bk FROM script_tracking.current_execution"
        " WHERE db_session_user = %s ORDER BY execution_timestamp",
        (tenancy.service,),
    ).fetchall()
    assert rows == [("for acme", "acme"), ("service.of_acme", "acme"), ("service.of_nobody", None)]


def test_what_was_opened_for_one_tenant_is_not_closed_for_another(tenancy: Tenancy) -> None:
    with tenancy.connect(tenancy.service) as service:
        with tenant_context(service, "acme", tenancy.key):
            (operation,) = values(service, "SELECT script_tracking.track_operation('for acme')")
        with (
            pytest.raises(psycopg.Error, match="another tenant's"),
            tenant_context(service, "globex", tenancy.key),
        ):
            service.execute("SELECT script_tracking.complete_operation(%s)", (operation,))
        with tenant_context(service, "acme", tenancy.key):
            done = service.execute("SELECT script_tracking.complete_operation(%s)", (operation,)).fetchone()
            assert done == (True,)


def test_a_context_inside_another_gives_it_back(shared_tenancy: Tenancy) -> None:
    with shared_tenancy.connect(shared_tenancy.service) as service:
        with tenant_context(service, "acme", shared_tenancy.key):
            with tenant_context(service, "globex", shared_tenancy.key):
                assert seen(service) == ["secret of globex"]
            assert seen(service) == ["secret of acme"]
            with pytest.raises(PermissionDeniedError), tenant_context(service, "nobody", shared_tenancy.key):
                pass
            assert seen(service) == ["secret of acme"]
        assert seen(service) == []


def test_a_junk_proof_hides_no_ddl(tenancy: Tenancy) -> None:
    login = tenancy.logins["acme"]
    tenancy.run(f"CREATE SCHEMA own AUTHORIZATION {login}")
    with tenancy.acme() as acme:
        acme.execute("SET dbtrack.tenant_token = 'service.99999999999999999999.x'")
        acme.execute("CREATE TABLE own.things (id int)")
        acme.execute("CREATE INDEX CONCURRENTLY things_id ON own.things (id)")
    rows = tenancy.superuser.execute(
        "SELECT metadata ->> 'command_tag', execution_status, tenant_bk FROM script_tracking.current_execution"
        " WHERE script_type = 'DDL_AUTO' AND db_session_user = %s ORDER BY execution_timestamp",
        (login,),
    ).fetchall()
    assert rows == [("CREATE TABLE", "COMPLETED", "acme"), ("CREATE INDEX", "COMPLETED", "acme")]


def test_a_key_is_not_repeated() -> None:
    key = TenantKey.parse("service.1." + "ab" * 32)
    assert "ab" * 8 not in repr(key)
    with pytest.raises(UsageError) as caught:
        TenantKey.parse("service.1." + "ab" * 31)
    assert "ab" * 8 not in str(caught.value)
