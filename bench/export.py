"""Seconds and peak memory of `dbtrack export`, format by format, and of an incremental one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench.past import make_past
from bench.place import Connection
from bench.timing import table

_MONTHS = 12
_NEW = 1_000
_KIBIBYTES_A_MEBIBYTE = 1024
_WHOLE = {
    "executions, csv": ("executions", "--format", "csv", "-o", "e.csv"),
    "executions, csv --full": ("executions", "--format", "csv", "--full", "-o", "f.csv"),
    "executions, jsonl": ("executions", "--format", "jsonl", "-o", "e.jsonl"),
    "executions, spreadsheet": ("executions", "--format", "spreadsheet", "-o", "s.csv"),
    "executions, ocsf": ("executions", "--format", "ocsf", "-o", "o.jsonl"),
    "executions, parquet file": ("executions", "-o", "e.parquet"),
    "executions, parquet directory": ("executions", "--format", "parquet", "-o", "lake/"),
    "objects, csv": ("objects", "--format", "csv", "-o", "b.csv"),
}
_STATE = ("executions", "--format", "jsonl", "--state", "state", "-o", "new/")


def run(connection: Connection, executions: int) -> str:
    """Measure with so many executions in twelve months."""
    make_past(connection, executions, _MONTHS)
    costs: dict[str, list[float | None]] = {}
    with tempfile.TemporaryDirectory(prefix="dbtrack-bench-") as folder:
        for name, words in _WHOLE.items():
            costs[name] = _cost(connection, Path(folder), words)
        costs["incremental, the first"] = _cost(connection, Path(folder), _STATE)
        costs["incremental, nothing new"] = _cost(connection, Path(folder), _STATE)
        for number in range(_NEW):
            connection.execute(f"SELECT script_tracking.track_operation('new_{number}')".encode())
        costs[f"incremental, {_NEW:,} new"] = _cost(connection, Path(folder), _STATE)
    columns = ["seconds", "peak MiB", "MB written"]
    return table(f"Exports of {executions:,} executions", columns, costs)


def _cost(connection: Connection, folder: Path, words: tuple[str, ...]) -> list[float | None]:
    before = _size(folder)
    command = [sys.executable, "-m", "dbtrack", "export", *words]
    start = perf_counter()
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, "DBTRACK_DSN": connection.info.dsn})
    _, status, usage = os.wait4(process.pid, 0)
    seconds = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return [seconds, usage.ru_maxrss / _KIBIBYTES_A_MEBIBYTE, (_size(folder) - before) / 1e6]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
