"""How long the questions of a lake take by each engine: 200 sources, 12 months; and that all say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.reports import ROWS as _ROWS
from bench.timing import median, table
from dbtrack.archive.duckdb_engine import literal
from dbtrack.export.columns import Subject
from dbtrack.export.hive import partition_name
from dbtrack.export.parquet import parquet_options
from dbtrack.lake.engines import runnable_sql
from dbtrack.lake.manifest import FORMAT_VERSION, LakeFile, LakeManifest, Selection
from dbtrack.lake.query import query_lake
from dbtrack.lake.questions import Engine, find_question, question_names, question_sql
from dbtrack.lake.read import Lake
from dbtrack.lake.schema import METADATA_KEY, SCHEMA_VERSION, lake_columns
from dbtrack.storage.place import Directory
from dbtrack.version import __version__

ROWS = {**_ROWS, "20m": 20_000_000, "100m": 100_000_000}
_SOURCES, _MONTHS, _YEAR = 200, 12, 2025
_ENGINES = Path(__file__).parent.parent / "tests" / "support" / "engine_answers.py"
_TAGS = "['CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX', 'DROP TABLE', 'GRANT', 'COMMENT', 'CREATE VIEW']"
# The columns that are not NULL; n is unique in the lake, h a hash of it.
_VALUES = {
    "id": "key || '-' || epoch_us(moment)",
    "execution_key": "key",
    "version_number": "n",
    "script_name": f"CASE WHEN h % 10 < 8 THEN ({_TAGS})[1 + h % 7] ELSE 'migration-' || h % 5000 END",
    "script_type": "CASE WHEN h % 10 < 8 THEN 'DDL_AUTO' ELSE 'MIGRATION' END",
    "execution_status": "CASE WHEN h % 97 = 0 THEN 'FAILED' ELSE 'COMPLETED' END",
    "execution_timestamp": "moment",
    "duration_ms": "round(exp(h % 9000 / 1000.0), 3)",
    "recorded_at": "moment + INTERVAL 1 SECOND",
    "db_session_user": "'user-' || h % 300",
    "application_name": "(['psql', 'flyway', 'app'])[1 + h % 3]",
    "client_ip": "'10.0.0.' || h % 250",
    "affected_objects": "['public.t' || h % 2000]",
    "object_count": "1",
    "record_source": "'event_trigger'",
}


def run(executions: int, rounds: int) -> str:
    """Make a lake of so many executions, and measure each question by each engine."""
    with tempfile.TemporaryDirectory(prefix="dbtrack-bench-lake-") as folder:
        lake = Path(folder)
        start = perf_counter()
        size = _make(lake, executions)
        made = f"{executions:,} executions, {_SOURCES} sources, {_MONTHS} months: {size / 1e6:,.0f} MB"
        sys.stdout.write(f"{made}, made in {perf_counter() - start:.0f} s\n\n")
        names = [name for name in question_names() if find_question(name).table is Subject.EXECUTIONS]
        costs: dict[str, list[float | None]] = {name: [] for name in names}
        answers, seconds = _by_duckdb(lake, names, rounds)
        columns = [_add(costs, seconds, "dbtrack lake query --no-verify, s")]
        for engine in (Engine.CLICKHOUSE, Engine.SPARK):
            told = _by_other(lake, names, engine)
            if told is not None:
                columns.append(_add(costs, told[1], f"{engine}, s"))
                _compare(engine, answers, told[0])
        start = perf_counter()
        months = Lake(str(lake)).manifests(Selection())
        with Lake(str(lake)).verified(months):
            verifying = perf_counter() - start
        return (
            f"{table(made, columns, costs)}\n\nVerifying all files: {verifying:.1f} s; all answers are equal"
        )


def _make(lake: Path, executions: int) -> int:
    """Write one file for each source and month, with its manifest; return their bytes."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    each = executions // (_SOURCES * _MONTHS)
    size = 0
    for source in range(_SOURCES):
        for month in range(_MONTHS):
            first = (source * _MONTHS + month) * each
            size += _make_month(connection, lake, f"source-{source:03}", month + 1, (first, first + each))
    return size


