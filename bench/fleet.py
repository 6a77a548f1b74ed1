"""Time of `dbtrack fleet` over 200 databases in three clusters, from one process to its exit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

import psycopg
from psycopg import conninfo, sql

from bench.place import Connection
from bench.timing import median, table
from dbtrack import embedded, schema
from dbtrack.db import Database

_CLUSTERS, _DATABASES = 3, 200
_TEMPLATE = "fleet_template"
_CASES = {
    "status": ("status", "--json"),
    "status --doctor": ("status", "--doctor", "--json", "--timeout", "60"),
    "compare": ("compare", "--json"),
    "variants public.orders": ("variants", "public.orders", "--json"),
    "upgrade of 200 that are up to date, --jobs 16": (
        "upgrade",
        "--jobs",
        "16",
        "--per-server",
        "6",
        "--json",
    ),
}
_TRACKED = "SELECT script_tracking.track_operation('V' || n, 'MIGRATION') FROM generate_series(1, 50) AS n"
_COMPLETED = (
    "SELECT script_tracking.complete_operation(script_execution_hk) FROM script_tracking.script_execution_h"
)
_CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dbtrack fleet'"


def run(rounds: int) -> str:
    """Return the table: median and longest of the rounds, and the most connections that one server had."""
    with ExitStack() as servers:
        dsns = [servers.enter_context(_server(number)) for number in range(_CLUSTERS)]
        directory = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="dbtrack-bench-")))
        file = directory / "fleet.toml"
        file.write_text(
            "".join(
                f"[members.cluster_{number}]\ndsn = {json.dumps(dsn)}\ndatabases = 'tenant_*'\n"
                for number, dsn in enumerate(dsns)
            )
        )
        rows = {case: _measured(dsns, file, words, rounds) for case, words in _CASES.items()}
        load = os.getloadavg()[0]
    title = f"dbtrack fleet over {_DATABASES} databases in {_CLUSTERS} clusters, {rounds} rounds"
    columns = ("median, s", "longest, s", "most connections to a server")
    return (
        f"{table(title, columns, rows)}\n\nload average at the end: {load:.1f} on {os.cpu_count()} processors"
    )


@contextmanager
def _server(number: int) -> Iterator[str]:
    """Start a cluster with its share of the databases; yield the conninfo of its maintenance database."""
    path = Path(tempfile.mkdtemp(prefix="dbtrack-bench-")) / "data"
    path.parent.chmod(0o755)  # for root, the server's own account must reach it
    dsn = conninfo.make_conninfo(**embedded.start(path))
    try:
        with psycopg.connect(dsn, autocommit=True) as administration:
            _fill(administration, dsn, number)
        yield dsn
    finally:
        embedded.stop(path)
        shutil.rmtree(path.parent, ignore_errors=True)


def _fill(administration: Connection, dsn: str, number: int) -> None:
    administration.execute(f"CREATE DATABASE {_TEMPLATE}")
    with psycopg.connect(dsn, dbname=_TEMPLATE, autocommit=True) as connection:
        schema.install(Database.wrap(connection))
        connection.execute("CREATE TABLE public.orders (id int PRIMARY KEY, note text)")
        connection.execute(_TRACKED)
        connection.execute(_COMPLETED)
    for each in range(number, _DATABASES, _CLUSTERS):
        name = sql.Identifier(f"tenant_{each}")
        administration.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(_TEMPLATE))
        )


def _measured(dsns: list[str], file: Path, words: tuple[str, ...], rounds: int) -> list[float]:
    taken: list[float] = []
    with _watched(dsns) as most:
        for _ in range(rounds):
            start = perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "dbtrack", "fleet", *words],
                env={**os.environ, "DBTRACK_FLEET": str(file)},
                capture_output=True,
                check=False,
                text=True,
            )
            taken.append(perf_counter() - start)
            if done.returncode not in {0, 3}:
                raise RuntimeError(done.stderr)
        return [median(taken), max(taken), float(max(most))]


@contextmanager
def _watched(dsns: list[str]) -> Iterator[list[int]]:
    """Count the connections of each server five times a second."""
    most, ended = [0], threading.Event()

    def watch(dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not ended.wait(0.2):
                row = connection.execute(_CLIENTS).fetchone()
                most.append(int(row[0]) if row else 0)

    threads = [threading.Thread(target=watch, args=(dsn,)) for dsn in dsns]
    for thread in threads:
        thread.start()
    try:
        yield most
    finally:
        ended.set()
        for thread in threads:
            thread.join()
