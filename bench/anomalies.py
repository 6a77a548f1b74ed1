"""The detector of anomalies on the Numenta Anomaly Benchmark, beside two whose scores are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.nab import Profile, Series, benchmark_score, read_profiles, read_series
from bench.place import Connection
from bench.published_detectors import PUBLISHED
from bench.timing import table

_SCORES = "SELECT CASE WHEN is_new_high THEN score ELSE 0 END FROM script_tracking.score_series(%s::float8[])"


def run(connection: Connection, directory: Path) -> str:
    """Score the detectors and return the table, with the published scores of two of them."""
    series, profiles = read_series(directory), read_profiles(directory)
    detected = {
        one.name: [score for (score,) in connection.execute(_SCORES, (list(one.values),))] for one in series
    }
    rows: dict[str, list[float]] = {
        "dbtrack, script_tracking.score_series": _scored(series, detected, profiles)
    }
    for name, (detector, published) in PUBLISHED.items():
        rows[name] = _scored(series, {one.name: detector(one.values) for one in series}, profiles)
        rows[f"{name}, as published"] = list(published)
    windows = sum(len(one.windows) for one in series)
    title = (
        f"Numenta Anomaly Benchmark, {len(series)} series, {windows} windows: 100 is perfect, 0 says nothing"
    )
    return table(title, [profile.name for profile in profiles], rows)


def _scored(
    series: Sequence[Series], scores: Mapping[str, Sequence[float]], profiles: Sequence[Profile]
) -> list[float]:
    return [benchmark_score(series, scores, profile) for profile in profiles]
