"""On a streaming standby every report runs and nothing is written; once promoted, it records."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from dbtrack import retention, schema
from dbtrack.db import Database
from dbtrack.reports import REPORTS
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.dumps import content, database_name
from tests.support.receiver import Receiver
from tests.support.servers import Server
from tests.support.standby import start_standby
from tests.support.webhooked import Webhooked

# What only reads, beside the reports themselves.
_READING = (
    ["log", "public.orders"],
    ["schema"],
    ["diff", "--since", "1h"],
    ["blame", "public.orders"],
    ["report", "--format", "json"],
    ["health", "--format", "nagios"],
)
WRITING = {
    "install": ["install"],
    "upgrade of the tenants": ["tenant", "add", "acme"],
    "a setting": ["settings", "retention.days", "90"],
    "cleanup": ["cleanup", "--days", "5"],
    "track": ["track", "load"],
    "complete": ["complete", "00" * 32],
    "uninstall": ["uninstall", "--yes"],
}


@pytest.fixture
def primary(installed_conninfo: str) -> str:
    """A tracked database on the primary, with a failure, a running operation, and DDL."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        # The database is a copy of a template, and in a copy this begins to count.
        connection.execute("SELECT script_tracking.advance_counters()")
        connection.execute("CREATE TABLE orders (id serial PRIMARY KEY)")
        connection.execute("SELECT script_tracking.track_operation('open')")
        connection.execute(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation('load'), false, 'broke')"
        )
        connection.execute("SELECT script_tracking.seal_step()")
    return installed_conninfo


@pytest.fixture
def standby(server: Server, primary: str) -> Iterator[Server]:
    """A standby of the server, after all that was done to the database."""
    standby = start_standby(server)
    yield standby
    standby.stop()


@pytest.fixture
def environment(standby: Server, primary: str) -> Mapping[str, str]:
    """What leads dbtrack to the tracked database on the standby."""
    return {"DBTRACK_DSN": standby.conninfo(database_name(primary))}


@pytest.fixture
def both(server: Server, standby: Server, primary: str) -> Mapping[str, str]:
    """What leads dbtrack to both servers, the standby first, and reports to the standby."""
    servers = f"host={standby.directory},{server.directory} port={standby.port},{server.port}"
    dsn = f"{servers} user=postgres dbname={database_name(primary)}"
    return {"DBTRACK_DSN": dsn, "DBTRACK_READ_FROM": "standby"}


def _sessions(server: Server, primary: str, above: int = -1) -> int:
    """How many sessions the database has had on this server, once it is more than `above`."""
    counted = f"SELECT sessions FROM pg_stat_database WHERE datname = '{database_name(primary)}'"
    deadline = time.monotonic() + 30
    while (sessions := int(server.psql(counted))) <= above and time.monotonic() < deadline:
        time.sleep(0.05)
    return sessions


def _track(server: Server, primary: str, environment: Mapping[str, str]) -> int:
    """How many sessions there are after an operation was recorded, which the primary alone can do."""
    before = _sessions(server, primary)
    assert run_dbtrack("track", "written", environment=environment).returncode == 0
    return _sessions(server, primary, before)


def test_every_report_runs(server: Server, both: Mapping[str, str], primary: str) -> None:
    before = _track(server, primary, both)
    a_track = _track(server, primary, both) - before
    for words in _READING:
        result = run_dbtrack(*words, environment=both)
        assert (bool(result.stdout), result.stderr) == (True, ""), words
    for name in (name for name, report in REPORTS.items() if report.part_of is None):
        result = run_dbtrack(name, "--format", "jsonl", environment=both)
        assert (result.returncode, result.stderr) == (0, ""), name
        # Nothing can be noted on a standby. On the primary nobody read another's records, and nobody administered.
        # trends, anomalies: nothing ended in a whole step yet. advise: nothing failed three times.
        empty = ("access", "administration", "trends", "anomalies", "advise")
        assert bool(result.stdout) == (name not in empty), name
    history = run_dbtrack("history", "--format", "jsonl", environment=both)
    assert {row["script_name"] for row in rows(history)} - {"written"} == {"CREATE TABLE", "open", "load"}
    # Nobody of all these went to the primary.
    assert _track(server, primary, both) == before + 2 * a_track


def test_metrics_count_there_too(environment: Mapping[str, str]) -> None:
    text = done(run_dbtrack("metrics", environment=environment))
    assert 'dbtrack_executions_total{status="FAILED",tenant="",type="MANUAL"} 1.0' in text
    assert 'dbtrack_executions_total{status="COMPLETED",tenant="",type="DDL_AUTO"} 1.0' in text
    assert 'dbtrack_running_operations{type="MANUAL"} 1.0' in text


def test_the_doctor_finds_nothing_and_one_execution_can_be_looked_at(environment: Mapping[str, str]) -> None:
    assert run_dbtrack("doctor", environment=environment).returncode == 0
    (failed,) = rows(run_dbtrack("errors", "--format", "jsonl", environment=environment))
    assert "broke" in done(run_dbtrack("show", failed["execution_key"], environment=environment))
    assert run_dbtrack("cleanup", "--days", "5", "--dry-run", environment=environment).returncode == 0


