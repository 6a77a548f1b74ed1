"""How long a cleanup of nine tenths takes, and how long it makes DDL wait; the same with an archive."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

import psycopg

from bench.past import make_past, month_start
from bench.place import Connection
from bench.timing import median, table
from dbtrack import archive, retention
from dbtrack.db import Database

_MONTHS = 10
_SECONDS_ALONE = 5


def run(connection: Connection, rows: int) -> str:
    """Measure with ten months of so many executions in all, nine of which go."""
    days = (datetime.now(UTC) - month_start(1)).days
    database = Database.wrap(connection)
    shown: dict[str, list[float | None]] = {}
    with tempfile.TemporaryDirectory(prefix="dbtrack-bench-") as directory:
        for name, remove in _ways(database, Path(directory), days).items():
            made = _seconds(lambda: make_past(connection, rows, _MONTHS))
            alone = _Waits(connection)
            with alone.measured():
                Event().wait(_SECONDS_ALONE)
            during = _Waits(connection)
            with during.measured():
                took = _seconds(remove)
            shown[name] = [made, took, *alone.both, *during.both, _peak_megabytes()]
            retention.cleanup(database, days=1)
        restored = _seconds(lambda: archive.restore(database, Path(directory)))
        size = sum(each.manifest.bytes for each in archive.list_archive(Path(directory)))
        shown[f"restore ({size / 1e6:.0f} MB of archive)"] = [
            *(None, restored, None, None, None, None),
            _peak_megabytes(),
        ]
    headings = [
        "made, s",
        "took, s",
        "DDL alone: median, ms",
        "longest",
        "DDL meanwhile: median, ms",
        "longest",
        "peak MB",
    ]
    return table(f"Cleanup of nine tenths of {rows} executions in ten months", headings, shown)


def _ways(database: Database, directory: Path, days: int) -> dict[str, Callable[[], object]]:
    return {
        "cleanup": lambda: retention.cleanup(database, days=days),
        "cleanup --archive": lambda: archive.cleanup(database, directory, days=days),
    }


class _Waits:
    """How long each statement of another client's took."""

    def __init__(self, connection: Connection) -> None:
        self._conninfo = connection.info.dsn
        self._done = Event()
        self._taken: list[float] = []

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Run DDL all the while."""
        thread = Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()

    @property
    def both(self) -> tuple[float, float]:
        """The median and the longest, in milliseconds."""
        return median(self._taken), max(self._taken)

    def _run(self) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as client:
            client.execute("CREATE TABLE IF NOT EXISTS bench_ddl (id int)")
            while not self._done.is_set():
                self._taken.append(
                    _seconds(lambda: client.execute("COMMENT ON TABLE bench_ddl IS 'x'")) * 1000
                )
                self._done.wait(0.002)


def _seconds(action: Callable[[], object]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
