"""`dbtrack ingest --follow` outlives a restart of the server."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.command_line import clean_environment
from tests.support.logging_server import run_all, wait_for
from tests.support.servers import Server
from tests.support.servers.account import server_account
from tests.support.terminal import Terminal

_FAILED = "SELECT count(*) FROM script_tracking.current_execution WHERE script_name = 'CREATE TABLE'"


@pytest.fixture
def mortal(follower: Server) -> Server:
    """A server of the test's own that logs, with dbtrack installed."""
    with psycopg.connect(follower.conninfo(), autocommit=True) as connection:
        schema.install(Database.wrap(connection))
    return follower


def _control(server: Server, action: str, *options: str) -> None:
    command = [str(server.bin_dir / "pg_ctl"), action, "--silent", "--wait", *options]
    command += [f"--pgdata={server.directory / 'data'}", f"--log={server.log_path}"]
    subprocess.run(command, check=True, capture_output=True, cwd="/", **server_account().process_options())


def _failed(server: Server) -> int:
    return int(server.psql(_FAILED))


@pytest.mark.parametrize("how", ["directory", "from the server"])
def test_following_waits_for_a_server_that_restarts(mortal: Server, tmp_path: Path, how: str) -> None:
    said = tmp_path / "stderr"
    logs = ["--from-server"] if how == "from the server" else [str(mortal.directory / "data" / "log")]
    command = [sys.executable, "-m", "dbtrack", "ingest", "--follow", *logs, "-d", mortal.conninfo()]
    with (
        said.open("wb") as stderr,
        subprocess.Popen(command, stderr=stderr, env=clean_environment()) as process,
    ):
        try:
            run_all(mortal.conninfo(), "CREATE TABLE before_it (a nosuch)")
            wait_for(lambda: _failed(mortal) == 1, 60)
            _control(mortal, "stop", "--mode=fast")
            if how == "from the server":
                wait_for(lambda: b"trying again" in said.read_bytes(), 60)
            _control(mortal, "start")
            run_all(mortal.conninfo(), "CREATE TABLE after_it (a nosuch)")
            wait_for(lambda: _failed(mortal) == 2, 60)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    lines = said.read_text().splitlines()
    assert process.returncode == 0
    assert lines[0].endswith("; trying again until it succeeds")
    assert all(line.endswith("; trying again") for line in lines[1:-2])
    assert len(set(lines)) == len(lines)
    assert lines[-2] == "dbtrack: connected again"
    # The interrupt can come between the commit of the second one and its count.
    assert re.match(r"dbtrack: recorded [12] executions?, [12] of them failed,", lines[-1])


def test_following_ends_when_the_database_is_dropped(mortal: Server, tmp_path: Path) -> None:
    mortal.psql("CREATE DATABASE doomed")
    with psycopg.connect(mortal.conninfo("doomed"), autocommit=True) as connection:
        schema.install(Database.wrap(connection))
    said = tmp_path / "stderr"
    logs = str(mortal.directory / "data" / "log")
    command = [sys.executable, "-m", "dbtrack", "ingest", "--follow", logs, "-d", mortal.conninfo("doomed")]
    with (
        said.open("wb") as stderr,
        subprocess.Popen(command, stderr=stderr, env=clean_environment()) as process,
    ):
        try:
            run_all(mortal.conninfo("doomed"), "CREATE TABLE before_it (a nosuch)")
            wait_for(lambda: mortal.psql(_FAILED, dbname="doomed") == "1", 60)
            mortal.psql("DROP DATABASE doomed WITH (FORCE)")
            # What it reads next has to be recorded.
            run_all(mortal.conninfo(), "CREATE ROLE after_it")
            process.wait(60)
        finally:
            process.kill()
    lines = said.read_text().splitlines()
    assert process.returncode == 12
    assert lines[0].endswith("; trying again until it succeeds")
    assert lines[-1].startswith("dbtrack: cannot connect")
    assert 'database "doomed" does not exist' in lines[-1]


def test_a_typed_password_is_used_again_until_it_is_refused(mortal: Server) -> None:
    mortal.psql("CREATE ROLE typist SUPERUSER LOGIN PASSWORD 'correct horse'")
    rules = mortal.directory / "data" / "pg_hba.conf"
    rules.write_text(f"local all typist scram-sha-256\n{rules.read_text()}")
    mortal.psql("SELECT pg_reload_conf()")
    logs = str(mortal.directory / "data" / "log")
    command = [sys.executable, "-m", "dbtrack", "ingest", "--follow", logs]
    command += ["-W", "-d", mortal.conninfo(user="typist")]
    with Terminal('"$@"; echo "code=$?"', command, clean_environment()) as terminal:
        terminal.wait_for("Password for user typist: ")
        terminal.press(b"correct horse\n")
        run_all(mortal.conninfo(), "CREATE TABLE before_it (a nosuch)")
        wait_for(lambda: _failed(mortal) == 1, 60)
        _control(mortal, "restart", "--mode=fast")
        run_all(mortal.conninfo(), "CREATE TABLE after_it (a nosuch)")
        wait_for(lambda: _failed(mortal) == 2, 60)
        mortal.psql("ALTER ROLE typist PASSWORD 'another'")
        _control(mortal, "restart", "--mode=fast")
        run_all(mortal.conninfo(), "CREATE TABLE last_of_all (a nosuch)")
        terminal.wait_for("code=12")
    assert terminal.seen.count("Password for user") == 1
    assert terminal.seen.count("connected again") == 1
    assert 'password authentication failed for user "typist"' in terminal.seen
    assert "horse" not in terminal.seen


def test_a_lost_connection_ends_what_reads_standard_input(mortal: Server) -> None:
    command = [sys.executable, "-m", "dbtrack", "ingest", "--follow", "-", "-d", mortal.conninfo()]
    with subprocess.Popen(
        [*command, "--log-format", "json"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    ) as process:
        run_all(mortal.conninfo(), "CREATE TABLE before_it (a nosuch)")
        active = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dbtrack'"
        wait_for(lambda: mortal.psql(active) == "1", 60)
        _control(mortal, "stop", "--mode=immediate")
        [log] = (mortal.directory / "data" / "log").glob("*.json")
        _, said = process.communicate(log.read_text(), timeout=60)
    assert process.returncode == 12, said
    assert "trying again" not in said
