"""A person goes out of the record for ever, and every proof stays whole."""

from __future__ import annotations

import hashlib
import json
import re

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import PermissionDeniedError, UsageError
from dbtrack.proof.check_proof import check_proof
from dbtrack.proof.digest_file import current_digest
from dbtrack.proof.erase import erase
from dbtrack.proof.prove import prove
from dbtrack.proof.seal import seal
from tests.support.sealed import kinds, verified
from tests.support.servers.sandbox import RoleFactory

ALL_TEXT = """
SELECT string_agg(t.row, E'\\n') FROM (
    SELECT s::text AS row FROM script_tracking.script_execution_s AS s
    UNION ALL SELECT l::text FROM script_tracking.seal_leaf AS l
    UNION ALL SELECT f::text FROM script_tracking.capture_failure AS f
    UNION ALL SELECT a::text FROM script_tracking.access_log AS a
    UNION ALL SELECT k::text FROM script_tracking.tenant_key AS k
    UNION ALL SELECT n::text FROM script_tracking.notice AS n
    UNION ALL SELECT e::text FROM script_tracking.event_endpoint AS e
    UNION ALL SELECT d::text FROM script_tracking.webhook_delivery AS d
    UNION ALL SELECT l::text FROM script_tracking.webhook_dead_letter AS l
    UNION ALL SELECT x::text FROM script_tracking.api_token AS x
    UNION ALL SELECT q::text FROM script_tracking.auditor AS q
    UNION ALL SELECT y::text FROM script_tracking.alert AS y
    UNION ALL SELECT z::text FROM script_tracking.alert_state AS z
    UNION ALL SELECT c::text FROM script_tracking.setting AS c) AS t
"""


