"""Drawing evidence of a year with 10,000 changes, a tenth of the rows, and all: time and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.place import Connection
from bench.reports import processor_milliseconds, temporary_database
from bench.timing import table
from dbtrack import schema
from dbtrack.db import Database
from dbtrack.evidence.data_file import HashedStream
from dbtrack.evidence.draw import draw
from dbtrack.evidence.framework_files import find_framework
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.reading import DrawRequest

_SINCE, _UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
_LEAST = 10_000
_ROWS_A_STEP = 100_000


@dataclass(frozen=True)
class Drawn:
    """Seconds of each side's processor and by the clock, MB of memory at most and of the file."""

    server: float
    client: float
    clock: float
    server_memory: float
    client_memory: float
    size: float


def run(connection: Connection, rows: int) -> str:
    """Draw evidence of each size in a process of its own, and return the table."""
    body = {}
    for changes in (_LEAST, rows // 10, rows):
        with filled(connection, changes) as database:
            drawn = measured(database.raw.info.dsn)
        body[f"{changes:,} changes"] = list(vars(drawn).values())
    columns = ["server s", "client s", "clock s", "server MB", "client MB", "file MB"]
    return table("Drawing evidence", columns, body)


@contextmanager
def filled(connection: Connection, changes: int) -> Iterator[Database]:
    """A database with so many changes in a year, sealed."""
    with temporary_database(connection, "evidence") as database:
        fill(database, changes)
        yield database


def fill(database: Database, changes: int) -> None:
    """Record so many changes of a year, and seal them."""
    schema.install(database)
    database.execute("SELECT script_tracking.add_tenant('t' || n) FROM generate_series(0, 9) AS n")
    database.execute(
        "SELECT script_tracking.ensure_month(to_char(m, 'YYYY_MM')) "
        "FROM generate_series(timestamptz '2024-12-15', timestamptz '2026-01-15', interval '1 month') AS m"
    )
    text = (Path(__file__).parent / "evidence.sql").read_text()
    for first in range(1, changes + 1, _ROWS_A_STEP):
        last = min(changes, first + _ROWS_A_STEP - 1)
        database.execute(text, {"first": first, "last": last, "rows": changes})
    for name, value in (("evidence.hours", "Mon-Fri 07:00-19:00"), ("evidence.shared_logins", "shared_*")):
        database.execute("SELECT script_tracking.set_setting(%(n)s, %(v)s)", {"n": name, "v": value})
    database.execute("VACUUM ANALYZE")
    while not database.value("SELECT o_is_finished FROM script_tracking.seal_step()"):
        pass


def measured(dsn: str) -> Drawn:
    """Draw in a process of its own, whose memory at most is that of drawing."""
    context = get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_draw, (dsn,))


def _draw(dsn: str) -> Drawn:
    zone: tzinfo = UTC
    request = DrawRequest(find_framework("soc2", None, MEASURES), _SINCE, _UNTIL, zone, None, 25, "seed", "")
    with psycopg.connect(dsn, autocommit=True) as connection, TemporaryDirectory() as directory:
        database = Database.wrap(connection)
        path = Path(directory) / "evidence.json"
        before, client, clock = processor_milliseconds(database), time.process_time(), time.monotonic()
        with path.open("wb") as stream:
            draw(database, request, HashedStream(stream), path.name)
        return Drawn(
            (processor_milliseconds(database) - before) / 1000,
            time.process_time() - client,
            time.monotonic() - clock,
            _peak_megabytes(connection.info.backend_pid),
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            path.stat().st_size / 1e6,
        )


def _peak_megabytes(pid: int) -> float:
    """The most memory that a process had; 0 where the system does not tell."""
    path = Path("/proc") / str(pid) / "status"
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
