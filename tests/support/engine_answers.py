"""Runs in a Python that has chdb or pyspark: reads SQL by name, and writes rows and costs by name, as JSON.

It imports nothing of dbtrack or the tests, as that Python need not have them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

# Seconds by the clock, of the processors, and the most memory of this process so far, in MB.
_COSTS: dict[str, tuple[float, float, float]] = {}


@contextmanager
def _noted(name: str) -> Iterator[None]:
    start, used = perf_counter(), process_time()
    yield
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    _COSTS[name] = (perf_counter() - start, process_time() - used, peak)


def _chdb(questions: dict[str, str]) -> dict[str, list[list[Any]]]:
    import chdb

    found = {}
    for name, sql in questions.items():
        # 64-bit numbers are texts in JSON unless ClickHouse is told otherwise.
        settings = ", output_format_json_quote_64bit_integers = 0, output_format_json_quote_64bit_floats = 0"
        with _noted(name):
            answer = chdb.query(f"{sql.rstrip().rstrip(';')}{settings}", "JSONCompact")
            found[name] = json.loads(str(answer))["data"]
    return found


def _in_utc(value: Any) -> Any:
    """Return a time as text: Spark's have no zone, and are in that of the process."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _spark(questions: dict[str, str]) -> dict[str, list[list[Any]]]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    found = {}
    try:
        for name, sql in questions.items():
            *before, select = [each for each in sql.split(";\n") if each.strip()]
            with _noted(name):
                for statement in before:
                    session.sql(statement)
                rows = session.sql(select.rstrip().rstrip(";")).collect()
            found[name] = [[_in_utc(value) for value in row] for row in rows]
    finally:
        session.stop()
    return found


if __name__ == "__main__":
    answers = {"clickhouse": _chdb, "spark": _spark}[sys.argv[1]](json.load(sys.stdin))
    sys.stdout.write("\nANSWERS " + json.dumps(answers) + "\nCOSTS " + json.dumps(_COSTS) + "\n")
