"""With a state file each run exports exactly what is new, whatever others do to the database meanwhile."""

from __future__ import annotations

import fcntl
import io
import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.db import Database
from dbtrack.export.columns import Subject
from dbtrack.export.output import Progress
from dbtrack.export.reading import Reading
from dbtrack.export.request import ExportFormat, ExportRequest
from dbtrack.export.run import ExportReport, FileDestination, export
from dbtrack.retention import maintain
from tests.support.command_line import clean_environment, rows, run_dbtrack
from tests.support.dumps import database_name
from tests.support.exporting import exported, fill, new_ids, record, recorded_ids, state_of, wrote
from tests.support.history import past_execution
from tests.support.servers import Sandbox, Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.standby import start_standby
from tests.support.waiting import wait_until

# On the oldest server CI runs those alone that are marked for every server.
pytestmark = pytest.mark.newest

_SHAPES = ("plain", "ddl", "id first", "savepoint", "rollback", "prepared")
_WRITERS = 6
_TRANSACTIONS = 25


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the state is kept."""
    return tmp_path / "shop.state"


def failed(conninfo: str, *words: str) -> tuple[int, str]:
    """Return exit code and message of an export that must print nothing else."""
    result = run_dbtrack("export", "executions", "--format", "jsonl", *words, "-d", conninfo)
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.returncode, result.stderr


def test_each_version_comes_once(installed_conninfo: str, state: Path) -> None:
    record(installed_conninfo, "one")
    first = exported(installed_conninfo, "--state", str(state))
    assert [row["execution_status"] for row in first if row["script_name"] == "one"] == [
        "RUNNING",
        "COMPLETED",
    ]
    assert new_ids(installed_conninfo, state) == []
    record(installed_conninfo, "two")
    second = exported(installed_conninfo, "--state", str(state))
    assert [row["script_name"] for row in second] == ["two", "two"]
    assert Counter(row["id"] for row in first + second) == Counter(recorded_ids(installed_conninfo))


def test_since_bounds_only_the_first(installed_conninfo: str, state: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=10)
    words = ("--state", str(state), "--since", "1d")
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        past_execution(Database.wrap(connection), "early", long_ago)
        assert "early" not in {row["script_name"] for row in exported(installed_conninfo, *words)}
        past_execution(Database.wrap(connection), "recorded late", long_ago)
        assert [row["script_name"] for row in exported(installed_conninfo, *words)] == ["recorded late"]


class Writer(threading.Thread):
    """Records in transactions of every shape, until it has made so many."""

    def __init__(self, conninfo: str, number: int) -> None:
        super().__init__()
        self._conninfo = conninfo
        self._number = number
        self.error: psycopg.Error | None = None

    def run(self) -> None:
        try:
            with psycopg.connect(self._conninfo, autocommit=True) as connection:
                for count in range(_TRANSACTIONS):
                    self._write(
                        connection, f"w{self._number}_{count}", _SHAPES[(self._number + count) % len(_SHAPES)]
                    )
        except psycopg.Error as error:
            self.error = error

    def _write(self, connection: psycopg.Connection[tuple[object, ...]], name: str, shape: str) -> None:
        track = f"SELECT script_tracking.track_operation('{name}')".encode()
        ddl = f"CREATE TABLE {name} (id int)".encode()
        if shape == "plain":
            connection.execute(track)
            return
        connection.execute("BEGIN")
        if shape == "id first":
            connection.execute("SELECT pg_current_xact_id()")
            connection.execute("SELECT pg_sleep(0.02)")
        connection.execute(ddl if shape != "prepared" else track)
        if shape == "savepoint":
            connection.execute("SAVEPOINT s")
            connection.execute(f"CREATE TABLE {name}_undone (id int)".encode())
            connection.execute("ROLLBACK TO s")
            connection.execute(track)
        if shape == "prepared":
            connection.execute(f"PREPARE TRANSACTION '{name}'".encode())
            connection.execute("SELECT pg_sleep(0.02)")
            connection.execute(f"COMMIT PREPARED '{name}'".encode())
        else:
            connection.execute("ROLLBACK" if shape == "rollback" else "COMMIT")


@pytest.mark.every_server
def test_nothing_is_lost_or_doubled_beside_concurrent_writers(installed_conninfo: str, state: Path) -> None:
    with (
        psycopg.connect(installed_conninfo) as long,
        psycopg.connect(installed_conninfo, autocommit=True) as own,
    ):
        # Open during all runs but the last: it holds nothing up, and comes when it commits.
        long.execute("CREATE TABLE long_open (id int)")
        own.execute("BEGIN")
        own.execute("SELECT script_tracking.track_operation('prepared for long')")
        own.execute("PREPARE TRANSACTION 'for_long'")
        found: list[str] = []
        writers = [Writer(installed_conninfo, number) for number in range(_WRITERS)]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            found += new_ids(installed_conninfo, state)
        assert [writer.error for writer in writers] == [None] * _WRITERS
        found += new_ids(installed_conninfo, state)
        assert Counter(found) == Counter(recorded_ids(installed_conninfo))
        assert new_ids(installed_conninfo, state) == []
        long.commit()
        own.execute("COMMIT PREPARED 'for_long'")
        late = exported(installed_conninfo, "--state", str(state))
        assert {row["script_name"] for row in late} == {"CREATE TABLE", "prepared for long"}
        found += [row["id"] for row in late]
        assert Counter(found) == Counter(recorded_ids(installed_conninfo))


def test_commits_out_of_order_come_in_the_order_of_versions(installed_conninfo: str, state: Path) -> None:
    new_ids(installed_conninfo, state)
    with psycopg.connect(installed_conninfo) as first, psycopg.connect(installed_conninfo) as second:
        first.execute("SELECT script_tracking.track_operation('first')")
        second.execute("SELECT script_tracking.track_operation('second')")
        second.commit()
        assert [row["script_name"] for row in exported(installed_conninfo, "--state", str(state))] == [
            "second"
        ]
        first.commit()
    record(installed_conninfo, "third")
    found = exported(installed_conninfo, "--state", str(state))
    assert [row["script_name"] for row in found] == ["first", "third", "third"]
    assert [row["version_number"] for row in found] == sorted(row["version_number"] for row in found)


def test_keeping_the_record_exports_nothing_again(installed_conninfo: str, state: Path) -> None:
    record(installed_conninfo, "one", "two")
    before = new_ids(installed_conninfo, state)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        maintain(Database.wrap(connection))
        connection.execute("UPDATE script_tracking.script_execution_s SET sql_command = 'erased'")
    found = exported(installed_conninfo, "--state", str(state))
    assert not {row["id"] for row in found} & set(before)


def test_a_tail_of_objects_is_incremental_too(installed_conninfo: str, state: Path) -> None:
    words = ("export", "objects", "--format", "jsonl", "--state", str(state), "-d", installed_conninfo)
    rows(run_dbtrack(*words))
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int PRIMARY KEY)")
    found = rows(run_dbtrack(*words))
    assert ("public.orders", "table") in {(row["object_identity"], row["object_type"]) for row in found}
    assert rows(run_dbtrack(*words)) == []


def test_nothing_new_makes_no_file(installed_conninfo: str, state: Path, tmp_path: Path) -> None:
    record(installed_conninfo, "one")
    names = ("a.csv", "a.parquet", "d/")
    for name in names:
        place = str(tmp_path / name) + ("/" if name.endswith("/") else "")
        chosen = ("--format", "parquet") if name == "d/" else ()
        words = ("executions", *chosen, "--state", f"{state}.{name.strip('/')}", "-o")
        wrote(installed_conninfo, *words, place)
        again = place if name == "d/" else f"{place}.again{Path(name).suffix}"
        wrote(installed_conninfo, *words, again)
        assert not Path(again).is_file()
    assert len(list((tmp_path / "d").rglob("*.parquet"))) == 1


def test_an_earlier_file_is_not_replaced(installed_conninfo: str, state: Path, tmp_path: Path) -> None:
    record(installed_conninfo, "one")
    place = ("--state", str(state), "-o", str(tmp_path / "new.jsonl"))
    wrote(installed_conninfo, "executions", *place)
    before = (tmp_path / "new.jsonl").read_bytes(), state.read_bytes()
    record(installed_conninfo, "two")
    code, said = failed(installed_conninfo, *place)
    assert (code, "exists" in said) == (1, True)
    assert ((tmp_path / "new.jsonl").read_bytes(), state.read_bytes()) == before
    assert len(new_ids(installed_conninfo, state)) == 2


class _Dies(FileDestination):
    """Has everything, and dies before the state is replaced."""

    def deliver(self, reading: Reading, progress: Progress) -> ExportReport:
        super().deliver(reading, progress)
        raise KeyboardInterrupt


def ids_in(directory: Path) -> list[str]:
    read = "read_parquet" if list(directory.rglob("*.parquet")) else "read_json"
    found = duckdb.connect().execute(f"SELECT id FROM {read}('{directory}/**/exec*')").fetchall()
    return [row[0] for row in found]


@pytest.mark.parametrize("chosen", [ExportFormat.JSONL, ExportFormat.PARQUET])
def test_a_run_that_died_is_replaced_in_its_directory(
    installed_conninfo: str, state: Path, tmp_path: Path, chosen: ExportFormat
) -> None:
    lake = tmp_path / "lake"
    request = ExportRequest(Subject.EXECUTIONS, state=state)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        for name in ("one", "two", "three"):
            record(installed_conninfo, name)
            dies = _Dies(chosen, f"{lake}/", io.BytesIO())
            with pytest.raises(KeyboardInterrupt):
                export(database, request, dies, lambda _: lambda _: None, pytest.fail)
            record(installed_conninfo, f"{name} again")
            words = ("executions", "--format", chosen, "--state", str(state), "-o", f"{lake}/")
            wrote(installed_conninfo, *words)
            assert Counter(ids_in(lake)) == Counter(recorded_ids(installed_conninfo))
    assert not list(lake.glob(".*"))


@pytest.mark.parametrize("chosen", [ExportFormat.JSONL, ExportFormat.PARQUET])
def test_what_a_killed_run_left_is_removed(
    installed_conninfo: str, state: Path, tmp_path: Path, chosen: ExportFormat
) -> None:
    lake = tmp_path / "lake"
    fill(installed_conninfo, 1, 20_000)
    words = ("export", "executions", "--format", chosen, "--state", str(state), "-o", f"{lake}/")
    process = subprocess.Popen(
        [sys.executable, "-m", "dbtrack", *words, "-d", installed_conninfo], env=clean_environment()
    )
    wait_until(lambda: lake.is_dir() and any(lake.iterdir()), "it has begun to write")
    process.kill()
    process.wait()
    wrote(installed_conninfo, *words[1:])
    assert Counter(ids_in(lake)) == Counter(recorded_ids(installed_conninfo))
    assert not list(lake.glob(".*"))


def test_a_run_that_failed_leaves_the_state_as_it_was(
    installed_conninfo: str, state: Path, tmp_path: Path
) -> None:
    new_ids(installed_conninfo, state)
    record(installed_conninfo, "one")
    before = state.read_bytes()
    (tmp_path / "file").write_text("")
    code, said = failed(installed_conninfo, "--state", str(state), "-o", str(tmp_path / "file" / "x.csv"))
    assert (code, said.startswith("dbtrack: cannot write")) == (1, True)
    assert state.read_bytes() == before
    assert len(new_ids(installed_conninfo, state)) == 2


def test_a_state_that_cannot_be_written_is_one_line(installed_conninfo: str, tmp_path: Path) -> None:
    code, said = failed(installed_conninfo, "--state", str(tmp_path / "missing" / "state"))
    assert (code, said.startswith("dbtrack: cannot write")) == (1, True)


def test_two_do_not_use_one_state_at_once(installed_conninfo: str, state: Path) -> None:
    record(installed_conninfo, "one")
    with Path(f"{state}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = failed(installed_conninfo, "--state", str(state))
        assert (code, "another export uses" in said) == (11, True)
    assert len(new_ids(installed_conninfo, state)) == 2


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 2}', '{"format": 1, "place": null}'])
def test_what_is_no_state_file_is_refused(installed_conninfo: str, state: Path, content: str) -> None:
    state.write_text(content)
    assert failed(installed_conninfo, "--state", str(state))[0] == 2
    assert state.read_text() == content


def test_a_state_belongs_to_one_selection(installed_conninfo: str, state: Path) -> None:
    new_ids(installed_conninfo, state)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.add_tenant('acme')")
    code, said = failed(installed_conninfo, "--state", str(state), "--tenant", "acme")
    assert (code, "belongs to an export of executions of all tenants" in said) == (2, True)
    result = run_dbtrack("export", "objects", "--state", str(state), "-d", installed_conninfo)
    assert (result.returncode, result.stdout) == (2, "")


def test_a_state_belongs_to_one_login(installed_conninfo: str, state: Path, role: RoleFactory) -> None:
    new_ids(installed_conninfo, state)
    other = role("reader", member_of=("dbtrack_reader",))
    code, said = failed(make_conninfo(installed_conninfo, user=other), "--state", str(state))
    assert (code, f"{other} may see other executions" in said) == (1, True)


def test_another_database_is_refused_until_it_is_said_to_be_the_same_record(
    installed_conninfo: str, sandbox: Sandbox, state: Path
) -> None:
    record(installed_conninfo, "one")
    before = new_ids(installed_conninfo, state)
    # A copy has another OID, as a dump that was restored elsewhere has another system identifier.
    copy = sandbox.database(database_name(installed_conninfo))
    record(copy, "in the copy")
    kept = state.read_bytes()
    code, said = failed(copy, "--state", str(state))
    assert (code, "belongs to another database" in said, "--after-restore" in said) == (1, True, True)
    assert state.read_bytes() == kept
    result = run_dbtrack(
        "export", "executions", "--format", "jsonl", "--state", str(state), "--after-restore", "-d", copy
    )
    assert (result.returncode, "is exported again, with the same ids" in result.stderr) == (0, True)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert {row["id"] for row in found} >= set(before)
    assert [row["script_name"] for row in found if row["script_name"] == "in the copy"] == ["in the copy"] * 2
    record(copy, "later")
    assert [row["script_name"] for row in exported(copy, "--state", str(state))] == ["later"] * 2


def test_a_database_that_is_older_than_the_last_export_is_refused(
    installed_conninfo: str, state: Path
) -> None:
    new_ids(installed_conninfo, state)
    found = state_of(state)
    found["snapshot"] = "4000000000:4000000000:"
    state.write_text(json.dumps(found))
    code, said = failed(installed_conninfo, "--state", str(state))
    assert (code, "older than the last export" in said) == (1, True)
    record(installed_conninfo, "one")
    result = run_dbtrack(
        "export",
        "executions",
        "--format",
        "jsonl",
        "--state",
        str(state),
        "--after-restore",
        "-d",
        installed_conninfo,
    )
    assert (result.returncode, result.stdout.count("\n") >= 2) == (0, True)
    assert new_ids(installed_conninfo, state) == []


def test_a_standby_exports_what_is_complete_there_and_goes_on_after_a_promotion(
    server: Server, installed_conninfo: str, state: Path
) -> None:
    record(installed_conninfo, "one")
    standby = start_standby(server)
    try:
        there = standby.conninfo(database_name(installed_conninfo))
        found = new_ids(there, state)
        with psycopg.connect(installed_conninfo) as long, psycopg.connect(there, autocommit=True) as watching:
            long.execute("CREATE TABLE long_open (id int)")
            record(installed_conninfo, "two")
            seen = b"SELECT count(*) FROM script_tracking.current_execution WHERE script_name = 'two'"
            wait_until(lambda: watching.execute(seen).fetchone() == (1,), "the standby has it")
            # A snapshot there does not say that the long transaction is open: what came after it has to wait.
            found += new_ids(there, state)
            long.commit()
            made = b"SELECT count(*) FROM pg_tables WHERE tablename = 'long_open'"
            wait_until(lambda: watching.execute(made).fetchone() == (1,), "the standby has that too")
            found += new_ids(there, state)
            assert Counter(found) == Counter(recorded_ids(there))
            watching.execute("SELECT pg_promote()")
        record(there, "three")
        result = run_dbtrack("export", "executions", "--format", "jsonl", "--state", str(state), "-d", there)
        assert (result.returncode, "was promoted or restored since" in result.stderr) == (0, True)
        after = [json.loads(line) for line in result.stdout.splitlines()]
        assert [row["script_name"] for row in after if row["id"] not in found] == ["three"] * 2
        assert new_ids(there, state) == []
    finally:
        standby.stop()
