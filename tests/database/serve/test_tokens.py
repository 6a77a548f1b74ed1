"""Tokens in SQL: the database, not the server, decides what a token reaches."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbtrack import sql_files
from tests.support.api_server import create_token
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import NAMES, Connection, Tenancy, challenge, present, seen


@pytest.fixture
def web(tenancy: Tenancy, role: RoleFactory) -> Iterator[Connection]:
    """A session of the server's login, in a transaction."""
    with tenancy.connect(role("web", member_of=("dbtrack_api",))) as connection:
        connection.autocommit = False
        yield connection


def proof(
    connection: Connection, token: str, subject: str = "all", *, challenge_text: str | None = None
) -> str:
    """Return what the server sets to act for a token, or for one tenant of it."""
    _, token_id, secret = token.split("_")
    key = hashlib.sha256(bytes.fromhex(secret)).digest()
    data = b"all" if subject == "all" else hashlib.sha256(subject.encode()).digest()
    text = challenge_text or challenge(connection)
    mac = hmac.new(key, data + text.encode(), hashlib.sha256).hexdigest()
    return f"{token_id}.0.{subject if subject == 'all' else data.hex()}.{mac}"


def test_a_session_that_proves_nothing_sees_nothing(tenancy: Tenancy, web: Connection) -> None:
    token = create_token(tenancy.superuser, "ci", "read")
    token_id = token.split("_")[1]
    acme = hashlib.sha256(b"acme").hexdigest()
    guesses = (
        "",
        "acme",
        acme,
        token,
        f"{token_id}.0.all",
        f"{token_id}.0.all.{'0' * 64}",
        f"{token_id}.0.{acme}.{'0' * 64}",
        f"{token_id}.1.{acme}.{'0' * 64}",
        f"{'0' * 12}.0.all.{'0' * 64}",
    )
    for guess in guesses:
        present(web, guess)
        assert seen(web) == []
        assert web.execute("SELECT count(*) FROM script_tracking.rollup_total").fetchone() == (0,)
        assert web.execute("SELECT count(*) FROM script_tracking.tenant_h").fetchone() == (0,)


def test_what_others_read_through_the_server_is_only_for_an_administrators_token(
    tenancy: Tenancy, web: Connection
) -> None:
    noted = "SELECT report_name FROM script_tracking.access_log"
    everything = create_token(tenancy.superuser, "everything", "write")
    acme = create_token(tenancy.superuser, "acme", "write", "acme")
    admin = create_token(tenancy.superuser, "admin", "admin")
    present(web, proof(web, everything))
    web.execute("SELECT * FROM script_tracking.get_enterprise_dashboard()")
    for token, shown in ((None, []), (acme, []), (everything, []), (admin, [("dashboard",)])):
        web.commit()
        if token is not None:
            present(web, proof(web, token))
        assert web.execute(noted).fetchall() == shown


def test_the_servers_login_closes_nothing_without_a_token(tenancy: Tenancy, web: Connection) -> None:
    start = "SELECT script_tracking.track_operation('deploy', writer => 'rest_api')"
    close = "SELECT script_tracking.complete_operation(%s)"
    for name, *tenants in (("acme", "acme"), ("everything",)):
        token = create_token(tenancy.superuser, name, "write", *tenants)
        present(web, proof(web, token))
        keys = web.execute(start).fetchone()
        web.commit()
        for guess in ("", f"{token.split('_')[1]}.0.all.{'0' * 64}"):
            present(web, guess)
            with pytest.raises(psycopg.Error) as refused:
                web.execute(close, keys)
            assert refused.value.sqlstate == "DT004"
            web.rollback()
        present(web, proof(web, token))
        assert web.execute(close, keys).fetchone() == (True,)
        web.commit()


def test_a_proof_is_worthless_in_another_transaction_and_backend(tenancy: Tenancy, web: Connection) -> None:
    token = create_token(tenancy.superuser, "ci", "read", "acme")
    made = proof(web, token)
    present(web, made)
    assert seen(web) == ["secret of acme"]
    web.commit()
    present(web, made)
    assert seen(web) == []
    with psycopg.connect(web.info.dsn) as other:
        present(other, made)
        assert seen(other) == []