def test_what_would_write_is_refused_in_one_line_and_writes_nothing(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    before = content(environment["DBTRACK_DSN"])
    for name, words in WRITING.items():
        result = run_dbtrack(*words, environment=environment)
        (complaint,) = result.stderr.splitlines()
        assert result.returncode in {1, 2}, name
        assert "standby" in complaint, name
        assert "primary" in complaint, name
        assert result.stdout == "", name
    assert content(environment["DBTRACK_DSN"]) == before


@pytest.mark.newest
def test_cron_may_run_on_every_server_of_a_cluster(environment: Mapping[str, str]) -> None:
    before = content(environment["DBTRACK_DSN"])
    for words in (["maintain"], ["notify", "--once"]):
        # Cron would send a mail of each word.
        assert done(run_dbtrack(*words, environment=environment)) == ""
    told = run_dbtrack("maintain", "-v", environment=environment)
    assert (told.returncode, told.stderr) == (0, "dbtrack: standby: nothing to do\n")
    assert content(environment["DBTRACK_DSN"]) == before


@pytest.mark.newest
def test_of_several_servers_the_one_that_leads_is_written_to_and_a_standby_read(
    server: Server, standby: Server, primary: str
) -> None:
    servers = f"host={standby.directory},{server.directory} port={standby.port},{server.port}"
    both = {"DBTRACK_DSN": f"{servers} user=postgres dbname={database_name(primary)}"}
    # Nothing that is written from now on arrives there.
    standby.psql("SELECT pg_wal_replay_pause()")
    standby.psql(
        "DO $$ BEGIN WHILE pg_get_wal_replay_pause_state() <> 'paused' LOOP PERFORM pg_sleep(0.02); END LOOP; END $$"
    )
    assert run_dbtrack("track", "written", environment=both).returncode == 0
    reading = {**both, "DBTRACK_READ_FROM": "standby"}
    assert "written" in done(run_dbtrack("history", environment=both))
    assert "written" not in done(run_dbtrack("history", environment=reading))
    # Only reports go there; and the wish of the connection string comes first.
    assert run_dbtrack("track", "written too", environment=reading).returncode == 0
    anywhere = {"DBTRACK_DSN": f"{both['DBTRACK_DSN']} target_session_attrs=any"}
    assert "standby" in run_dbtrack("track", "refused", environment=anywhere).stderr
    # Where no server leads, reports are still answered.
    dead = {
        "DBTRACK_DSN": both["DBTRACK_DSN"].replace(
            f"port={standby.port},{server.port}", f"port={standby.port},1"
        )
    }
    assert "load" in done(run_dbtrack("history", environment=dead))
    refused = run_dbtrack("history", environment={**both, "DBTRACK_READ_FROM": "replica"})
    assert (refused.returncode, refused.stderr) == (
        2,
        "dbtrack: DBTRACK_READ_FROM must be primary or standby\n",
    )


@pytest.mark.newest
def test_a_worker_waits_until_its_server_leads(server: Server, primary: str, tmp_path: Path) -> None:
    with Receiver() as receiver, psycopg.connect(primary, autocommit=True) as connection:
        Webhooked(primary, connection, tmp_path).add("ops", receiver.url())
        standby = start_standby(server)
        there = standby.conninfo(database_name(primary))
        worker = Webhooked(there, connection, tmp_path).start()
        assert worker.stderr
        try:
            assert worker.stderr.readline() == "dbtrack: this server is a standby: waiting until it leads\n"
            standby.psql("SELECT pg_promote()")
            with psycopg.connect(there, autocommit=True) as promoted:
                Webhooked(there, promoted, tmp_path).record("deploy")
            assert [request.document["subject"] for request in receiver.wait_for(1)] == ["deploy"]
            worker.terminate()
            assert worker.stderr.read() == "dbtrack: this server leads now: delivering\n"
            assert worker.wait(40) == 0
        finally:
            worker.kill()
            worker.wait()
            worker.stderr.close()
            standby.stop()


@pytest.mark.newest
def test_a_wrapped_command_runs_and_its_record_waits(environment: Mapping[str, str], tmp_path: Path) -> None:
    witness, spool = tmp_path / "ran", {"DBTRACK_SPOOL": str(tmp_path / "spool")}
    words = ("load", "--", "touch", str(witness))
    required = run_dbtrack("track", "--require", *words, environment=environment)
    assert required.returncode == 125
    assert "the command was not run" in required.stderr
    assert not witness.exists()
    result = run_dbtrack("track", *words, environment={**environment, **spool})
    assert result.returncode == 0
    assert "standby" in result.stderr
    assert witness.exists()
    # A report on the standby leaves the record alone, without a word.
    history = run_dbtrack("history", environment={**environment, **spool})
    assert (history.returncode, history.stderr) == (0, "")
    assert len(list((tmp_path / "spool").glob("*.jsonl"))) == 1


@pytest.mark.every_server
def test_a_promoted_standby_records(standby: Server, primary: str) -> None:
    before = content(primary)
    assert standby.psql("SELECT pg_promote()") == "t"
    with psycopg.connect(standby.conninfo(database_name(primary)), autocommit=True) as connection:
        connection.execute("CREATE TABLE after_promotion ()")
        database = Database.wrap(connection)
        assert schema.diagnose(database) == []
        assert retention.maintain(database).tasks
        last = (
            "SELECT affected_objects FROM script_tracking.current_execution ORDER BY load_date DESC LIMIT 1"
        )
        assert database.value(last) == ["public.after_promotion"]
    environment = {"DBTRACK_DSN": standby.conninfo(database_name(primary))}
    told = run_dbtrack("status", "--columns", "area,details", "--format", "csv", environment=environment)
    assert "failover,timeline 2 replaced 1 after " in told.stdout
    assert content(primary) == before


def test_the_record_is_complete_as_far_as_it_is_sealed(
    primary: str, standby: Server, environment: Mapping[str, str]
) -> None:
    with psycopg.connect(environment["DBTRACK_DSN"], autocommit=True) as connection:
        row = connection.execute(
            "SELECT script_tracking.complete_before(), (SELECT sealed_before FROM script_tracking.seal_state)"
        ).fetchone()
    assert row
    assert row[0] is not None
    assert row[0] == row[1]