@pytest.fixture
def person(installed_conninfo: str, installed: Database, role: RoleFactory) -> str:
    """A login that worked, and that others mentioned; all of it sealed."""
    login = role("alice", member_of=("dbtrack_operator",))
    with psycopg.connect(installed_conninfo, user=login, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.track_operation('hers')")
        installed.execute("SELECT script_tracking.add_tenant('acme', 'Acme')")
        connection.execute("SELECT script_tracking.record_access('history', 'acme')")
        connection.execute('SELECT script_tracking.record_operations(\'[{"script_name": "batch"}]\')')
    installed.execute(f'CREATE SCHEMA own AUTHORIZATION "{login}"')
    metadata = json.dumps(
        [{"script_name": "other", "metadata": {"for": f"ask {login}", "email": f"{login}@x.org"}}]
    )
    installed.execute("SELECT script_tracking.record_operations(%(all)s)", {"all": metadata})
    installed.execute("SELECT script_tracking.track_operation('untouched')")
    installed.call(
        "record_notice",
        p_type="alert.fired",
        p_subject="a",
        p_tenant_hk=None,
        p_data=json.dumps({"user": login}),
    )
    installed.call("create_endpoint", p_name="receiver", p_kind="webhook")
    installed.call("pause_endpoint", p_name="receiver", p_reason=f"{login} paused it")
    seal(installed)
    return login


def test_nothing_of_the_person_is_left_in_what_was_sent_or_asked_for(
    installed: Database, person: str
) -> None:
    name = re.sub("[^a-z0-9]", "-", person)
    event = {
        "id": "e-1",
        "number": 7,
        "type": "execution.failed",
        "subject": f"for {name}",
        "data": {"user": name},
    }
    installed.call("add_dead_letter", p_name="receiver", p_event=json.dumps(event), p_attempt_count=1,
        p_failure=f"550 {name} is unknown")  # fmt: skip
    installed.execute(f"UPDATE script_tracking.event_endpoint SET leased_by = '{name} 4711'")
    installed.call("record_refusal", p_report_name=f"GET /objects/{name}", p_tenant=name)
    installed.call("create_api_token", p_name=f"{name}-laptop", p_scope="read")
    installed.execute(
        "INSERT INTO script_tracking.auditor (login_name, role_oid, added_by, expires_at, removed_at, removed_by)"
        f" VALUES ('{name}', 0, '{name}', now(), now(), '{name}')"
    )
    reviewed = (
        "SELECT script_tracking.sign_review('last day', now() - interval '1 day', now(), %(by)s, %(by)s)"
    )
    installed.value(reviewed, {"by": name})
    erase(installed, name, "request 4711")
    assert name not in installed.value(ALL_TEXT)
    kept = "SELECT event_id, event FROM script_tracking.webhook_dead_letter"
    assert installed.rows(kept) == [
        ("e-1", event | {"subject": "[erased]", "data": {"erased": True}}),
    ]
    # That something was reviewed remains; what, is gone with the name.
    assert installed.rows("SELECT period, since, signed_by FROM script_tracking.review") == [
        (None, None, None)
    ]
    assert installed.rows("SELECT * FROM script_tracking.review_exception") == []
    assert installed.rows("SELECT * FROM script_tracking.get_due_reviews()") == []
    # It can still be found, and revoked.
    [(token,)] = installed.rows("SELECT token_name FROM script_tracking.list_api_tokens()")
    installed.call("revoke_api_token", p_name=token)


@pytest.mark.every_server
def test_nothing_of_the_person_is_left_and_all_verifies(
    installed_conninfo: str, installed: Database, person: str
) -> None:
    digest = current_digest(installed, None)
    before = installed.rows("SELECT hash_diff, client_ip FROM script_tracking.script_execution_s")
    report = erase(installed, person, "request 4711")
    assert report.versions == 4
    assert person not in installed.value(ALL_TEXT)
    assert installed.value("SELECT db_session_user FROM script_tracking.access_log") == "[erased]"
    seal(installed)
    result = verified(installed_conninfo, [digest])
    assert (result.findings, result.erased) == ([], 4)
    after = installed.rows("SELECT hash_diff, client_ip FROM script_tracking.script_execution_s")
    assert len(set(before) - set(after)) == 4


def test_who_only_mentions_the_person_stays_who_it_was(
    installed_conninfo: str, installed: Database, person: str
) -> None:
    # A session over the socket has no address.
    with psycopg.connect(installed_conninfo, application_name="psql", autocommit=True) as connection:
        connection.execute(f'CREATE TABLE "{person}" (a int)')
    seal(installed)
    erase(installed, person, "request 4711")
    who = installed.rows(
        "SELECT metadata ->> 'application_name', client_ip FROM script_tracking.current_execution"
        " WHERE script_name = 'CREATE TABLE'"
    )
    assert who == [("psql", None)]
    seal(installed)
    assert verified(installed_conninfo).findings == []


def test_a_proof_from_before_still_holds_and_a_new_one_can_be_made(installed: Database, person: str) -> None:
    key = installed.value(
        "SELECT script_execution_hk FROM script_tracking.script_execution_s WHERE script_name = 'hers'"
    )
    digests = [current_digest(installed, None)]
    old = prove(installed, key, digests, reveal=True).text()
    erase(installed, person, "request 4711")
    new = prove(installed, key, digests, reveal=True).text()
    assert person in old
    assert person not in new
    proven = [check_proof(text.encode(), None).rows[0] for text in (old, new)]
    assert proven[0].attributes["db_session_user"] == person
    assert "db_session_user" not in proven[1].attributes
    assert proven[0].person_commitment == proven[1].person_commitment


def test_who_it_was_cannot_be_guessed_afterwards(installed: Database, person: str) -> None:
    rows = "SELECT person_commitment, leaf_hash FROM script_tracking.seal_leaf WHERE leaf_kind = 'version'"
    salts = "SELECT record_hk, person_salt FROM script_tracking.seal_leaf WHERE leaf_kind = 'version'"
    before: dict[bytes, bytes] = dict(installed.rows(salts))
    erase(installed, person, "request 4711")
    hashes = {value for row in installed.rows(rows) for value in row}
    assert hashlib.sha256(person.encode()).digest() not in hashes
    erased = installed.rows(f"{salts} AND erased_by IS NOT NULL")
    assert len(erased) == 4
    for key, left in erased:
        # Neither the salt nor what is made of it for the value is there any more.
        assert before[key] not in left
        assert hashlib.sha256(before[key] + b"\x01").digest() not in left


def test_the_erasure_is_recorded_without_the_person(installed: Database, person: str) -> None:
    erase(installed, person, "request 4711")
    record = installed.value(
        "SELECT s::text FROM script_tracking.current_execution AS s WHERE script_name = 'dbtrack erase'"
    )
    assert "request 4711" in record
    assert '"rows_erased": 4' in record.replace('""', '"')
    assert person not in record


def test_a_dry_run_changes_nothing(installed: Database, person: str) -> None:
    before = installed.value(ALL_TEXT)
    assert erase(installed, person, "request 4711", dry_run=True).versions == 4
    assert installed.value(ALL_TEXT) == before


def test_a_salt_taken_without_a_record_shows(
    installed_conninfo: str, installed: Database, person: str
) -> None:
    installed.execute(
        "UPDATE script_tracking.seal_leaf SET person_salt = NULL, erased_by = sha256('x') WHERE leaf_index = 0"
    )
    installed.execute("UPDATE script_tracking.script_execution_s SET db_session_user = 'scapegoat'")
    assert "erasure" in kinds(verified(installed_conninfo).findings)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("postgres", "erase the login that they use"),
        ("10.0.0.0/8", "network"),
        ("dbtrack_admin", "dbtrack's own"),
        ("x", "2 to 255"),
        ("", "2 to 255"),
    ],
)
def test_what_is_not_one_person_is_refused(installed: Database, subject: str, said: str) -> None:
    for dry_run in (True, False):
        with pytest.raises(UsageError, match=said):
            erase(installed, subject, "request", dry_run=dry_run)


