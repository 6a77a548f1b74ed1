"""Capture is really switched off, in each way, and something is changed meanwhile: evidence says when, and what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.command_line import run_dbtrack
from tests.support.witness import Connection

_UNRECORDED = """
SELECT affected_objects[1] FROM script_tracking.current_execution
WHERE script_type = 'UNATTRIBUTED' AND affected_objects[1] !~ '^et_' ORDER BY 1
"""

_RECONCILE = "SELECT script_tracking.reconcile_catalog()"
_OFF_BY_SETTING = (
    "SELECT script_tracking.set_setting('capture.enabled', 'off')",
    "CREATE TABLE off_by_setting (id int)",
    "SELECT script_tracking.set_setting('capture.enabled', 'on')",
    _RECONCILE,
)
_OFF_BY_TRIGGER = (
    "ALTER EVENT TRIGGER et_ddl_command_end DISABLE",
    "CREATE TABLE off_by_trigger (id int)",
    _RECONCILE,
    "ALTER EVENT TRIGGER et_ddl_command_end ENABLE ALWAYS",
    _RECONCILE,
    "CREATE TABLE seen_again (id int)",
)
_AS_REPLICA = (
    "SET session_replication_role = replica",
    "CREATE TABLE as_replica (id int)",
    "RESET session_replication_role",
)


def drawn(conninfo: str, since: str, until: str) -> dict[str, Any]:
    done = run_dbtrack(
        "evidence",
        "-d",
        conninfo,
        "--framework",
        "hipaa",
        "--since",
        since,
        "--until",
        until,
        "--format",
        "json",
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def clock(connection: Connection) -> str:
    row = connection.execute(
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.USZ')"
    ).fetchone()
    assert row
    return str(row[0])


def run_all(connection: Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement.encode())


def prove(conninfo: str, directory: Path) -> None:
    """Seal the record, take its digest out, and verify it."""
    taken = ("digest", "-d", conninfo, "--unsigned", "--directory", str(directory))
    for words in (
        ("maintain", "-d", conninfo),
        taken,
        ("verify", "-d", conninfo, "--digests", str(directory)),
    ):
        assert run_dbtrack(*words).returncode == 0


def of_kind(data: dict[str, Any], kind: str) -> list[str]:
    return sorted(each["subject"] for each in data["exceptions"] if each["kind"] == kind)


@pytest.mark.every_server
def test_each_way_to_switch_capture_off(installed_conninfo: str, tmp_path: Path) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        run = connection.execute
        run(_RECONCILE)
        since = clock(connection)
        run("CREATE TABLE seen (id int)")

        run_all(connection, _OFF_BY_SETTING)
        between = clock(connection)

        run_all(connection, _OFF_BY_TRIGGER)
        # This does not switch capture off, since the triggers fire always: evidence must not say that it was off.
        run_all(connection, _AS_REPLICA)
        until = clock(connection)
        run(_RECONCILE)
        prove(installed_conninfo, tmp_path)

        data = drawn(installed_conninfo, since, until)
        assert of_kind(data, "capture_off") == ["capture.enabled", "et_ddl_command_end"]
        by_setting, by_trigger = data["gaps"]
        assert since < by_setting["since"] < by_setting["until"] < between <= by_trigger["until"] < until
        assert (by_setting["is_exact"], by_trigger["is_exact"]) == (True, False)
        unseen = [row[0] for row in run(_UNRECORDED)]
        assert unseen == ["public.off_by_setting", "public.off_by_trigger"]
        assert [each.split()[-1] for each in of_kind(data, "unrecorded_change")] == unseen
        subjects = {each["subject"] for each in data["population"]}
        assert {
            "CREATE TABLE public.seen",
            "CREATE TABLE public.seen_again",
            "CREATE TABLE public.as_replica",
        } <= subjects
        answers = {each["measure"]: each for each in data["completeness"]}
        assert answers["capture_on"]["status"] == "part"
        for name in ("reconcile_before", "reconcile_after", "verification", "digests", "seals", "removed"):
            assert answers[name]["status"] == "ok", answers[name]
        assert answers["numbers"]["detail"]


def test_what_is_off_now_and_what_does_not_verify(installed_conninfo: str, tmp_path: Path) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        run = connection.execute
        since = clock(connection)
        run("CREATE TABLE seen (id int)")
        prove(installed_conninfo, tmp_path)

        # What is off now and in no record is said, too.
        run("ALTER EVENT TRIGGER et_sql_drop DISABLE")
        later = drawn(installed_conninfo, since, clock(connection))
        assert later["gaps"][-1]["until"] is None
        assert "et_sql_drop" in of_kind(later, "capture_off")[-1]
        assert "disabled now" in later["gaps"][-1]["detail"]
        run("ALTER EVENT TRIGGER et_sql_drop ENABLE ALWAYS")

        # A seal that does not match is a failed verification.
        run("UPDATE script_tracking.seal_block SET leaf_count = leaf_count + 1 WHERE block_number = 1")
        assert run_dbtrack("verify", "-d", installed_conninfo).returncode == 3
        failed = drawn(installed_conninfo, since, clock(connection))
        assert len(of_kind(failed, "verification_failed")) == 1
        verified = next(each for each in failed["completeness"] if each["measure"] == "verification")
        assert verified["status"] == "missing"
