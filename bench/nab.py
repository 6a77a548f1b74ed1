"""The Numenta Anomaly Benchmark: its series with their labelled windows, and its score.

The score is that of Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms" (2015): a window
counts by its earliest detection, a false alarm by how far behind a window it is, and the threshold is the
best for each profile. 0 is a detector that never says anything, 100 one that finds each window at its first
moment and nothing else.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from dbtrack.errors import UsageError

_PROBATION = 0.15
_MOST_VALUES_FOR_PROBATION = 5000
_FAR_BEHIND = 3.0


@dataclass(frozen=True)
class Series:
    """Values in the order of time.

    Args:
        windows: the places of the first and the last value of each labelled window.
    """

    name: str
    values: Sequence[float]
    windows: Sequence[tuple[int, int]]

    @property
    def probation(self) -> int:
        """How many values at the beginning do not count."""
        return int(_PROBATION * min(len(self.values), _MOST_VALUES_FOR_PROBATION))


@dataclass(frozen=True)
class Profile:
    """What a miss and a false alarm cost, where the detection of a window earns 1."""

    name: str
    found: float
    missed: float
    false_alarm: float


@dataclass(frozen=True)
class _Point:
    """What it means to call a value anomalous: the weight of a detection or of a false alarm."""

    score: float
    window: tuple[str, int] | None
    weight: float


def read_series(directory: Path) -> list[Series]:
    """Read the labelled series of a copy of the benchmark.

    Raises:
        UsageError: there is no such copy.
    """
    path = directory / "labels" / "combined_windows.json"
    if not path.is_file():
        raise UsageError(
            f"no labels/combined_windows.json in {directory}",
            hint="give a directory with data/, labels/ and config/ of the Numenta Anomaly Benchmark",
        )
    labels: dict[str, list[list[str]]] = json.loads(path.read_text())
    return [_read_one(directory / "data" / name, name, windows) for name, windows in sorted(labels.items())]


def _read_one(path: Path, name: str, windows: Sequence[Sequence[str]]) -> Series:
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    # Of two values with one time, the first.
    places = {datetime.fromisoformat(row["timestamp"]): place for place, row in reversed([*enumerate(rows)])}
    return Series(
        name,
        [float(row["value"]) for row in rows],
        [
            (places[datetime.fromisoformat(first)], places[datetime.fromisoformat(last)])
            for first, last in windows
        ],
    )


def read_profiles(directory: Path) -> list[Profile]:
    """Read the profiles of the benchmark."""
    profiles = json.loads((directory / "config" / "profiles.json").read_text())
    return [
        Profile(name, costs["tpWeight"], costs["fnWeight"], costs["fpWeight"])
        for name, costs in ((name, profile["CostMatrix"]) for name, profile in profiles.items())
    ]


def benchmark_score(
    series: Sequence[Series], scores: Mapping[str, Sequence[float]], profile: Profile
) -> float:
    """Return the benchmark's score of a detector, at most 100, at the threshold that is best for the profile.

    Args:
        scores: of each series by name, how anomalous each value is.
    """
    points = sorted(
        (point for one in series for point in _points(one, scores[one.name])),
        key=lambda point: point.score,
        reverse=True,
    )
    windows = sum(len(one.windows) for one in series)
    total = best = 0.0
    found: dict[tuple[str, int], float] = {}
    for _, group in groupby(points, key=lambda point: point.score):
        for point in group:
            if point.window is None:
                total += point.weight * profile.false_alarm
                continue
            gain = point.weight * profile.found
            before = found.get(point.window, -profile.missed)
            if gain > before:
                total += gain - before
                found[point.window] = gain
        best = max(best, total)
    return 100 * best / (windows * (profile.found + profile.missed))


def _points(series: Series, scores: Sequence[float]) -> list[_Point]:
    windows = list(enumerate(series.windows))
    behind: tuple[int, int] | None = None
    points = []
    for place, score in enumerate(scores):
        while windows and place > windows[0][1][1]:
            behind = windows.pop(0)[1]
        if place < series.probation:
            continue
        if windows and place >= windows[0][1][0]:
            number, (first, last) = windows[0]
            weight = _worth(-(last - place + 1) / (last - first + 1)) / _worth(-1.0)
            points.append(_Point(score, (series.name, number), weight))
        else:
            distance = _FAR_BEHIND if behind is None else (place - behind[1]) / (behind[1] - behind[0])
            points.append(_Point(score, None, _worth(distance)))
    return points


def _worth(position: float) -> float:
    """Return what a detection is worth: almost 1 at a window's beginning (-1), 0 at its end (0), then -1."""
    return -1.0 if position >= _FAR_BEHIND else 2 / (1 + math.exp(5 * position)) - 1