def test_a_superuser_and_a_reason_that_names_the_person_are_refused(
    installed: Database, role: RoleFactory, person: str
) -> None:
    root = role("root")
    installed.execute(f'ALTER ROLE "{root}" SUPERUSER')
    with pytest.raises(UsageError, match="superuser"):
        erase(installed, root, "request")
    with pytest.raises(UsageError, match="names the person"):
        erase(installed, person, f"{person} asked for it")


def test_only_administrators_erase(installed_conninfo: str, person: str, role: RoleFactory) -> None:
    operator = role("operator", member_of=("dbtrack_operator",))
    with (
        psycopg.connect(installed_conninfo, user=operator, autocommit=True) as connection,
        pytest.raises(PermissionDeniedError),
    ):
        erase(Database.wrap(connection), person, "request")


def test_an_erasure_cut_short_is_recorded_with_what_it_took_and_verifies(
    installed_conninfo: str, installed: Database, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbtrack.proof.erase._ROWS_A_STEP", 3)

    def interrupt(_versions: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erase(installed, person, "request 4711", progress=interrupt)
    assert kinds(verified(installed_conninfo).findings) == ["erasure"]
    seal(installed)
    assert verified(installed_conninfo).findings == []
    assert person in installed.value(ALL_TEXT)
    erase(installed, person, "request 4711")
    assert person not in installed.value(ALL_TEXT)
    status = "SELECT execution_status FROM script_tracking.current_execution WHERE script_name = 'dbtrack erase' ORDER BY 1"
    assert [row[0] for row in installed.rows(status)] == ["CANCELLED", "COMPLETED"]
    seal(installed)
    assert verified(installed_conninfo).findings == []


def test_a_person_leaves_the_history_of_administration(
    installed_conninfo: str, installed: Database, person: str, role: RoleFactory
) -> None:
    installed.execute(f'GRANT dbtrack_admin TO "{person}"')
    with psycopg.connect(installed_conninfo, user=person, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.set_setting('retention.days', '90')")
        connection.execute("SELECT script_tracking.grant_tenant(%s, 'acme')", (person,))
        connection.execute("SELECT script_tracking.map_tenant_schema('own', 'acme')")
        connection.execute(
            "WITH failure AS MATERIALIZED (SELECT script_tracking.track_operation('load') AS hk), "
            "ended AS MATERIALIZED (SELECT hk, script_tracking.complete_operation(hk, false, 'full') FROM failure) "
            "SELECT script_tracking.resolve_execution(hk, 'by ' || session_user) FROM ended"
        )
    installed.execute(
        "INSERT INTO script_tracking.execution_wait_s (script_execution_hk, started_at, seen_by, waited_ms, lock_mode, "
        "backend_pid, holders, record_source) "
        "SELECT script_execution_hk, now(), 'log', 5, 'ShareLock', 1, jsonb_build_array(jsonb_build_object('login', "
        "%(person)s::text)), 'x' FROM script_tracking.execution_resolution_s",
        {"person": person},
    )
    kept = (
        "SELECT concat((SELECT json_agg(r) FROM script_tracking.tenant_role_es AS r),"
        " (SELECT json_agg(r) FROM script_tracking.execution_resolution_s AS r),"
        " (SELECT json_agg(w) FROM script_tracking.execution_wait_s AS w),"
        " (SELECT json_agg(s) FROM script_tracking.tenant_schema_es AS s),"
        " (SELECT json_agg(s) FROM script_tracking.setting_s AS s),"
        " (SELECT json_agg(c.metadata) FROM script_tracking.current_execution AS c"
        " WHERE c.record_source LIKE 'administration@%%'))"
    )
    assert person in installed.value(kept)
    # The grant that the login still has names it.
    erase(installed, person, "request 4711")
    assert installed.value("SELECT role_name FROM script_tracking.tenant_role_history") == person
    installed.execute("SELECT script_tracking.revoke_tenant(%(role)s, 'acme')", {"role": person})
    erase(installed, person, "request 4712")
    assert person not in installed.value(kept)
    assert installed.value("SELECT count(*) FROM script_tracking.tenant_role_history") == 1
