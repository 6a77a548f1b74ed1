"""Each way that dbtrack has, tried with each case: what becomes a cell of the table."""

from __future__ import annotations

import subprocess
import sys
import time

import psycopg

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.ingest import Ingest, IngestOptions, log_source
from dbtrack.schema.settings import set_setting
from tests.database.capture.coverage.case import Case
from tests.database.capture.coverage.cases import cases_on
from tests.database.capture.coverage.recording import attempt, script, session_name, surroundings
from tests.support.command_line import clean_environment
from tests.support.label_provider import build_label_provider
from tests.support.logging_server import logs, wait_for
from tests.support.servers import Server
from tests.support.single_user import run_in_single_user_mode
from tests.support.witness import Connection

WAYS = ("trigger", "wrapper", "log", "reconcile")
Cells = dict[str, dict[str, str]]
ALONE = "in single-user mode"
_OF_THE_LOG = """
SELECT DISTINCT metadata ->> 'application_name' FROM script_tracking.current_execution WHERE script_type = 'DDL_LOG'
"""
_OPERATION = "SELECT execution_status FROM script_tracking.current_execution WHERE script_name = 'coverage'"
_MADE_ALONE = "CREATE TABLE made_alone (id int)"
_OF_MADE_ALONE = """
SELECT script_type FROM script_tracking.current_execution WHERE 'public.made_alone' = ANY (affected_objects)
"""
_READY_SECONDS = 20


def recorded_cells(server: Server) -> Cells:
    """Return what triggers, wrapper and log capture of each case, where dbtrack is installed and all is logged."""
    cases = _cases(server)
    counts = _run_wrapped(server, cases)
    logged = _logged(server)
    return {case.name: dict(zip(WAYS, _cells(case, counts, logged), strict=False)) for case in cases}


def compared_cells(server: Server) -> Cells:
    """Return of which cases `dbtrack reconcile` finds something, and what becomes of single-user mode."""
    cases = _cases(server)
    found = _found(server, cases)
    cells = {case.name: {WAYS[-1]: "yes" if case.name in found else "no"} for case in cases}
    return cells | {ALONE: _in_single_user_mode(server)}


def _cases(server: Server) -> list[Case]:
    return cases_on(server.major, labels=build_label_provider(server) is not None)


def _cells(case: Case, counts: dict[str, tuple[int, int]], logged: set[str]) -> tuple[str, str, str]:
    recorded, linked = counts[case.name]
    return (
        "yes" if recorded else "no",
        "operation" if not recorded else "linked" if linked == recorded else "not linked",
        "yes" if session_name(case) in logged else "not needed" if recorded else "no",
    )


def _run_wrapped(server: Server, cases: list[Case]) -> dict[str, tuple[int, int]]:
    """Run all cases by one psql under `dbtrack track`: what the triggers recorded of each, and what is linked."""
    done = subprocess.run(
        [sys.executable, "-m", "dbtrack", "track", "-d", server.conninfo(), "coverage", "--",
         str(server.bin_dir / "psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"],
        input=script(cases), env=clean_environment(server.environment()), capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines() if line.count("|") == 2]
    assert [int(number) for number, *_ in rows] == list(range(len(cases))), done.stderr
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        # The cases that fail make it so: psql itself exits 0.
        assert connection.execute(_OPERATION).fetchall() == [("FAILED",)]
    return {case.name: (int(row[1]), int(row[2])) for case, row in zip(cases, rows, strict=True)}


def _logged(server: Server) -> set[str]:
    """Return the sessions of which `dbtrack ingest` recorded something."""
    # The last entry that is written has to be in the file.
    server.psql("SELECT 'the end of the log'")
    wait_for(lambda: "the end of the log" in logs(server, "json")[-1].read_text(errors="replace"))
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        work = Ingest(Database.wrap(connection), IngestOptions(all_databases=True))
        work.run([log_source(str(path), follow=False) for path in logs(server, "json")])
        assert work.report.damaged == 0
        return {row[0] for row in connection.execute(_OF_THE_LOG)}


def _found(server: Server, cases: list[Case]) -> set[str]:
    """Return the cases of which `dbtrack reconcile` finds something where nothing is captured."""
    server.psql("CREATE DATABASE unwatched")
    with psycopg.connect(server.conninfo("unwatched"), autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database)
        set_setting(database, "capture.enabled", "off")
        schema.reconcile(database)
        return {case.name for case in cases if _is_found(database, connection, case)}


def _is_found(database: Database, connection: Connection, case: Case) -> bool:
    with surroundings(connection, case):
        if case.before:
            schema.reconcile(database, baseline=True)
        attempt(connection, case.statement)
        _wait_until_ready(connection, case)
        found = schema.reconcile(database).unattributed
    if case.alone:
        schema.reconcile(database, baseline=True)
    return found != []


def _wait_until_ready(connection: Connection, case: Case) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while case.ready and time.monotonic() < deadline:
        row = connection.execute(case.ready.encode()).fetchone()
        if row and row[-1]:
            return
        time.sleep(0.05)


def _in_single_user_mode(server: Server) -> dict[str, str]:
    """Return what is captured of a statement while the server is down; the wrapper's database is down too."""
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        schema.reconcile(Database.wrap(connection), baseline=True)
    run_in_single_user_mode(server, "postgres", _MADE_ALONE)
    _logged(server)
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        schema.reconcile(Database.wrap(connection))
        types = {row[0] for row in connection.execute(_OF_MADE_ALONE)}
    ways = {"trigger": "DDL_AUTO", "log": "DDL_LOG", "reconcile": "UNATTRIBUTED"}
    return {"wrapper": "untried"} | {way: "yes" if kind in types else "no" for way, kind in ways.items()}
