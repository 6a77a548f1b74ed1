"""What a DDL costs by how many its transaction, its DO block or its string holds, beside plain PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psycopg
from psycopg import conninfo

from bench.place import Connection
from bench.timing import median, table
from dbtrack.errors import UsageError

_SIZES = (500, 2_000, 8_000, 20_000)
_TRIGGERS = ("et_ddl_command_start", "et_ddl_command_end", "et_sql_drop")
_SYSTEMS = ("plain", "dbtrack")
# A transaction holds a lock on each table that it makes.
_LOCKS_NEEDED = 45_000


class Taken(NamedTuple):
    """What a backend took for one transaction.

    Args:
        seconds: of a processor.
        megabytes: of memory of its own, at the end of the transaction.
        characters: of statements, stored.
        kilobytes: of rows, stored.
    """

    seconds: float
    megabytes: float
    characters: float = 0
    kilobytes: float = 0


def run(connection: Connection, rounds: int, _statements: int) -> str:
    """Measure, and return the tables."""
    _check_locks(connection)
    rounds = min(rounds, 3)
    shapes: dict[str, Callable[[str, int], Taken]] = {
        "psql -1": _by_psql,
        "DO block": _by_block,
        "one string": _by_string,
    }
    return "\n\n".join(_shape(connection, name, action, rounds) for name, action in shapes.items())


def _check_locks(connection: Connection) -> None:
    row = connection.execute(
        "SELECT current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int"
    ).fetchone()
    if row is None or row[0] < _LOCKS_NEEDED:
        raise UsageError(
            "this server cannot hold the locks of 20,000 new tables",
            hint="give one with -d of which max_locks_per_transaction times max_connections is over"
            f" {_LOCKS_NEEDED}",
        )


def _shape(connection: Connection, name: str, action: Callable[[str, int], Taken], rounds: int) -> str:
    taken: dict[tuple[str, int], list[Taken]] = defaultdict(list)
    for _ in range(rounds):
        for size in _SIZES:
            for system in _SYSTEMS:
                taken[system, size].append(_one(connection, system, action, size))
    rows: dict[str, list[float | None]] = {}
    for size in _SIZES:
        plain, ours = (
            Taken(*(median(values) for values in zip(*taken[system, size], strict=True)))
            for system in _SYSTEMS
        )
        rows[f"{size:,}"] = [
            plain.seconds / size * 1000,
            ours.seconds / size * 1000,
            ours.seconds / plain.seconds,
            plain.megabytes,
            ours.megabytes,
            ours.characters / size,
            ours.kilobytes / size,
        ]
    columns = [
        "plain, ms",
        "dbtrack, ms",
        "times plain",
        "plain, MB",
        "dbtrack, MB",
        "characters",
        "kB of row",
    ]
    return table(f"{name}: CREATE TABLE (a int), for each, of the backend's processor", columns, rows)


def _one(connection: Connection, system: str, action: Callable[[str, int], Taken], size: int) -> Taken:
    state = "DISABLE" if system == "plain" else "ENABLE ALWAYS"
    for trigger in _TRIGGERS:
        connection.execute(f"ALTER EVENT TRIGGER {trigger} DISABLE")
    connection.execute("DROP SCHEMA IF EXISTS growth CASCADE")
    connection.execute("CREATE SCHEMA growth")
    for trigger in _TRIGGERS:
        connection.execute(f"ALTER EVENT TRIGGER {trigger} {state}")
    before = connection.execute(
        "SELECT coalesce(max(version_number), 0) FROM script_tracking.script_execution_s"
    )
    mark = (before.fetchone() or (0,))[0]
    taken = action(connection.info.dsn, size)
    stored = connection.execute(
        "SELECT coalesce(sum(length(s.sql_command)), 0), coalesce(sum(pg_column_size(s.*)), 0) / 1000.0"
        " FROM script_tracking.script_execution_s AS s WHERE s.version_number > %s",
        (mark,),
    ).fetchone()
    return taken._replace(characters=float(stored[0]), kilobytes=float(stored[1])) if stored else taken


def _tables(size: int) -> str:
    return "".join(f"CREATE TABLE growth.t{number} (a int);\n" for number in range(size))


def _by_psql(dsn: str, size: int) -> Taken:
    read = "\\! cat /proc/$BACKEND/schedstat; grep RssAnon /proc/$BACKEND/status\n"
    with TemporaryDirectory() as directory:
        script = Path(directory) / "growth.sql"
        begin = "SELECT pg_backend_pid() AS pid \\gset\n\\setenv BACKEND :pid\n"
        script.write_text(begin + read + _tables(size) + read)
        printed = subprocess.run(
            [shutil.which("psql") or "psql", "-X", "-1", "-q", "-v", "ON_ERROR_STOP=1", "-f", script],
            check=True, capture_output=True, text=True, env={**os.environ, **_environment(dsn)},
        ).stdout.split()  # fmt: skip
    first, last = printed[: len(printed) // 2], printed[len(printed) // 2 :]
    return Taken((int(last[0]) - int(first[0])) / 1e9, int(last[4]) / 1024)


def _environment(dsn: str) -> dict[str, str]:
    """The same for psql, whose version may know fewer words of a conninfo."""
    known = conninfo.conninfo_to_dict(dsn)
    names = {
        "PGHOST": "host",
        "PGPORT": "port",
        "PGUSER": "user",
        "PGDATABASE": "dbname",
        "PGPASSWORD": "password",
    }
    return {variable: str(known[name]) for variable, name in names.items() if known.get(name)}


def _by_block(dsn: str, size: int) -> Taken:
    block = (
        f"DO $$BEGIN FOR i IN 1..{size} LOOP"
        " EXECUTE format('CREATE TABLE growth.t%s (a int)', i); END LOOP; END$$"
    )
    return _in_session(dsn, block)


def _by_string(dsn: str, size: int) -> Taken:
    return _in_session(dsn, _tables(size))


def _in_session(dsn: str, statement: str) -> Taken:
    with psycopg.connect(dsn) as session:
        session.execute("SELECT 1")
        process = Path(f"/proc/{session.info.backend_pid}")
        start = int((process / "schedstat").read_text().split()[0])
        session.execute(statement.encode())
        lines = (process / "status").read_text().splitlines()
        memory = next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
        seconds = (int((process / "schedstat").read_text().split()[0]) - start) / 1e9
        session.commit()
        return Taken(seconds, memory / 1024)
