"""The API: start + complete, and the dashboard, from one and eight clients, beside the same by psycopg."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bench.place import Connection
from bench.timing import median, table

_PREFIX = "/api/v1/tracking"
_LISTENING = re.compile(r"dbtrack: listening on http://127\.0\.0\.1:(\d+)")
_WARM_UP = 20
_LOGIN = "bench_web"
Calls = Callable[[int], None]


def run(connection: Connection, rounds: int, statements: int) -> str:
    """Measure, and return the tables."""
    connection.execute(f"DROP ROLE IF EXISTS {_LOGIN}".encode())
    connection.execute(f"CREATE ROLE {_LOGIN} LOGIN IN ROLE dbtrack_api".encode())
    row = connection.execute(
        "SELECT script_tracking.create_api_token('bench', 'write', NULL, 86400, 1000000)"
    ).fetchone()
    token = str(row[0]) if row else ""
    try:
        with _serving(make_conninfo(connection.info.dsn, user=_LOGIN)) as (port, pid):
            return "\n\n".join(
                _compared(connection.info.dsn, (port, pid), token, rounds, statements, clients)
                for clients in (1, 8)
            )
    finally:
        connection.execute("SELECT script_tracking.revoke_api_token('bench')")


def _compared(
    dsn: str, server: tuple[int, int], token: str, rounds: int, statements: int, clients: int
) -> str:
    port, pid = server
    taken: dict[str, list[float]] = defaultdict(list)
    ways: dict[str, Calls] = {
        "start + complete, psycopg": lambda count: _direct_pairs(dsn, count),
        "start + complete, API": lambda count: _api_pairs(port, token, count),
        "dashboard, psycopg": lambda count: _direct_dashboards(dsn, count),
        "dashboard, API": lambda count: _api_dashboards(port, token, count),
    }
    used: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, calls in ways.items():
            before = _cpu_milliseconds(pid)
            taken[name].append(_milliseconds(calls, statements, clients))
            used[name].append((_cpu_milliseconds(pid) - before) / ((statements + _WARM_UP) * clients))
    medians = {name: median(values) for name, values in taken.items()}
    rows = {
        name: (
            medians[name],
            1000 / medians[name],
            medians[name] / medians[name.replace("API", "psycopg")],
            median(used[name]),
        )
        for name in medians
    }
    return table(f"From {clients} clients", ("ms", "a second", "times psycopg", "server's CPU ms"), rows)


def _cpu_milliseconds(pid: int) -> float:
    """Return the CPU time of a process, which other work of the machine disturbs less than the wall clock."""
    # clock_getcpuclockid(3), which Python does not have, on Linux.
    return time.clock_gettime((~pid << 3) | 2) * 1000


def _milliseconds(calls: Calls, statements: int, clients: int) -> float:
    """Return the milliseconds for each of the calls, which the clients share."""
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(calls, [_WARM_UP] * clients))
        began = time.perf_counter()
        list(pool.map(calls, [statements] * clients))
        return (time.perf_counter() - began) * 1000 / (statements * clients)


def _direct_pairs(dsn: str, count: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(count):
            row = connection.execute("SELECT script_tracking.track_operation('bench')").fetchone()
            connection.execute("SELECT script_tracking.complete_operation(%s)", (row[0] if row else None,))


def _direct_dashboards(dsn: str, count: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(count):
            connection.execute("SELECT * FROM script_tracking.get_enterprise_dashboard()").fetchall()


def _api_pairs(port: int, token: str, count: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(count):
        started = _called(connection, token, "POST", "/operations/start", {"script_name": "bench"})
        key = started["data"]["execution_key"]
        _called(connection, token, "POST", "/operations/complete", {"execution_key": key})
    connection.close()


def _api_dashboards(port: int, token: str, count: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(count):
        _called(connection, token, "GET", "/dashboard")
    connection.close()


def _called(
    connection: http.client.HTTPConnection, token: str, method: str, path: str, body: object = None
) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    connection.request(method, f"{_PREFIX}{path}", content, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
    return json.loads(text)


@contextmanager
def _serving(dsn: str) -> Iterator[tuple[int, int]]:
    """Run a server; yield its port and its process."""
    command = [sys.executable, "-m", "dbtrack", "serve", "-d", dsn, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        line = process.stderr.readline() if process.stderr else ""
        match = _LISTENING.match(line)
        if match is None:
            process.kill()
            raise RuntimeError(line)
        try:
            yield int(match[1]), process.pid
        finally:
            process.terminate()
