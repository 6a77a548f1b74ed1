"""Percentiles of durations: within 4 % of the exact ones, wherever they are read from and however they came together."""

from __future__ import annotations

import json
from math import ceil

import pytest

from dbtrack import retention
from dbtrack.db import Database
from dbtrack.reports import REPORTS, run

_RECORD = """
SELECT script_tracking.record_operations((SELECT jsonb_agg(jsonb_build_object('script_name', 'job', 'script_type', o ->> 0,
    'duration_us', o -> 1, 'execution_timestamp', clock_timestamp() - interval '3 hours'))
    FROM jsonb_array_elements(%(operations)s::jsonb) AS o))
"""
_MICROSECONDS = {
    "ONE": [7123],
    "NOUGHT": [0, 0, 0],
    "EQUAL": [50_000] * 40,
    "APART": [1, 86_400_000_000],
    "RISING": list(range(1, 4000, 13)),
    "WIDE": [3**n for n in range(25)],
    "LONGEST": [9_223_372_036_854_775_807],
    "LONG TAIL": [900] * 98 + [5_000_000, 70_000_000],
}
_SHARES = {"p50_duration_ms": 0.50, "p95_duration_ms": 0.95, "p99_duration_ms": 0.99}


def record(database: Database, durations: dict[str, list[int]]) -> None:
    operations = [[name, microseconds] for name, values in durations.items() for microseconds in values]
    database.execute(_RECORD, {"operations": json.dumps(operations)})


def percentiles(database: Database) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for category, metric, value, *_ in run(database, REPORTS["performance"], {}):
        if metric in _SHARES:
            found.setdefault(str(category), {})[metric] = None if value is None else float(str(value))
    return found


def exact(durations: list[int]) -> dict[str, float]:
    return {
        name: sorted(durations)[ceil(share * len(durations)) - 1] / 1000 for name, share in _SHARES.items()
    }


@pytest.mark.every_server
def test_percentiles_are_the_same_from_rows_from_rollups_and_from_sums_of_rollups(
    installed: Database,
) -> None:
    record(installed, {name: values[::2] for name, values in _MICROSECONDS.items()})
    retention.roll_up(installed)
    record(installed, {name: values[1::2] for name, values in _MICROSECONDS.items()})
    together = percentiles(installed)
    retention.roll_up(installed)
    assert percentiles(installed) == together
    retention.roll_up(installed, rebuild=True)
    assert percentiles(installed) == together
    every = [value for values in _MICROSECONDS.values() for value in values]
    for category, values in {**_MICROSECONDS, "overall": every}.items():
        assert together[category] == pytest.approx(exact(values), rel=0.04), category


def test_types_with_nothing_that_has_a_duration_have_no_percentiles(installed: Database) -> None:
    installed.execute("SELECT script_tracking.track_operation('job', 'RUNNING ONLY')")
    record(installed, {"ONE": [5]})
    installed.execute(
        "SELECT script_tracking.record_operations(jsonb_build_array("
        "jsonb_build_object('script_name', 'job', 'script_type', 'UNTIMED')))"
    )
    for _ in range(2):
        found = percentiles(installed)
        assert set(found["RUNNING ONLY"].values()) == set(found["UNTIMED"].values()) == {None}
        retention.roll_up(installed)
