"""How long commands take to start: wall-clock time of whole processes, taking turns."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from time import perf_counter

from bench.place import Connection
from bench.timing import median, table


def run(connection: Connection, rounds: int) -> str:
    """Measure on an empty history; milliseconds."""
    dbtrack = [sys.executable, "-m", "dbtrack"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "true": ["true"],
        "dbtrack --help": [*dbtrack, "--help"],
        "dbtrack history --help": [*dbtrack, "history", "--help"],
        "dbtrack history --format plain": [*dbtrack, "history", "--format", "plain"],
        "dbtrack dashboard --format json": [*dbtrack, "dashboard", "--format", "json"],
        "dbtrack dashboard --format table": [*dbtrack, "dashboard", "--format", "table"],
        "dbtrack track name -- true": [*dbtrack, "track", "name", "--", "true"],
    }
    environment = {**os.environ, "DBTRACK_DSN": connection.info.dsn}
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, words in commands.items():
            start = perf_counter()
            subprocess.run(words, env=environment, check=True, capture_output=True)
            taken[name].append((perf_counter() - start) * 1000)
    rows = {name: [median(values), min(values)] for name, values in taken.items()}
    return table("Whole processes, ms", ["median", "least"], rows)