def test_what_a_token_reaches(tenancy: Tenancy, web: Connection) -> None:
    everything = ["secret of acme", "secret of globex", "secret of the platform"]
    acme, both = (
        create_token(tenancy.superuser, *words)
        for words in (("acme", "read", "acme"), ("both", "read", "acme", "globex"))
    )
    whole = create_token(tenancy.superuser, "whole", "read")
    for token, subject, names in (
        (acme, "all", everything[:1]),
        (acme, "acme", everything[:1]),
        (acme, "globex", []),
        (both, "all", everything[:2]),
        (both, "globex", everything[1:2]),
        (whole, "all", everything),
        (whole, "acme", everything[:1]),
        (whole, "nobody", []),
    ):
        present(web, proof(web, token, subject))
        assert seen(web) == names, (token, subject)


def test_only_the_role_for_the_api_sees_everything_by_a_token(tenancy: Tenancy, role: RoleFactory) -> None:
    token = create_token(tenancy.superuser, "whole", "read")
    with tenancy.connect(role("plain", member_of=("dbtrack_operator",))) as plain, plain.transaction():
        present(plain, proof(plain, token))
        assert seen(plain) == ["secret of acme", "secret of globex"]


def test_an_expired_and_a_revoked_token_prove_nothing(tenancy: Tenancy, web: Connection) -> None:
    for name, change in (("old", "expires_at = now()"), ("gone", "revoked_at = now()")):
        token = create_token(tenancy.superuser, name, "read", "acme")
        tenancy.superuser.execute(
            f"UPDATE script_tracking.api_token SET {change} WHERE token_name = '{name}'"
        )
        web.rollback()
        present(web, proof(web, token))
        assert seen(web) == []


def refused(connection: Connection, statement: str, *values: Any) -> str:
    with pytest.raises(psycopg.Error) as found, connection.transaction():
        connection.execute(statement.encode(), values)
    return str(found.value.diag.message_primary)


def test_a_token_that_may_only_read_records_nothing(tenancy: Tenancy, web: Connection) -> None:
    start = "SELECT script_tracking.track_operation('x')"
    [[key]] = web.execute(start).fetchall()
    for scope, tenants in (("read", ("acme",)), ("read", ())):
        token = create_token(tenancy.superuser, f"r{len(tenants)}", scope, *tenants)
        present(web, proof(web, token))
        assert "may only read" in refused(web, start)
        assert "may only read" in refused(web, "SELECT script_tracking.complete_operation(%s)", key)


def test_a_token_of_several_tenants_records_for_one_of_them(tenancy: Tenancy, web: Connection) -> None:
    token = create_token(tenancy.superuser, "both", "write", "acme", "globex")
    start = "SELECT script_tracking.track_operation('x')"
    [[platforms]] = web.execute(start).fetchall()
    present(web, proof(web, token))
    assert "has several tenants" in refused(web, start)
    assert "has several tenants" in refused(web, "SELECT script_tracking.complete_operation(%s)", platforms)
    present(web, proof(web, token, "globex"))
    assert "another tenant" in refused(web, "SELECT script_tracking.complete_operation(%s)", platforms)
    [[key]] = web.execute(start).fetchall()
    assert seen(web) == ["secret of globex", "x"]
    acme = hashlib.sha256(b"acme").digest()
    assert "may not record" in refused(
        web, "SELECT script_tracking.track_operation('x', tenant_hk => %s)", acme
    )
    present(web, proof(web, token, "acme"))
    assert "another tenant" in refused(web, "SELECT script_tracking.complete_operation(%s)", key)
    assert web.execute(NAMES.encode()).fetchall() == [("secret of acme",)]


def test_what_records_in_one_message_does_nothing_without_a_proof(tenancy: Tenancy, web: Connection) -> None:
    token = create_token(tenancy.superuser, "ci", "write", "acme")
    given: dict[str, object] = dict.fromkeys(("error_message", "execution_status", "affected_objects"))
    given |= {"client": "192.0.2.1", "timeout": "5s", "script_name": "x", "script_type": "MANUAL"}
    given |= {"metadata": None, "request_key": "1", "content": "x", "success": True, "duration_us": None}
    cursor = psycopg.ClientCursor(web)

    def run(name: str) -> list[Any]:
        """Run it with a valid proof, and then with one that the next transaction replays."""
        found = []
        stale = None
        for _ in range(2):
            cursor.execute(sql_files.query("serve/challenge"), given)
            stale = stale or proof(web, token)
            cursor.execute(sql_files.query(f"serve/{name}"), given | {"proof": stale})
            found.append(cursor.fetchall())
        return found

    web.autocommit = True
    [[key, is_new]], nothing = run("start_proven")
    given["execution_hk"] = key
    assert (is_new, nothing) == (True, [])
    assert run("complete_proven") == [[(True,)], []]
    assert [len(rows) for rows in run("start_once_proven")] == [1, 0]
    # Neither can a login that may record for itself do so with an empty proof.
    [[open_key]] = web.execute("SELECT script_tracking.track_operation('its own')").fetchall()
    given["execution_hk"] = open_key
    for name in ("start_proven", "complete_proven", "start_once_proven"):
        cursor.execute(sql_files.query(f"serve/{name}"), given | {"proof": ""})
        assert cursor.fetchall() == []
    counts = tenancy.superuser.execute(
        "SELECT count(*), count(*) FILTER (WHERE execution_status = 'COMPLETED')"
        " FROM script_tracking.current_execution WHERE script_name IN ('x', 'its own')"
    )
    assert counts.fetchall() == [(3, 1)]


