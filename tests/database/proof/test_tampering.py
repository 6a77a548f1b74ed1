"""Whatever a superuser does to the record shows; what cleanup does and records does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.proof.digest_file import current_digest
from dbtrack.proof.seal import seal
from tests.support.dumps import call
from tests.support.history import make_month, past_execution
from tests.support.sealed import kinds, sealed, verified
from tests.support.servers import Server

S = "script_tracking.script_execution_s"
H = "script_tracking.script_execution_h"
ONE = f"(load_date, script_execution_hk) = (SELECT load_date, script_execution_hk FROM {S} WHERE script_name = 'run 0' LIMIT 1)"
FIELDS = {
    "script_name = 'other'": "script_name",
    "script_type = 'OTHER'": "script_type",
    "execution_status = 'FAILED'": "execution_status",
    "execution_timestamp = execution_timestamp - interval '1 microsecond'": "execution_timestamp",
    "execution_duration_ms = 1": "execution_duration_ms",
    "version_number = 0": "version_number",
    "tenant_hk = sha256('x')": "tenant_hk",
    "record_source = 'x'": "record_source",
    "db_session_user = 'mallory'": "db_session_user",
    "client_ip = '10.0.0.1'": "client_ip",
    "hash_diff = sha256('x')": "hash_diff",
    'metadata = metadata || \'{"role": "mallory"}\'': "who acted",
    'metadata = metadata || \'{"ticket": "X"}\'': "metadata",
    "affected_objects = '{x}'": "affected_objects",
    "sql_command = 'x'": "sql_command",
    "error_message = 'x'": "error_message",
}


def test_an_altered_field_shows(installed_conninfo: str, installed: Database) -> None:
    altered = {}
    for number, change in enumerate(FIELDS):
        name = {"name": f"run {number}"}
        altered[installed.value("SELECT script_tracking.track_operation(%(name)s)", name)] = change
    seal(installed)
    for key, change in altered.items():
        update = f"UPDATE {S} SET {change} WHERE script_execution_hk = %(key)s"
        assert installed.execute(update, {"key": key}) == 1
    found = {finding.key: finding for finding in verified(installed_conninfo).findings}
    assert found.keys() == altered.keys()
    for key, finding in found.items():
        assert (finding.kind, finding.block_number) == ("altered", 1)
        assert FIELDS[altered[key]] in finding.details


@pytest.mark.every_server
@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (f"DELETE FROM {S} WHERE {ONE}", ["missing", "versions"]),
        (f"UPDATE {S} SET load_end_date = now() WHERE {ONE}", ["versions"]),
        (
            f"UPDATE {S} SET load_end_date = NULL WHERE script_name = 'run 1' AND load_end_date IS NOT NULL",
            ["versions"],
        ),
        (
            "UPDATE script_tracking.script_execution_h SET record_source = 'x' WHERE script_execution_bk LIKE 'run 0%'",
            ["altered"],
        ),
        ("DELETE FROM script_tracking.script_execution_parent_l", ["missing"]),
        ("UPDATE script_tracking.script_execution_parent_l SET link_type = 'nested'", ["altered"]),
        (
            "UPDATE script_tracking.seal_leaf SET leaf_hash = sha256('x') WHERE leaf_index = 1",
            ["seal", "altered"],
        ),
        ("DELETE FROM script_tracking.seal_leaf WHERE leaf_index = 1", ["seal", "inserted"]),
        ("DELETE FROM script_tracking.seal_leaf", ["seal", *["inserted"] * 8]),
        ("UPDATE script_tracking.seal_block SET root_hash = sha256('x')", ["chain", "seal"]),
        (
            "UPDATE script_tracking.seal_leaf SET person_salt = NULL WHERE leaf_index = 1",
            ["altered", "erasure"],
        ),
    ],
)
def test_tampering_shows(
    installed_conninfo: str, installed: Database, tampering: str, found: list[str]
) -> None:
    sealed(installed)
    installed.execute("UPDATE script_tracking.seal_state SET sealed_before = now()")
    assert installed.execute(tampering) > 0
    assert kinds(verified(installed_conninfo).findings)[: len(found)] == found


def test_a_row_put_in_behind_the_seals_shows(installed_conninfo: str, installed: Database) -> None:
    sealed(installed)
    past_execution(installed, "forged", datetime.now(UTC) - timedelta(hours=3))
    seal(installed)
    (finding,) = verified(installed_conninfo).findings
    assert finding.kind == "inserted"


def test_rows_that_nobody_seals_show_in_the_end(installed_conninfo: str, installed: Database) -> None:
    past_execution(installed, "waiting", datetime.now(UTC) - timedelta(hours=30))
    (finding,) = verified(installed_conninfo).findings
    assert finding.kind == "unsealed"


def test_a_removed_block_breaks_the_chain(installed_conninfo: str, installed: Database) -> None:
    sealed(installed)
    for name in ("second", "third"):
        installed.execute("SELECT script_tracking.track_operation(%(name)s)", {"name": name})
        seal(installed)
    installed.execute("DELETE FROM script_tracking.seal_block WHERE block_number = 2")
    found = verified(installed_conninfo).findings
    assert kinds(found) == ["chain", "seal"]
    assert "block" in found[0].details


def test_all_seals_written_again_verify_and_only_a_digest_shows_it(
    installed_conninfo: str, installed: Database
) -> None:
    sealed(installed)
    digest = current_digest(installed, None)
    assert verified(installed_conninfo, [digest]).findings == []
    for table in ("seal_leaf", "seal_block", "seal_state"):
        installed.execute(f"DELETE FROM script_tracking.{table}")
    installed.execute(f"UPDATE {S} SET db_session_user = 'scapegoat' WHERE {ONE}")
    seal(installed)
    assert verified(installed_conninfo).findings == []
    assert kinds(verified(installed_conninfo, [digest]).findings) == ["digest"]


def test_a_rollback_to_an_older_state_shows(installed_conninfo: str, installed: Database) -> None:
    sealed(installed)
    digest = current_digest(installed, None)
    ahead = replace(digest, block_number=digest.block_number + 1)
    assert kinds(verified(installed_conninfo, [digest, ahead]).findings) == ["rollback"]


def test_a_fork_after_a_failover_shows(installed_conninfo: str, installed: Database) -> None:
    sealed(installed)
    digest = current_digest(installed, None)
    promoted = replace(digest, timeline=digest.timeline + 1, block_hash=bytes(32))
    assert set(kinds(verified(installed_conninfo, [digest, promoted]).findings)) == {"fork"}


@pytest.mark.every_server
def test_a_restored_dump_continues_in_a_segment_of_its_own(
    server: Server, installed_conninfo: str, installed: Database, empty_conninfo: str, tmp_path: Path
) -> None:
    sealed(installed)
    digest = current_digest(installed, None)
    installed.execute("SELECT script_tracking.track_operation('not sealed yet')")
    file = tmp_path / "dump"
    call(server, "pg_dump", "--format=custom", "--file", file, "--dbname", installed_conninfo)
    call(server, "pg_restore", "--dbname", empty_conninfo, file)
    assert verified(empty_conninfo, [digest]).findings == []
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        restored = Database.wrap(connection)
        restored.execute("SELECT script_tracking.track_operation('after')")
        seal(restored)
        segments = restored.rows(
            "SELECT segment_number FROM script_tracking.seal_block ORDER BY block_number"
        )
        assert segments == [(1,), (2,)]
        seal(installed)
        fork = [digest, current_digest(restored, None), current_digest(installed, None)]
    assert set(kinds(verified(empty_conninfo, fork).findings)) <= {"fork", "digest"}
    assert kinds(verified(empty_conninfo, fork).findings)
    assert verified(empty_conninfo, fork[:2]).findings == []


def test_what_cleanup_removed_and_recorded_is_lawful(installed_conninfo: str, installed: Database) -> None:
    old = datetime.now(UTC) - timedelta(days=100)
    past_execution(installed, "old", old)
    past_execution(installed, "old and late", old, ended=datetime.now(UTC) - timedelta(days=1))
    sealed(installed)
    retention.cleanup(installed, days=90)
    seal(installed)
    result = verified(installed_conninfo)
    assert (result.findings, result.removed) == ([], 3)


def test_what_is_removed_beside_a_cleanup_is_not(installed_conninfo: str, installed: Database) -> None:
    past_execution(installed, "old", datetime.now(UTC) - timedelta(days=100))
    past_execution(installed, "younger", datetime.now(UTC) - timedelta(days=80))
    sealed(installed)
    retention.cleanup(installed, days=90)
    seal(installed)
    installed.execute(f"DELETE FROM {S} WHERE script_name = 'younger'")
    assert kinds(verified(installed_conninfo).findings) == ["missing", "versions"]


def test_a_cleanup_whose_record_is_gone_is_not_lawful(installed_conninfo: str, installed: Database) -> None:
    past_execution(installed, "old", datetime.now(UTC) - timedelta(days=100))
    sealed(installed)
    retention.cleanup(installed, days=90)
    seal(installed)
    installed.execute(f"DELETE FROM {S} WHERE script_name = 'dbtrack cleanup'")
    assert "missing" in kinds(verified(installed_conninfo).findings)


def test_a_row_of_a_time_that_was_sealed_shows_though_the_state_was_set_back(
    installed_conninfo: str, installed: Database
) -> None:
    sealed(installed)
    installed.execute(
        "UPDATE script_tracking.seal_state SET sealed_before = sealed_before - interval '2 days'"
    )
    past_execution(installed, "forged", datetime.now(UTC) - timedelta(days=1))
    assert seal(installed).leaves == 1
    (finding,) = verified(installed_conninfo).findings
    assert (finding.kind, finding.block_number) == ("inserted", 2)
    # Nor does it help to say that it came from elsewhere: the block says how many did.
    installed.execute("UPDATE script_tracking.seal_leaf SET arrived_at = now() WHERE block_number = 2")
    assert kinds(verified(installed_conninfo).findings) == ["seal"]


def test_a_row_behind_the_blocks_shows_before_the_next_seal_though_the_state_was_set_back(
    installed_conninfo: str, installed: Database
) -> None:
    sealed(installed)
    installed.execute(
        "UPDATE script_tracking.seal_state SET sealed_before = sealed_before - interval '2 days'"
    )
    past_execution(installed, "forged", datetime.now(UTC) - timedelta(hours=2))
    assert kinds(verified(installed_conninfo).findings) == ["inserted"]


@pytest.mark.parametrize("moment", ["current_date + interval '1 year'", "'infinity'", "'200000-01-01'"])
def test_a_row_dated_in_the_future_shows_and_damages_no_seal(
    installed_conninfo: str, installed: Database, moment: str
) -> None:
    sealed(installed)
    key = installed.value("SELECT script_tracking.track_operation('forged')")
    for table in (H, S):
        installed.execute(
            f"UPDATE {table} SET load_date = {moment} WHERE script_execution_hk = %(key)s", {"key": key}
        )
    for _ in range(2):
        (finding,) = verified(installed_conninfo).findings
        assert (finding.kind, finding.key) == ("inserted", key)
        assert "dated in the future" in finding.details
        assert seal(installed).leaves == 0
    health = "SELECT current_status, details FROM script_tracking.get_seal_health()"
    assert installed.row(health) == (
        "WARNING",
        "rows that are dated in the future are not sealed; dbtrack verify lists them",
    )


@pytest.mark.parametrize(
    "age", [timedelta(days=-365), timedelta(days=3)], ids=["of the future", "of the past"]
)
def test_a_forged_row_cannot_hide_behind_an_arrival_that_never_came(
    installed_conninfo: str, installed: Database, age: timedelta
) -> None:
    sealed(installed)
    key = installed.value("SELECT script_tracking.track_operation('forged')")
    load_date = datetime.now(UTC) - age
    for table in (H, S):
        installed.execute(
            f"UPDATE {table} SET load_date = %(date)s WHERE script_execution_hk = %(key)s",
            {"key": key, "date": load_date},
        )
    installed.execute(
        "INSERT INTO script_tracking.late_arrival (load_date, record_hk, leaf_kind, arrived_at)"
        " VALUES (%(date)s, %(key)s, 'version', 'infinity')",
        {"key": key, "date": load_date},
    )
    assert kinds(verified(installed_conninfo).findings) == ["inserted"]


def test_a_block_that_does_not_say_how_far_it_goes_shows(
    installed_conninfo: str, installed: Database
) -> None:
    sealed(installed)
    installed.execute("SELECT script_tracking.track_operation('second')")
    seal(installed)
    installed.execute("UPDATE script_tracking.seal_block SET sealed_before = NULL WHERE block_number = 2")
    assert kinds(verified(installed_conninfo).findings) == ["chain", "chain"]


@pytest.mark.parametrize("moment", ["-infinity", "infinity", "0044-03-15 BC", "294276-01-01"])
def test_moments_that_no_client_can_read_are_findings_and_not_a_failure(
    installed_conninfo: str, installed: Database, moment: str
) -> None:
    sealed(installed)
    for change in (
        "seal_state SET sealed_before = %(moment)s",
        "seal_block SET sealed_at = %(moment)s",
        "seal_block SET first_load_date = %(moment)s",
        "seal_leaf SET started_at = %(moment)s",
    ):
        with installed.transaction():
            installed.execute(f"UPDATE script_tracking.{change}", {"moment": moment})
        if "started_at" not in change:
            assert verified(installed_conninfo).findings
    installed.execute(f"UPDATE {S} SET load_date = %(moment)s WHERE {ONE}", {"moment": moment})
    assert {"chain", "versions"} <= set(kinds(verified(installed_conninfo).findings))


def forged_erasure(database: Database, rows: int) -> bytes:
    """Record an erasure that never was, as only a superuser can."""
    key: bytes = database.value(
        "SELECT o_script_execution_hk FROM script_tracking.insert_execution('dbtrack erase', 'MAINTENANCE', 'COMPLETED',"
        " now(), 0, NULL, '{}', NULL, NULL, jsonb_build_object('rows_erased', %(rows)s::int), 'erase')",
        {"rows": rows},
    )
    return key


def salts_gone(database: Database, erasure: bytes, name: str) -> None:
    """Take every value of a version away, as an erasure does."""
    database.execute(
        "UPDATE script_tracking.seal_leaf AS l SET erased_by = %(erasure)s,"
        " person_salt = script_tracking.erase_salts(l.person_salt, ARRAY[convert_to(v.person::text, 'UTF8'),"
        " convert_to(v.hash_diff::text, 'UTF8')], '{true,true}'),"
        " text_salt = script_tracking.erase_salts(l.text_salt, ARRAY[convert_to(v.affected_objects::text, 'UTF8'),"
        " convert_to(v.sql_command::text, 'UTF8'), convert_to(v.error_message::text, 'UTF8'),"
        " convert_to(v.metadata::text, 'UTF8')], '{true,true,true,true}')"
        f" FROM script_tracking.sealable_version AS v JOIN {S} AS s USING (load_date, script_execution_hk)"
        " WHERE l.load_date = v.load_date AND l.record_hk = v.script_execution_hk AND s.script_name = %(name)s",
        {"erasure": erasure, "name": name},
    )


@pytest.mark.parametrize(
    "rewriting",
    [
        "db_session_user = 'scapegoat'",
        "client_ip = '10.9.9.9'",
        "sql_command = 'DROP TABLE x'",
        "affected_objects = '{x}'",
    ],
)
def test_nothing_is_rewritten_under_an_erasure(
    installed_conninfo: str, installed: Database, rewriting: str
) -> None:
    sealed(installed)
    erasure = forged_erasure(installed, 1)
    salts_gone(installed, erasure, "run 0")
    erased = (
        f"UPDATE {S} SET db_session_user = '[erased]', client_ip = NULL, affected_objects = '{{[erased]}}',"
        " sql_command = '[erased]', error_message = '[erased]', metadata = '{}' WHERE script_name = 'run 0'"
    )
    installed.execute(erased)
    assert kinds(verified(installed_conninfo).findings) == ["erasure"], "its record is not sealed"
    seal(installed)
    assert verified(installed_conninfo).findings == []
    installed.execute(f"UPDATE {S} SET {rewriting} WHERE script_name = 'run 0'")
    assert kinds(verified(installed_conninfo).findings) == ["erasure"]
    installed.execute("UPDATE script_tracking.seal_leaf SET erased_by = NULL")
    assert kinds(verified(installed_conninfo).findings) == ["erasure"]


def test_an_erasure_takes_no_more_than_it_recorded_and_nothing_later(
    installed_conninfo: str, installed: Database
) -> None:
    sealed(installed)
    erasure = forged_erasure(installed, 1)
    seal(installed)
    salts_gone(installed, erasure, "run 0")
    salts_gone(installed, erasure, "run 2")
    assert any("recorded 1" in finding.details for finding in verified(installed_conninfo).findings)
    generous = forged_erasure(installed, 10)
    installed.execute("SELECT script_tracking.track_operation('later')")
    seal(installed)
    salts_gone(installed, generous, "later")
    found = [finding.details for finding in verified(installed_conninfo).findings]
    assert any("that ended before" in details for details in found)


def test_a_cleanup_covers_no_more_than_it_removed_and_nothing_later(
    installed_conninfo: str, installed: Database
) -> None:
    for number in range(3):
        past_execution(installed, f"old {number}", datetime.now(UTC) - timedelta(days=100 + number))
    sealed(installed)
    installed.execute(
        "SELECT script_tracking.insert_execution('dbtrack cleanup', 'MAINTENANCE', 'COMPLETED', now(), 0, NULL, '{}', NULL,"
        " NULL, jsonb_build_object('cutoff', now() + interval '10 years', 'executions_removed', 1, 'months_dropped', '[]'::jsonb),"
        " 'cleanup')"
    )
    installed.execute("SELECT script_tracking.track_operation('later')")
    seal(installed)
    remove = f"WITH gone AS (DELETE FROM {S} WHERE script_name = %(name)s RETURNING script_execution_hk)"
    remove += (
        " DELETE FROM script_tracking.script_execution_h WHERE script_execution_hk IN (SELECT * FROM gone)"
    )
    installed.execute(remove, {"name": "old 0"})
    assert verified(installed_conninfo).findings == []
    installed.execute(remove, {"name": "old 1"})
    assert kinds(verified(installed_conninfo).findings) == ["missing"]
    installed.execute(remove, {"name": "later"})
    assert kinds(verified(installed_conninfo).findings) == ["missing", "missing"]


def test_a_cleanup_that_is_not_sealed_covers_nothing_and_one_that_was_killed_is_recorded(
    installed_conninfo: str, installed: Database
) -> None:
    past_execution(installed, "old", datetime.now(UTC) - timedelta(days=100))
    sealed(installed)
    # What dbtrack cleanup does until it is killed.
    while not installed.value(
        "SELECT o_is_finished FROM script_tracking.cleanup_step(now() - interval '90 days', 1000)"
    ):
        pass
    assert kinds(verified(installed_conninfo).findings) == ["missing"]
    retention.maintain(installed)
    seal(installed)
    result = verified(installed_conninfo)
    assert (result.findings, result.removed) == ([], 1)


def test_a_month_that_nobody_dropped_shows(installed_conninfo: str, installed: Database) -> None:
    at = datetime.now(UTC) - timedelta(days=100)
    make_month(installed, at.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    past_execution(installed, "old", at)
    sealed(installed)
    for table in ("script_execution_s", "script_execution_h", "seal_leaf"):
        installed.execute(f"DROP TABLE script_tracking.{table}_{at:%Y_%m}")
    retention.cleanup(installed, days=99)
    seal(installed)
    assert "seal" in kinds(verified(installed_conninfo).findings)


def test_one_version_is_not_removed_in_the_name_of_a_cleanup(
    installed_conninfo: str, installed: Database
) -> None:
    old = datetime.now(UTC) - timedelta(days=100)
    past_execution(installed, "old", old)
    key = past_execution(installed, "long", old, ended=datetime.now(UTC) - timedelta(days=1))
    sealed(installed)
    retention.cleanup(installed, days=101)
    retention.cleanup(installed, days=99)
    seal(installed)
    assert verified(installed_conninfo).findings == []
    past = past_execution(installed, "kept", datetime.now(UTC) - timedelta(days=50), ended=datetime.now(UTC))
    seal(installed)
    assert key != past
    installed.execute(f"DELETE FROM {S} WHERE script_name = 'kept' AND load_end_date IS NULL")
    installed.execute(f"UPDATE {S} SET load_end_date = NULL WHERE script_name = 'kept'")
    started = "UPDATE script_tracking.seal_leaf SET started_at = now() - interval '1 year' WHERE record_hk = %(key)s"
    installed.execute(started, {"key": past})
    assert "missing" in kinds(verified(installed_conninfo).findings)
