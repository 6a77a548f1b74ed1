"""How long the questions of a lake take by each engine: 200 sources, 12 months; and that all say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bench.reports import ROWS as _ROWS
from bench.timing import median, table
from dbtrack.archive.duckdb_engine import literal
from dbtrack.export.columns import Subject
from dbtrack.export.hive import partition_name
from dbtrack.export.parquet import parquet_options
from dbtrack.lake.engines import runnable_sql
from dbtrack.lake.manifest import FORMAT_VERSION, LakeFile, LakeManifest, Selection
from dbtrack.lake.questions import Engine, find_question, question_names
from dbtrack.lake.read import Lake
from dbtrack.lake.schema import METADATA_KEY, SCHEMA_VERSION, lake_columns
from dbtrack.storage.place import Directory
from dbtrack.version import __version__

ROWS = {**_ROWS, "20m": 20_000_000, "100m": 100_000_000}
_SOURCES, _MONTHS, _YEAR = 200, 12, 2025
_ENGINES = Path(__file__).parent.parent / "tests" / "support" / "engine_answers.py"
# It takes minutes for a question.
_MOST_BY_SPARK = 10_000_000
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


@dataclass(frozen=True)
class Cost:
    """What a question costs: by the clock, of the processors, and of memory at most."""

    seconds: float
    processor: float
    peak_megabytes: float


def run(executions: int, rounds: int) -> str:
    """Make a lake of so many executions, and measure each question by each engine."""
    with tempfile.TemporaryDirectory(prefix="dbtrack-bench-lake-") as folder:
        lake = Path(folder)
        start = perf_counter()
        # In another process: the memory of this one counts as that of those which it starts.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as maker:
            size = maker.submit(_make, lake, executions).result()
        made = f"{executions:,} executions, {_SOURCES} sources, {_MONTHS} months: {size / 1e6:,.0f} MB"
        _tell(f"{made}, made in {perf_counter() - start:.0f} s")
        names = [name for name in question_names() if find_question(name).table is Subject.EXECUTIONS]
        rows: dict[str, list[float | None]] = {name: [] for name in names}
        answers, costs = _by_duckdb(lake, names, rounds)
        columns = _add(rows, costs, "dbtrack lake query --no-verify")
        for engine in (Engine.CLICKHOUSE, Engine.SPARK):
            if engine is Engine.SPARK and executions > _MOST_BY_SPARK:
                continue
            told = _by_other(lake, names, engine)
            if told is not None:
                columns += _add(rows, told[1], engine)
                _compare(engine, answers, told[0])
        verifying = _verification(lake)
        load = os.getloadavg()[0]
        return f"{table(made, columns, rows)}\n\n{verifying}; all answers are equal; load {load:.1f}"


def _tell(text: str) -> None:
    # Whoever waits for the rest sees what is known.
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _verification(lake: Path) -> str:
    start, used = perf_counter(), process_time()
    months = Lake(str(lake)).manifests(Selection())
    with Lake(str(lake)).verified(months):
        return f"Verifying all files: {perf_counter() - start:.1f} s, processor {process_time() - used:.1f} s"


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


def _by_duckdb(
    lake: Path, names: Sequence[str], rounds: int
) -> tuple[dict[str, list[list[Any]]], dict[str, Cost]]:
    answers: dict[str, list[list[Any]]] = {}
    costs: dict[str, Cost] = {}
    for name in names:
        taken = []
        for _ in range(rounds):
            answers[name], cost = _by_command(lake, name)
            taken.append(cost)
        columns = zip(*(astuple(cost) for cost in taken), strict=True)
        costs[name] = Cost(*(median(column) for column in columns))
        _tell(f"{name}: {costs[name]}, load {os.getloadavg()[0]:.1f}")
    return answers, costs


def _by_command(lake: Path, name: str) -> tuple[list[list[Any]], Cost]:
    """Run the command as a user does, start and all."""
    words = [sys.executable, "-m", "dbtrack", "lake", "query", str(lake), "--question", name]
    start = perf_counter()
    with (
        tempfile.TemporaryFile("w+") as answer,
        subprocess.Popen([*words, "--no-verify", "--format", "jsonl"], stdout=answer) as command,
    ):
        _, status, used = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
        seconds = perf_counter() - start
        if command.returncode:
            raise subprocess.CalledProcessError(command.returncode, words)
        answer.seek(0)
        rows = [list(row.values()) for row in map(json.loads, answer)]
    return rows, Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _by_other(
    lake: Path, names: Sequence[str], engine: Engine
) -> tuple[dict[str, Any], dict[str, Cost]] | None:
    """Return the answers of another engine and its costs; None if DBTRACK_ENGINES_PYTHON is not set."""
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
    words = ("ANSWERS ", "COSTS ")
    found = [
        json.loads(line.removeprefix(word))
        for word in words
        for line in ended.stdout.splitlines()
        if line.startswith(word)
    ]
    return found[0], {name: Cost(*cost) for name, cost in found[1].items()}


def _add(rows: dict[str, list[float | None]], costs: dict[str, Cost], engine: str) -> list[str]:
    _tell(f"{engine}: {costs}")
    for name, cost in costs.items():
        rows[name] += astuple(cost)
    return [f"{engine}, s", "processor, s", "peak, MB"]


def _compare(engine: Engine, answers: dict[str, Any], told: dict[str, Any]) -> None:
    """Check the counts of each question: times and fractions are written differently."""
    for name, rows in answers.items():
        if [_counts(row) for row in rows] != [_counts(row) for row in told[name]]:
            raise ValueError(f"{engine} answers {name} otherwise")


def _counts(row: Sequence[Any]) -> list[Any]:
    return [value for value in row if isinstance(value, int) or (isinstance(value, str) and ":" not in value)]
