"""`dbtrack ingest`: each entry once, whatever happens to the log, to dbtrack, or beside it."""

from __future__ import annotations

import gzip
import lzma
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import LockedError
from dbtrack.ingest import Ingest, IngestOptions, log_source
from dbtrack.ingest import store as recording_module
from dbtrack.ingest.store import RecordCounts
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.ingested import EXPECTED, Logged, ingest, recorded, summary
from tests.support.logging_server import PREFIX, logs, rotate, run_all, wait_for
from tests.support.servers import Server

pytestmark = pytest.mark.any_server

# Many times what is recorded at once.
_LONG = 8000


def test_the_same_log_under_any_name_adds_nothing(
    logged: Logged, installed: Database, tmp_path: Path
) -> None:
    log = logged.copy("json")
    assert ingest(installed, log).report.executions == 12
    renamed = shutil.copy2(log, tmp_path / "other.name")
    packed = tmp_path / "log.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    for again in (log, renamed, packed):
        report = ingest(installed, again).report
        assert (report.executions, report.bytes_read) == (0, 0)
    assert summary(installed) == EXPECTED


def test_what_is_read_again_after_a_lost_connection_is_counted_once(
    logged: Logged,
    installed: Database,
    installed_conninfo: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = logged.copy("json").read_bytes().splitlines(keepends=True)
    path = tmp_path / "server.json"
    path.touch()
    place = log_source(str(path), follow=True)
    with (
        psycopg.connect(installed_conninfo, autocommit=True) as lost,
        psycopg.connect(installed_conninfo, autocommit=True) as found,
    ):
        work = Ingest(Database.wrap(lost), IngestOptions(follow=True, all_databases=True))
        for part in (lines[:-5], [b'{"timestamp": CREATE TABLE \xff\n'], lines[-5:-4]):
            with path.open("ab") as file:
                file.write(b"".join(part))
            work.read([place])
        installed.execute(f"SELECT pg_terminate_backend({lost.info.backend_pid})")
        with path.open("ab") as file:
            file.write(b"".join(lines[-4:]))

        def end(seconds: float) -> None:
            if seconds >= 1:
                raise KeyboardInterrupt

        monkeypatch.setattr(time, "sleep", end)
        with pytest.raises(KeyboardInterrupt):
            work.run([place], reconnect=lambda _lost: Database.wrap(found))
    report = work.report
    assert (report.executions, report.damaged, report.logs) == (12, 1, 1)
    assert report.bytes_read == path.stat().st_size


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_a_log_that_grows_bit_by_bit_is_recorded_once(
    logged: Logged, installed: Database, tmp_path: Path, suffix: str
) -> None:
    whole = logged.copy(suffix).read_bytes()
    growing = tmp_path / f"growing.{suffix}"
    for end in (len(whole) // 3, len(whole) // 3 + 1, len(whole) * 2 // 3, len(whole)):
        # The server writes an entry of several lines at once.
        cut = whole.rfind(b"\n", 0, whole.rfind(b"LOG:  ", 0, end)) + 1 if suffix == "log" else end
        growing.write_bytes(whole if end == len(whole) else whole[:cut])
        ingest(installed, growing)
    assert [status for _, status, _ in summary(installed)] == [status for _, status, _ in EXPECTED]


def test_a_start_and_its_failure_in_different_runs_are_one_execution(
    logged: Logged, installed: Database, tmp_path: Path
) -> None:
    lines = logged.copy("json").read_bytes().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if b"statement: TRUNCATE nowhere" in line)
    growing = tmp_path / "growing.json"
    growing.write_bytes(b"".join(lines[: place + 1]))
    ingest(installed, growing)
    assert summary(installed)[-1] == ("TRUNCATE TABLE", "COMPLETED", None)
    key = recorded(installed)[-1]["script_execution_hk"]
    growing.write_bytes(b"".join(lines))
    ingest(installed, growing)
    assert sorted(map(str, summary(installed))) == sorted(map(str, EXPECTED))
    [failed] = [row for row in recorded(installed) if row["script_execution_hk"] == key]
    assert (failed["execution_status"], failed["metadata"]["sqlstate"]) == ("FAILED", "42P01")
    versions = installed.value(
        "SELECT count(*) FROM script_tracking.script_execution_s WHERE script_execution_hk = %(key)s",
        {"key": key},
    )
    assert versions == 2


def test_a_crash_between_batches_resumes_exactly(
    logged: Logged, installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbtrack.ingest.batches._MOST_EXECUTIONS", 1)
    monkeypatch.setattr("dbtrack.ingest.batches.BLOCK_BYTES", 1000)
    calls = 0
    real = recording_module.record_batch

    def crashing(*arguments: Any) -> RecordCounts:
        nonlocal calls
        calls += 1
        if calls in {2, 5}:
            raise ConnectionResetError
        return real(*arguments)

    monkeypatch.setattr("dbtrack.ingest.run.record_batch", crashing)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            ingest(installed, logged.copy("csv"))
    assert 0 < len(summary(installed)) < len(EXPECTED)
    ingest(installed, logged.copy("csv"))
    assert sorted(map(str, summary(installed))) == sorted(map(str, EXPECTED))


@pytest.mark.matrix
@pytest.mark.slow
def test_killed_in_the_middle_of_a_log_it_resumes_exactly(
    logged: Logged, installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    lines = logged.copy("json").read_bytes().splitlines(keepends=True)
    failure = next(line for line in lines if b"nosuch" in line and b'"ERROR"' in line)
    long = tmp_path / "long.json"
    long.write_bytes(
        b"".join(re.sub(rb'"line_num":\d+', b'"line_num":%d' % number, failure) for number in range(_LONG))
    )
    command = [
        sys.executable,
        "-m",
        "dbtrack",
        "ingest",
        "--all-databases",
        str(long),
        "-d",
        installed_conninfo,
    ]
    count = "SELECT count(*) FROM script_tracking.current_execution WHERE script_type = 'DDL_LOG'"
    with subprocess.Popen(command, env=clean_environment()) as process:
        wait_for(lambda: installed.value(count) > 0, 60)
        process.kill()
    assert 0 < installed.value(count) < _LONG
    assert ingest(installed, long).report.executions < _LONG
    assert installed.value(count) == _LONG


def test_of_two_at_once_one_gives_way(logged: Logged, installed: Database, installed_conninfo: str) -> None:
    first = Ingest(installed, IngestOptions(prefix=PREFIX, all_databases=True))
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        other = Database.wrap(connection)
        real = recording_module.record_batch
        with pytest.MonkeyPatch.context() as patch:

            def overtaken(*arguments: Any) -> RecordCounts:
                patch.undo()
                ingest(other, logged.copy("json"))
                return real(*arguments)

            patch.setattr("dbtrack.ingest.run.record_batch", overtaken)
            with pytest.raises(LockedError, match="another dbtrack ingest"):
                first.run([log_source(str(logged.copy("json")), follow=False)])
    assert summary(installed) == EXPECTED


@pytest.mark.slow
def test_following_survives_rotation_truncation_renaming_and_a_kill(
    follower: Server, installed: Database, installed_conninfo: str, tmp_path: Path
) -> None:
    directory = follower.directory / "data" / "log"
    command = [
        sys.executable,
        "-m",
        "dbtrack",
        "ingest",
        "--follow",
        str(directory),
        "--all-databases",
        "--log-format",
        "json",
        "-d",
        installed_conninfo,
    ]
    work = follower.conninfo()

    def follow() -> subprocess.Popen[str]:
        return subprocess.Popen(command, env=clean_environment(), stderr=subprocess.PIPE, text=True)

    def names() -> list[str]:
        return sorted(row["affected_objects"][0] for row in recorded(installed))

    follower_process = follow()
    try:
        run_all(work, "CREATE ROLE first")
        wait_for(lambda: names() == ["first"])
        rotate(follower)
        run_all(work, "CREATE ROLE second")
        wait_for(lambda: names() == ["first", "second"])
        follower_process.send_signal(signal.SIGKILL)
        follower_process.communicate()
        run_all(work, "CREATE ROLE third")
        oldest = logs(follower, "json")[0]
        oldest.rename(oldest.with_name("renamed.json"))
        follower_process = follow()
        wait_for(lambda: names() == ["first", "second", "third"])
        newest = logs(follower, "json")[-1]
        with newest.open("r+b") as file:
            file.truncate()
        run_all(work, "CREATE ROLE fourth")
        wait_for(lambda: names() == ["first", "fourth", "second", "third"])
        time.sleep(1.5)
        assert names() == ["first", "fourth", "second", "third"]
    finally:
        follower_process.send_signal(signal.SIGINT)
        _, said = follower_process.communicate(timeout=10)
    assert follower_process.returncode == 0
    assert "recorded 2 executions" in said


@pytest.mark.slow
def test_a_followed_file_that_is_renamed_is_read_to_its_end(
    installed: Database, logged: Logged, tmp_path: Path
) -> None:
    lines = logged.copy("json").read_bytes().splitlines(keepends=True)
    path = tmp_path / "server.json"
    path.write_bytes(b"".join(lines[:3]))
    work = Ingest(installed, IngestOptions(follow=True, all_databases=True))
    places = [log_source(str(path), follow=True)]
    work.read(places)
    with path.open("ab") as file:
        file.write(b"".join(lines[3:]))
    path.rename(tmp_path / "server.json.1")
    path.write_bytes(lines[-1])
    work.read(places)
    work.read(places)
    places[0].close()
    assert sorted(map(str, summary(installed))) == sorted(map(str, EXPECTED))


@pytest.mark.parametrize("suffix", ["json", "csv", "log"])
def test_copies_that_begin_elsewhere_add_nothing(
    logged: Logged, installed: Database, tmp_path: Path, suffix: str
) -> None:
    whole = logged.copy(suffix).read_bytes()
    ingest(installed, logged.copy(suffix))
    beheaded = tmp_path / f"beheaded.{suffix}"
    beheaded.write_bytes(whole[len(whole) // 5 :])
    joined = tmp_path / f"joined.{suffix}"
    joined.write_bytes(whole + whole)
    for copy in (beheaded, joined):
        work = Ingest(installed, IngestOptions(prefix=PREFIX, all_databases=True))
        work.run([log_source(str(copy), follow=False)])
        assert work.report.executions == 0
    assert summary(installed) == EXPECTED


@pytest.mark.parametrize("order", [("json", "csv"), ("csv", "json")])
def test_the_other_form_that_numbers_entries_alike_adds_nothing(
    logged: Logged, installed: Database, order: tuple[str, ...]
) -> None:
    counts = [ingest(installed, logged.copy(suffix)).report.executions for suffix in order]
    assert counts == [12, 0]


def test_a_pipe_whose_first_log_has_rolled_away_adds_what_is_new(
    installed: Database, installed_conninfo: str
) -> None:
    days = [
        f"2026-01-{day:02} 10:00:00 UTC::1(43074):anna@shop:[{day}]:ERROR:  no\n"
        f"2026-01-{day:02} 10:00:00 UTC::1(43074):anna@shop:[{day}]:STATEMENT:  CREATE TABLE t{day} (a nosuch)\n"
        for day in range(1, 6)
    ]
    words = (
        "ingest",
        "-",
        "-v",
        "--all-databases",
        "--prefix",
        "%t:%r:%u@%d:[%p]:",
        "-d",
        installed_conninfo,
    )
    for first, last, expected in ((0, 3, 3), (1, 4, 1), (0, 5, 1), (2, 5, 0)):
        done = run_dbtrack(*words, stdin="".join(days[first:last]).replace("UTC:", "UTC:2001:db8:"))
        assert done.returncode == 0, done.stderr
        assert f"recorded {expected} execution" in done.stderr
    assert {row["db_session_user"] for row in recorded(installed)} == {"anna"}
    assert {str(row["client_ip"]) for row in recorded(installed)} == {"2001:db8::1"}


def test_one_failure_that_a_session_repeats_in_a_second_counts_each_time(
    installed: Database, tmp_path: Path
) -> None:
    head = "2026-01-15 10:00:00 UTC [7] "
    failure = f"{head}ERROR:  no\n{head}STATEMENT:  CREATE TABLE t (a nosuch)\n"
    log = tmp_path / "server.log"
    total = 0
    for times, expected in ((2, 2), (5, 3), (6, 1)):
        log.write_text(failure * times)
        assert ingest(installed, log, prefix="%t [%p] ").report.executions == expected
        total += expected
    copy = tmp_path / "copy.log"
    copy.write_text(f"2026-01-15 09:00:00 UTC [1] LOG:  earlier\n{failure * 6}")
    assert ingest(installed, copy, prefix="%t [%p] ").report.executions == 0
    assert len(recorded(installed)) == total


def test_logs_that_begin_alike_are_each_read_on(installed: Database, tmp_path: Path) -> None:
    banner = "The files belonging to this database system will be owned by user postgres.\n"
    first = "2026-01-15 10:00:00.000 UTC [1] LOG:  starting PostgreSQL\n"

    def failure(minute: int) -> str:
        head = f"2026-01-15 10:{minute:02}:00.000 UTC [7] "
        return f"{head}ERROR:  no\n{head}STATEMENT:  CREATE TABLE t{minute} (a nosuch)\n"

    logs = [tmp_path / f"container{number}.log" for number in range(3)]
    for number, log in enumerate(logs):
        log.write_text(banner + first + failure(number))
    for number, log in enumerate(logs):
        assert ingest(installed, log, prefix="%m [%p] ").report.executions == 1
        with log.open("a") as file:
            file.write(failure(10 + number))
    for log in logs:
        report = ingest(installed, log, prefix="%m [%p] ").report
        assert (report.executions, report.bytes_read) == (1, len(failure(10)))


def test_a_failure_that_another_copy_of_the_log_has_closes_the_start(
    logged: Logged, installed: Database, tmp_path: Path
) -> None:
    lines = logged.copy("json").read_bytes().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if b"statement: TRUNCATE nowhere" in line)
    early = tmp_path / "early.json"
    early.write_bytes(b"".join(lines[2 : place + 1]))
    ingest(installed, early)
    # It holds the start that is recorded, and the failure that is not.
    ingest(installed, logged.copy("json"))
    assert sorted(map(str, summary(installed))) == sorted(map(str, EXPECTED))


def test_what_since_leaves_out_is_recorded_later(logged: Logged, installed: Database) -> None:
    now = installed.value("SELECT clock_timestamp()")
    assert ingest(installed, logged.copy("json"), since=now).report.executions == 0
    assert ingest(installed, logged.copy("json")).report.executions == 12


def test_what_an_earlier_version_recorded_is_known_without_its_identity(
    logged: Logged, installed: Database, tmp_path: Path
) -> None:
    ingest(installed, logged.copy("json"))
    installed.execute("DELETE FROM script_tracking.logged_entry")
    installed.execute("UPDATE script_tracking.schema_migration SET applied_at = clock_timestamp()")
    lines = logged.copy("json").read_bytes().splitlines(keepends=True)
    copy = tmp_path / "copy.json"
    copy.write_bytes(b"".join(lines[1:]))
    assert ingest(installed, copy).report.executions == 0
    assert summary(installed) == EXPECTED


def test_pipes_that_begin_alike_lose_nothing(installed: Database, installed_conninfo: str) -> None:
    def day(number: int) -> str:
        head = f"2026-01-{number:02} 10:00:00 UTC [7] "
        filler = f"{head}LOG:  nothing\n" * 80_000
        return f"{head}ERROR:  no\n{head}STATEMENT:  CREATE TABLE t{number} (a nosuch)\n{filler}"

    words = ("ingest", "-", "-v", "--prefix", "%t [%p] ", "-d", installed_conninfo)
    for days, expected in (((1, 2), 2), ((1, 3), 1), ((1, 2, 3, 4), 1)):
        done = run_dbtrack(*words, stdin="".join(map(day, days)))
        assert (done.returncode, f"recorded {expected} execution" in done.stderr) == (0, True), done.stderr


def test_a_packed_log_that_begins_as_another_is_read_whole(installed: Database, tmp_path: Path) -> None:
    head = "2026-01-15 10:00:00 UTC [7] "
    for number in range(2):
        log = tmp_path / f"server{number}.xz"
        failure = f"{head}ERROR:  no\n{head}STATEMENT:  CREATE TABLE t{number} (a nosuch)\n"
        log.write_bytes(
            lzma.compress(f"{head}LOG:  same\n{failure}{f'{head}LOG:  {number}' * 200_000}\n".encode())
        )
        assert ingest(installed, log, prefix="%t [%p] ").report.executions == 1