def test_the_secret_is_stored_nowhere(tenancy: Tenancy, web: Connection) -> None:
    token = create_token(tenancy.superuser, "ci", "write", "acme")
    secret = token.split("_")[2]
    [[row]] = tenancy.superuser.execute("SELECT t::text FROM script_tracking.api_token AS t").fetchall()
    assert secret not in row
    recorded = tenancy.superuser.execute("SELECT s::text FROM script_tracking.script_execution_s AS s")
    assert not any(secret in text for (text,) in recorded)
    for table in ("api_token", "api_start"):
        assert "permission denied" in refused(web, f"SELECT * FROM script_tracking.{table}")
    assert "permission denied" in refused(web, "SELECT script_tracking.create_api_token('x', 'admin')")
    with tenancy.superuser.transaction():
        tenancy.run("SET LOCAL ROLE dbtrack_admin")
        assert "permission denied" in refused(tenancy.superuser, "SELECT * FROM script_tracking.api_token")


def test_what_cannot_be_a_token_is_refused(tenancy: Tenancy) -> None:
    create_token(tenancy.superuser, "taken", "read")
    environment = {"DBTRACK_DSN": tenancy.conninfo}
    for words in (
        ("Upper",),
        ("taken",),
        ("x", "--tenant", "nobody"),
        ("x", "--expires", "soon"),
        ("x", "--rate", "0"),
        ("x", "--expires", "30y"),
    ):
        result = run_dbtrack("token", "create", "--scope", "read", *words, environment=environment)
        assert (result.returncode, result.stdout) == (2, ""), words
        assert result.stderr.count("\n") == 1
    result = run_dbtrack(
        "token", "create", "x", "--scope", "admin", "--tenant", "acme", environment=environment
    )
    assert result.returncode == 2
    assert "is for everything" in result.stderr
    assert run_dbtrack("token", "revoke", "x", environment=environment).returncode == 2


def test_tokens_are_listed_and_their_changes_recorded(tenancy: Tenancy) -> None:
    environment = {"DBTRACK_DSN": tenancy.conninfo}
    words = ("--scope", "write", "--tenant", "acme", "--expires", "never", "--rate", "10/s")
    token = done(run_dbtrack("token", "create", "ci", *words, environment=environment)).strip()
    [listed] = rows(run_dbtrack("token", "list", "--format", "jsonl", environment=environment))
    assert listed["token_name"] == "ci"
    assert listed["token_id"] == token.split("_")[1]
    assert (listed["tenants"], listed["requests_per_minute"], listed["expires_at"]) == (["acme"], 600, None)
    done(run_dbtrack("token", "revoke", "ci", environment=environment))
    done(run_dbtrack("token", "create", "ci", "--scope", "read", environment=environment))
    found = rows(run_dbtrack("token", "list", "--format", "jsonl", environment=environment))
    assert [each["token_status"] for each in found] == ["VALID", "REVOKED"]
    changes = rows(run_dbtrack("administration", "--format", "jsonl", environment=environment))
    noted = [(each["script_name"], each["subject"]) for each in changes if "token" in each["script_name"]]
    assert noted == [
        ("dbtrack token create", "ci"),
        ("dbtrack token revoke", "ci"),
        ("dbtrack token create", "ci"),
    ]
    assert token.split("_")[2] not in str(changes)


def test_refusals_are_recorded_up_to_a_hundred_a_minute(tenancy: Tenancy, web: Connection) -> None:
    noted = web.execute(
        "SELECT script_tracking.record_refusal('GET /x', 'acme') FROM generate_series(1, 120)"
    ).fetchall()
    # One statement sees the same rows all the time; the next one sees them all.
    assert (True,) in noted
    web.commit()
    assert web.execute("SELECT script_tracking.record_refusal('GET /x')").fetchone() == (False,)
    [[granted]] = tenancy.superuser.execute(
        "SELECT DISTINCT is_granted FROM script_tracking.access_log"
    ).fetchall()
    assert granted is False
