"""Instructions that the backend executes for single DDL, with and without the history of objects.

Valgrind counts them, so other work on the machine does not matter. The server is fifty times slower for it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import conninfo
from tabulate import tabulate

from bench.ddl import single_kinds, wide_kinds, wide_table
from bench.place import Connection
from dbtrack import schema
from dbtrack.db import Database
from dbtrack.embedded.account import prepare_directory
from dbtrack.embedded.binaries import programs
from dbtrack.errors import DbtrackError

_REHEARSALS = 6
_WAIT_SECONDS = 120
_SETTINGS = "fsync = off\njit = on\nautovacuum = off\nlisten_addresses = ''\n"


def run(folder: Path | None, statements: int, kept: Path | None) -> str:
    """Count, and return the table.

    Args:
        folder: PostgreSQL's programs; None: those of the embedded server.
        statements: counted statements of each kind.
        kept: a folder for callgrind's file of the median statement of each kind, for callgrind_annotate.
    """
    if shutil.which("valgrind") is None:
        raise DbtrackError("valgrind is missing")
    counted: dict[str, dict[str, float]] = {}
    with _server(folder) as (dsn, profiles):
        with psycopg.connect(dsn, autocommit=True) as connection:
            version = connection.execute("SELECT version()").fetchone()
            connection.execute("CREATE SCHEMA bench; CREATE TABLE bench.subject (id int)")
            wide_table(connection)
        for state in ("off", "on"):
            counted[state] = _session(dsn, state, statements, profiles, kept)
    rows = [
        [kind, *(f"{figure / 1000:,.0f}" for figure in (off, counted["on"][kind], counted["on"][kind] - off))]
        for kind, off in counted["off"].items()
    ]
    headers = ["thousands of instructions", "without it", "with it", "added"]
    text = tabulate(rows, headers=headers, tablefmt="github", disable_numparse=True)
    return f"{version[0] if version else ''}\n\nOne DDL with the history of objects\n\n{text}"


def _session(dsn: str, state: str, statements: int, profiles: Path, kept: Path | None) -> Mapping[str, float]:
    """Return the median of each kind, in a session that has run each kind several times."""
    names = count(1 if state == "on" else 100_000)
    medians = {}
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.set_setting('capture.object_history', %s)", (state,))
        # Rows that died would be read too, and more of them in the second session.
        connection.execute("VACUUM")
        for _, action in _kinds(connection, names):
            for number in range(_REHEARSALS):
                action(number)
        for kind, action in _kinds(connection, names):
            taken: list[tuple[int, Path]] = []
            for number in range(statements):
                files = _counted(connection, profiles, partial(action, number))
                taken.append((sum(map(_total, files)), files[0]))
            medians[kind] = median(total for total, _ in taken)
            if kept is not None:
                kept.mkdir(parents=True, exist_ok=True)
                _, file = sorted(taken)[len(taken) // 2]
                shutil.copy(file, kept / f"{state}-{kind.replace(' ', '_').replace(',', '')}")
    return medians


def _kinds(connection: Connection, names: Iterator[int]) -> Iterator[tuple[str, Callable[[int], object]]]:
    yield from wide_kinds(connection, names)
    yield from single_kinds(connection, names)


def _counted(connection: Connection, profiles: Path, action: Callable[[], object]) -> list[Path]:
    """Run an action, and return callgrind's files of it: one for each message to the server."""
    known = set(profiles.iterdir())
    action()
    new = set(profiles.iterdir()) - known
    return sorted(file for file in new if f".{connection.info.backend_pid}." in file.name)


def _total(file: Path) -> int:
    for line in file.read_text().splitlines():
        if line.startswith(("totals:", "summary:")):
            return int(line.split()[1])
    raise DbtrackError(f"{file} has no total")


@contextmanager
def _server(folder: Path | None) -> Iterator[tuple[str, Path]]:
    """A server under valgrind with dbtrack installed: its conninfo, and where callgrind writes."""
    root = Path(tempfile.mkdtemp(prefix="dbtrack-bench-", dir="/tmp"))
    root.chmod(0o755)
    data = root / "data"
    account = prepare_directory(data)
    profiles = root / "profiles"
    profiles.mkdir()
    profiles.chmod(0o777)
    options: dict[str, Any] = {"cwd": data, **account.process_options()}
    binaries = folder or programs(account)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    dsn = conninfo.make_conninfo(host=str(data), port=port, user="postgres", dbname="postgres")
    subprocess.run(
        [binaries / "initdb", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C", "-D", data],
        check=True, capture_output=True, **options,
    )  # fmt: skip
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"{_SETTINGS}port = {port}\nunix_socket_directories = '{data}'\n")
    plain = [binaries / "postgres", "-D", data]
    try:
        with _running(plain, dsn, root, options), psycopg.connect(dsn, autocommit=True) as connection:
            schema.install(Database.wrap(connection))
        counting = [
            # The server says that it is ready after each message, so each file is about one.
            "valgrind", "--tool=callgrind", "--quiet", "--vgdb=no", "--dump-before=ReadyForQuery",
            f"--callgrind-out-file={profiles}/callgrind.%p", *plain,
        ]  # fmt: skip
        with _running(counting, dsn, root, options):
            yield dsn, profiles
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _running(command: list[Any], dsn: str, root: Path, options: Mapping[str, Any]) -> Iterator[None]:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    with (root / "log").open("ab") as log:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, **options
        )
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                psycopg.connect(dsn).close()
                break
            except psycopg.OperationalError:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise DbtrackError(
                        f"the server does not start: {(root / 'log').read_text()[-500:]}"
                    ) from None
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(_WAIT_SECONDS)
