"""Lines of log a second and peak memory of `dbtrack ingest`, beside pgBadger on the same file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from time import perf_counter, sleep

from bench.place import Connection
from bench.timing import table

_PREFIX = "%m [%p] %q%u@%d "
_LOOK_SECONDS = 0.02
_LINES_A_CHUNK = 20_000
_SELECT = (
    "LOG:  duration: {number}.125 ms  statement: SELECT o.id, o.total, c.name FROM orders AS o "
    "JOIN customer AS c ON c.id = o.customer_id WHERE o.id = {number} "
    "AND o.created_at > now() - interval '1 day' ORDER BY o.id LIMIT 10;"
)
_UPDATE = (
    "LOG:  duration: 0.{number} ms  statement: UPDATE item SET comment = 'none', stock = 3 "
    "WHERE id = {number};"
)
_EVERY = {  # one entry of its kind in so many
    997: 'ERROR:  duplicate key value violates unique constraint "orders_pkey"\n'
    "{head}DETAIL:  Key (id)=({number}) already exists.\n"
    "{head}STATEMENT:  INSERT INTO orders VALUES ({number});",
    9973: 'ERROR:  relation "t{number}" already exists\n'
    "{head}STATEMENT:  CREATE TABLE t{number} (\n\tid int\n\t);",
    19997: "LOG:  statement: GRANT pg_monitor TO worker_{number};",
}


@dataclass(frozen=True)
class Measured:
    """What reading a log cost.

    Args:
        peak_mebibytes: the most memory that the process and its children held; on Linux only.
    """

    seconds: float
    peak_mebibytes: float


def run(connection: Connection, megabytes: int) -> str:
    """Measure, and return the table.

    Args:
        megabytes: the size of the log, in millions of bytes.
    """
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-bench-log-"))
    log = directory / "postgresql.log"
    try:
        lines = _write(log, megabytes * 1_000_000)
        found = {"dbtrack ingest": _measure(_dbtrack(log), _environment(connection))}
        if pgbadger := shutil.which("pgbadger"):
            found["pgBadger"] = _measure(_pgbadger(pgbadger, log), os.environ)
        title = f"A log of {log.stat().st_size / 1e6:,.0f} MB, {lines:,} lines"
        columns = ["seconds", "lines a second", "MB a second", "peak MiB"]
        size = log.stat().st_size / 1e6
        rows = {
            name: [cost.seconds, lines / cost.seconds, size / cost.seconds, cost.peak_mebibytes]
            for name, cost in found.items()
        }
        return table(title, columns, rows)
    finally:
        shutil.rmtree(directory)


def _write(path: Path, size: int) -> int:
    """Write a log of about this size, in bytes, and return its number of lines."""
    lines = 0
    with path.open("w") as log:
        chunks = _chunks()
        while log.tell() < size:
            chunk = next(chunks)
            log.write(chunk)
            lines += chunk.count("\n")
    return lines


def _chunks() -> Iterator[str]:
    for number, minute in enumerate(cycle(range(24 * 60))):
        first = number * _LINES_A_CHUNK
        yield "".join(_entry(first + place, minute) for place in range(_LINES_A_CHUNK))


def _entry(number: int, minute: int) -> str:
    moment = f"2026-01-15 {minute // 60:02}:{minute % 60:02}:{number % 60:02}.{number % 1000:03} UTC"
    head = f"{moment} [{4000 + number % 64}] app@shop "
    special = next((text for every, text in _EVERY.items() if number % every == 0), None)
    text = special or (_UPDATE if number % 4 == 0 else _SELECT)
    return f"{head}{text.format(number=number, head=head)}\n"


def _environment(connection: Connection) -> dict[str, str]:
    info = connection.info
    place = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "DBTRACK_", "DATABASE_"))
    }
    return {**kept, **place}


def _dbtrack(log: Path) -> list[str]:
    return [sys.executable, "-m", "dbtrack", "ingest", "--all-databases", "--prefix", _PREFIX, str(log)]


def _pgbadger(program: str, log: Path) -> list[str]:
    report = log.with_name("report.html")
    return [program, "--quiet", "--format", "stderr", "--prefix", _PREFIX, "--outfile", str(report), str(log)]


def _measure(command: Sequence[str], environment: Mapping[str, str]) -> Measured:
    start = perf_counter()
    peak = 0.0
    # rusage would count the memory of the process that forked it, too.
    with subprocess.Popen(command, env=environment) as process:
        while process.poll() is None:
            peak = max(peak, _mebibytes(process.pid))
            sleep(_LOOK_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{command[0]} exited {process.returncode}")
    return Measured(perf_counter() - start, peak)


def _mebibytes(process: int) -> float:
    """Return the most that a process and its children have held, each by itself; 0 once they are gone."""
    folder = Path("/proc") / str(process)
    try:
        children = (folder / "task" / str(process) / "children").read_text().split()
        status = (folder / "status").read_text()
    except OSError:
        return 0.0
    own = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), "0")
    return int(own) / 1024 + sum(_mebibytes(int(child)) for child in children)
