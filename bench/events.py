"""How long an event takes from commit to receiver, and what kills of worker, receiver and database do.

A server, `dbtrack notify`, a receiver and a writer run as processes of their own, as they would.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any, Self

import psycopg
from psycopg import conninfo

from bench.timing import table
from dbtrack import embedded, schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.files import PRIVATE

_EVENTS_A_SECOND = 100
_INTERVAL_SECONDS = 0.2
_SECONDS_BETWEEN_KILLS = (0.5, 2.0)
_SETTLE_SECONDS = 120.0
_KEY = "5c" * 32
_COMPARED = (
    "recorded",
    "received",
    "lost",
    "out of order",
    "not in the record",
    "duplicates",
    "of another number",
    "breaks of the chain",
)
_OPERATION = "SELECT encode(script_tracking.track_operation('bench'), 'hex')"
_RECORDED = """
SELECT e.event_id FROM script_tracking.event AS e
WHERE e.event_type = 'execution.started' ORDER BY e.version_number
"""


def run(rounds: int, seconds: int) -> str:
    """Measure the latency for so many seconds, then kill so often.

    Args:
        rounds: how many kills, of the worker, the receiver and the database in turn.
    """
    with _Scene() as scene:
        steady = scene.written(seconds)
        latencies = scene.latencies(steady)
        columns = ["events", "p50, ms", "p95, ms", "p99, ms", "max, ms"]
        row = [len(latencies), *(_percentile(latencies, share) for share in (0.5, 0.95, 0.99, 1.0))]
        title = f"Commit to receiver, {_EVENTS_A_SECOND} events a second, polls every {_INTERVAL_SECONDS} s"
        text = table(title, columns, {"webhook": row})
        if rounds:
            text += "\n\n" + scene.killed(rounds)
        return text


class _Scene:
    """The processes: server, worker, receiver; and the writer, a thread."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="dbtrack-bench-"))
        self.directory.chmod(0o755)
        self.data = self.directory / "data"
        self.received = self.directory / "received"
        self.port = _free_port()
        self.dsn = ""
        self.committed: dict[str, float] = {}
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        self.dsn = conninfo.make_conninfo(**embedded.start(self.data))
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            schema.install(Database.wrap(connection))
        key = self.directory / "key"
        key.touch(mode=PRIVATE)
        key.write_text(_KEY)
        self._dbtrack(
            "webhook", "add", "bench", f"http://127.0.0.1:{self.port}/", "--allow-private", "--allow-plain",
            "--events", "execution.started",
        ).wait()  # fmt: skip
        self.receiver = self._start_receiver()
        self.worker = self._start_worker()
        # Until the worker has started, latencies would be those of its start.
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(_OPERATION)
        self._settle()
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.worker, self.receiver):
            process.kill()
            process.wait()
        embedded.stop(self.data)
        shutil.rmtree(self.directory, ignore_errors=True)

    def written(self, seconds: float) -> dict[str, float]:
        """Record for so long; return when each execution was committed, by its key."""
        writer = self._start_writer()
        sleep(seconds)
        self._stop_writer(writer)
        self._settle()
        return dict(self.committed)

    def latencies(self, committed: dict[str, float]) -> list[float]:
        """Return the milliseconds from the commit to the first receipt."""
        first: dict[str, float] = {}
        for each in self._receipts():
            first.setdefault(each["id"].partition("-")[0], each["at"])
        return [(first[key] - at) * 1000 for key, at in committed.items() if key in first]

    def killed(self, rounds: int) -> str:
        """Kill the worker, the receiver and the database in turn while events are written."""
        writer = self._start_writer()
        kills = {"worker": 0, "receiver": 0, "database": 0}
        for number in range(rounds):
            sleep(random.SystemRandom().uniform(*_SECONDS_BETWEEN_KILLS))
            victim = list(kills)[number % len(kills)]
            kills[victim] += 1
            self._kill(victim)
            self._keep_worker()
        self._stop_writer(writer)
        self._settle()
        return table(
            f"{rounds} kills with SIGKILL: " + ", ".join(f"{count} {name}" for name, count in kills.items()),
            _COMPARED,
            {"webhook": self._compared()},
        )

    def _compared(self) -> list[float]:
        with psycopg.connect(self.dsn) as connection:
            recorded = [str(row[0]) for row in connection.execute(_RECORDED)]
        numbers: dict[str, int] = {}
        other = breaks = out_of_order = 0
        chain = b""
        receipts = self._receipts()
        for each in receipts:
            if each["id"] in numbers:
                other += numbers[each["id"]] != each["number"]
                continue
            out_of_order += each["number"] != len(numbers) + 1
            numbers[each["id"]] = each["number"]
            chain = hashlib.sha256(chain + each["id"].encode()).digest()
            breaks += chain.hex() != each["chain"]
        known = set(recorded)
        lost = len(known - numbers.keys())
        unknown = len(numbers.keys() - known)
        duplicates = len(receipts) - len(numbers)
        return [len(recorded), len(numbers), lost, out_of_order, unknown, duplicates, other, breaks]

    def _kill(self, victim: str) -> None:
        if victim == "worker":
            self.worker.kill()
            self.worker.wait()
            self.worker = self._start_worker()
        elif victim == "receiver":
            self.receiver.kill()
            self.receiver.wait()
            self.receiver = self._start_receiver()
        else:
            server = embedded.status(self.data)
            if server is not None:
                os.kill(server.pid, signal.SIGKILL)
                while embedded.status(self.data) is not None:
                    sleep(0.05)
            self._start_server()

    def _keep_worker(self) -> None:
        """Start the worker again if it ended because the database was away, as a service manager does."""
        if self.worker.poll() is not None:
            self.worker = self._start_worker()

    def _start_server(self) -> None:
        until = monotonic() + 60
        while True:
            try:
                self.dsn = conninfo.make_conninfo(**embedded.start(self.data))
            except DbtrackError:
                # The backends of the killed postmaster need a moment to notice.
                if monotonic() > until:
                    raise
                sleep(0.2)
            else:
                return

    def _settle(self) -> None:
        """Wait until the receiver has what the record has."""
        until = monotonic() + _SETTLE_SECONDS
        while monotonic() < until:
            self._keep_worker()
            with suppress(psycopg.Error), psycopg.connect(self.dsn) as connection:
                recorded = {row[0] for row in connection.execute(_RECORDED)}
                if recorded <= {each["id"] for each in self._receipts()}:
                    return
            sleep(0.5)

    def _receipts(self) -> list[dict[str, Any]]:
        text = self.received.read_text() if self.received.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def _start_writer(self) -> threading.Thread:
        self._stop.clear()
        writer = threading.Thread(target=self._write, daemon=True)
        writer.start()
        return writer

    def _stop_writer(self, writer: threading.Thread) -> None:
        self._stop.set()
        writer.join()

    def _write(self) -> None:
        while not self._stop.is_set():
            # The server may have been killed.
            with suppress(psycopg.Error), psycopg.connect(self.dsn, autocommit=True) as connection:
                self._write_to(connection)
            self._stop.wait(0.1)

    def _write_to(self, connection: psycopg.Connection[Any]) -> None:
        due = monotonic()
        while not self._stop.is_set():
            row = connection.execute(_OPERATION, prepare=True).fetchone()
            self.committed[row[0] if row else ""] = time()
            due += 1 / _EVENTS_A_SECOND
            sleep(max(due - monotonic(), 0))

    def _start_worker(self) -> subprocess.Popen[bytes]:
        return self._dbtrack("notify", "--interval", str(_INTERVAL_SECONDS))

    def _start_receiver(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.event_receiver", str(self.port), str(self.received)]
        )

    def _dbtrack(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DBTRACK_DSN": self.dsn,
            "DBTRACK_KEY": f"bench=file:{self.directory}/key",
            "DBTRACK_STATE": str(self.directory / "state"),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "dbtrack", *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _percentile(values: Sequence[float], share: float) -> float:
    if len(values) < 2:
        return float("nan")
    return max(values) if share == 1.0 else statistics.quantiles(values, n=100)[round(share * 100) - 1]