def _make_month(connection: Any, lake: Path, source: str, number: int, numbers: tuple[int, int]) -> int:
    month, tenant = f"{_YEAR}-{number:02}", f"tenant-{source}"
    constants = {"tenant": literal(tenant), "source": literal(source), "month": literal(month)}
    values = _VALUES | constants
    columns = ", ".join(
        f"({values.get(column.name, 'NULL')})::{column.storage.value} AS {column.name}"
        for column in lake_columns(Subject.EXECUTIONS)
        if not column.is_full
    )
    names = (
        partition_name("source", source),
        partition_name("tenant", tenant),
        partition_name("month", month),
    )
    path = "/".join((Subject.EXECUTIONS, *names, f"{Subject.EXECUTIONS}.parquet"))
    (lake / path).parent.mkdir(parents=True)
    first, end = numbers
    # Spread over the first 28 days.
    step = 28 * 86_400_000_000 // max(1, end - first)
    connection.execute(
        f"COPY (SELECT {columns} FROM (SELECT n, (hash(n) % 1000003)::BIGINT AS h, sha256(n::VARCHAR) AS key,"
        f" TIMESTAMPTZ '{month}-01 00:00:00+00' + to_microseconds((n - {first}) * {step}) AS moment"
        f" FROM range({first}, {end}) AS r (n)))"
        f" TO {literal(lake / path)} ({parquet_options(**{METADATA_KEY: SCHEMA_VERSION})})"
    )
    fetched = Directory(lake).fetch(path, lake)
    if fetched is None:
        raise FileNotFoundError(path)
    file = LakeFile(path, end - first, fetched.size_bytes, fetched.sha256)
    manifest = LakeManifest(
        *(FORMAT_VERSION, SCHEMA_VERSION, __version__, str(Subject.EXECUTIONS), source, month, "bench"),
        *(datetime.now(UTC).isoformat(), False, file.rows, 0, (file,)),
    )
    (lake / manifest.name).parent.mkdir(parents=True, exist_ok=True)
    # Not flushed to disk, as an export does: this is not what is measured.
    (lake / manifest.name).write_text(json.dumps(asdict(manifest)))
    return file.bytes


def _by_duckdb(lake: Path, names: Sequence[str], rounds: int) -> tuple[dict[str, Any], dict[str, float]]:
    answers: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    for name in names:
        statement = question_sql(find_question(name), Engine.DUCKDB)
        taken = []
        for _ in range(rounds):
            start = perf_counter()
            with query_lake(Lake(str(lake)), statement, Selection(), verify=False) as answer:
                answers[name] = list(answer.rows)
            taken.append(perf_counter() - start)
        seconds[name] = median(taken)
    return answers, seconds


def _by_other(
    lake: Path, names: Sequence[str], engine: Engine
) -> tuple[dict[str, Any], dict[str, float]] | None:
    """Return the answers of another engine and its seconds; None if DBTRACK_ENGINES_PYTHON is not set."""
    python = os.environ.get("DBTRACK_ENGINES_PYTHON")
    if python is None:
        return None
    questions = {name: runnable_sql(find_question(name), engine, str(lake)) for name in names}
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    ended = subprocess.run(
        [python, str(_ENGINES), engine],
        input=json.dumps(questions),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    words = ("ANSWERS ", "SECONDS ")
    found = [
        json.loads(line.removeprefix(word))
        for word in words
        for line in ended.stdout.splitlines()
        if line.startswith(word)
    ]
    return found[0], found[1]


def _add(costs: dict[str, list[float | None]], seconds: dict[str, float], column: str) -> str:
    # Whoever waits for Spark sees what is known.
    sys.stderr.write(f"{column}: {seconds}\n")
    for name, taken in seconds.items():
        costs[name].append(taken)
    return column


def _compare(engine: Engine, answers: dict[str, Any], told: dict[str, Any]) -> None:
    """Check the counts of each question: times and fractions are written differently."""
    for name, rows in answers.items():
        if [_counts(row) for row in rows] != [_counts(row) for row in told[name]]:
            raise ValueError(f"{engine} answers {name} otherwise")


def _counts(row: Sequence[Any]) -> list[Any]:
    return [value for value in row if isinstance(value, int) or (isinstance(value, str) and ":" not in value)]
