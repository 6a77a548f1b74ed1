"""A database that goes silent, or loses what it had, while a wrapped command runs: its end is never lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from dbtrack import wrapper
from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.operations import NewOperation, find_execution
from dbtrack.wrapper import record_connection, record_or_spool
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.proxy import Proxy
from tests.support.servers import Server
from tests.support.sessions import OTHER_SESSIONS, end_other_sessions
from tests.support.spooled import RECORDED, Place
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

# As a failover does that had not yet received the start.
LOSE_THE_START = """
SET session_replication_role = replica;
DELETE FROM script_tracking.open_execution;
DELETE FROM script_tracking.script_execution_s WHERE script_type <> 'DDL_AUTO';
DELETE FROM script_tracking.script_execution_h AS h WHERE NOT EXISTS (
    SELECT FROM script_tracking.script_execution_s AS s WHERE s.script_execution_hk = h.script_execution_hk);
RESET session_replication_role;
"""


@pytest.fixture
def place(server: Server, installed_conninfo: str, tmp_path: Path) -> Place:
    return Place(server, installed_conninfo, tmp_path / "state" / "spool")


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(int(conninfo_to_dict(server.conninfo(tcp=True))["port"] or 0)) as proxy:
        yield proxy


@pytest.fixture
def distant(place: Place, server: Server, proxy: Proxy) -> Place:
    """The same database, behind the proxy."""
    name = conninfo_to_dict(place.conninfo)["dbname"]
    conninfo = f"{server.conninfo(str(name), tcp=True)} port={proxy.port} connect_timeout=2"
    return Place(server, conninfo, place.spool)


def start(place: Place, *command: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "dbtrack", "track", "job", "--", *command]
    return subprocess.Popen(
        words, env=clean_environment(place.environment), stderr=subprocess.PIPE, text=True
    )


def test_a_backend_that_stops_holds_nobody_up_once_a_signal_comes(place: Place, installed: Database) -> None:
    # The command stops the server's process that dbtrack is connected to: the end meets silence.
    words = [sys.executable, "-m", "dbtrack", "track", "job", "--", "sh", "-c"]
    script = "read -r pid; kill -STOP $pid; echo why >&2; exit 6"
    with subprocess.Popen(
        [*words, script],
        env=clean_environment(place.environment),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as wrapper:
        assert wrapper.stdin
        assert wrapper.stderr
        wait_until(lambda: bool(installed.rows(OTHER_SESSIONS)), "the start is recorded")
        backend = installed.value(OTHER_SESSIONS)
        try:
            wrapper.stdin.write(f"{backend}\n")
            wrapper.stdin.flush()
            wait_until(lambda: bool(place.files()), "the end is on disk")
            wrapper.terminate()
            assert wrapper.wait(timeout=20) == 6
            said = wrapper.stderr.read()
        finally:
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGCONT)
    assert "the end of job (FAILED) could not be recorded: the server did not answer after SIGTERM" in said
    assert "it waits in the spool" in said
    assert place.run("spool", "flush").returncode == 0
    ((_, _, status, _, error, metadata),) = installed.rows(RECORDED)
    assert (status, error, metadata["exit_code"]) == ("FAILED", "why", 6)


def test_killed_while_it_waits_for_a_silent_network_it_has_the_end_on_disk(
    distant: Place, installed: Database, proxy: Proxy, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    script = f"echo > {tmp_path}/ready; while [ ! -e {go} ]; do sleep 0.02; done; echo why >&2; exit 6"
    with start(distant, "sh", "-c", script) as wrapper:
        wait_until((tmp_path / "ready").exists, "the command runs")
        proxy.stall()
        go.touch()
        wait_until(lambda: bool(distant.files()), "the end is on disk")
        wrapper.kill()
    proxy.resume()
    assert distant.run("spool", "flush").returncode == 0
    ((_, _, status, _, error, _),) = installed.rows(RECORDED)
    assert (status, error) == ("FAILED", "why")
    assert distant.files() == []


def run_here(place: Place, monkeypatch: pytest.MonkeyPatch, *command: str) -> tuple[int, list[str]]:
    """Run a command in this process."""
    monkeypatch.setenv("DBTRACK_SPOOL", str(place.spool))
    said: list[str] = []
    target = resolve_target(ConnectionOptions(dbname=place.conninfo), {})
    return wrapper.run_command(target, NewOperation("job", "MIGRATION"), command, say=said.append), said


def test_recording_the_end_has_a_limit(
    place: Place, installed: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(record_or_spool, "_FINISH_SECONDS", 0.5)
    find = f"psql -X -A -t -d '{place.conninfo}' -c \"{OTHER_SESSIONS} AND application_name = 'dbtrack'\""
    monkeypatch.setenv("PATH", f"{place.server.bin_dir}{os.pathsep}{os.environ['PATH']}")
    code, [line] = run_here(place, monkeypatch, "sh", "-c", f"kill -STOP $({find} | tee {tmp_path}/pid)")
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGCONT)
    assert code == 0
    assert "the end of job (COMPLETED) could not be recorded: the server did not answer within" in line
    assert place.run("spool", "flush").returncode == 0
    assert [row[2] for row in installed.rows(RECORDED)] == ["COMPLETED"]


def test_recording_the_start_has_a_limit(
    place: Place, installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_connection, "_START_SECONDS", 0.5)
    with installed.transaction():
        installed.execute("LOCK TABLE script_tracking.script_execution_h")
        code, [line] = run_here(place, monkeypatch, "sh", "-c", "exit 5")
    assert code == 5
    assert "the server did not answer within" in line
    assert "job runs anyway, and its record waits in the spool" in line
    assert len(place.files()) == 1


def test_a_server_that_says_nothing_from_the_first_on_has_a_limit(distant: Place, proxy: Proxy) -> None:
    proxy.stall()
    with start(distant, "sh", "-c", "exit 5") as wrapper:
        _, said = wrapper.communicate(timeout=30)
    assert (wrapper.returncode, len(distant.files())) == (5, 1)
    assert "its record waits in the spool" in said


def test_where_the_spool_cannot_be_used_the_end_is_recorded_all_the_same(
    place: Place, installed: Database
) -> None:
    result = run_dbtrack("track", "job", "--", "true", environment={"DBTRACK_DSN": place.conninfo})
    assert (result.returncode, result.stderr) == (0, "")
    assert [row[2] for row in installed.rows(RECORDED)] == ["COMPLETED"]


def test_an_operation_whose_start_was_lost_is_recorded_again_with_its_ddl(
    place: Place, installed: Database, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    script = (
        f"echo $DBTRACK_EXECUTION > {tmp_path}/ready; while [ ! -e {go} ]; do sleep 0.02; done; "
        f"{place.server.bin_dir}/psql -X -q '{place.conninfo}' -c 'CREATE TABLE late (id int)'; exit 6"
    )
    with start(place, "sh", "-c", script) as wrapper:
        wait_until((tmp_path / "ready").exists, "the command runs")
        installed.run_script(LOSE_THE_START)
        go.touch()
        _, said = wrapper.communicate(timeout=30)
    assert wrapper.returncode == 6
    assert "the start of job is no longer recorded" in said
    assert place.files() == []
    ((key, _, status, duration_ms, _, metadata),) = installed.rows(RECORDED)
    assert (status, metadata["exit_code"], metadata["command"][:5]) == ("FAILED", 6, "sh -c")
    assert duration_ms is not None
    assert metadata["lost_start"]["execution"] == (tmp_path / "ready").read_text().strip()
    assert metadata["lost_start"]["timeline"] == 1
    assert "/" in metadata["lost_start"]["lsn"]
    [child] = find_execution(installed, bytes(key)).children
    assert (child.affected_objects, child.is_proven) == (("public.late",), True)


def test_the_spool_records_an_operation_again_whose_start_was_lost(
    place: Place, installed: Database, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    script = f"echo > {tmp_path}/ready; while [ ! -e {go} ]; do sleep 0.02; done; exit 6"
    with start(place, "sh", "-c", script) as wrapper:
        wait_until((tmp_path / "ready").exists, "the command runs")
        with place.unreachable():
            assert end_other_sessions(installed) == 1
            go.touch()
            wrapper.communicate(timeout=30)
    installed.run_script(LOSE_THE_START)
    [line] = place.lines()
    assert place.run("spool", "flush").returncode == 0
    ((_, name, status, _, _, metadata),) = installed.rows(RECORDED)
    assert (name, status, metadata["lost_start"]["execution"]) == ("job", "FAILED", line["execution"])
    assert json.dumps(metadata["lost_start"]["timeline"]) == "1"


def test_an_end_that_belongs_to_another_login_is_not_a_lost_start(place: Place, installed: Database) -> None:
    key = place.run("track", "deploy").stdout.strip()
    with pytest.raises(Exception, match="is already recorded, and you may not close it"):
        installed.value(
            "SELECT script_tracking.record_spooled(gen_random_uuid(), jsonb_build_object('script_name', 'x', "
            "'lost_start', jsonb_build_object('execution', %(key)s::text)))",
            {"key": key},
        )


def test_the_first_connection_is_tried_again_in_a_switchover(
    place: Place, server: Server, installed: Database
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    name, real = installed.name, int(conninfo_to_dict(server.conninfo(tcp=True))["port"] or 0)
    conninfo = f"host=127.0.0.1,127.0.0.1 port=1,{port} dbname={name} user=postgres"
    with start(Place(server, conninfo, place.spool), "true") as wrapper:
        time.sleep(1)  # it has failed once by then, or has not even begun
        with Proxy(real, listen_on=port):
            _, said = wrapper.communicate(timeout=30)
    assert (wrapper.returncode, said) == (0, "")
    assert [row[2] for row in installed.rows(RECORDED)] == ["COMPLETED"]
