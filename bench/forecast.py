"""`python -m bench forecast`: how often the intervals of `dbtrack forecast` hold, on generated histories.

Each history is generated, its last value is taken away, and the function of the database predicts it
from those before, the latest first.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from json import dumps
from math import exp
from statistics import median

from tabulate import tabulate

from bench.place import Connection

_TRIALS = 2000
_RUNS = (5, 14, 30)
_REGULAR = 1.5
"""As predict_failures has it: how much later than the middle the interval may end."""
_FAILURES = (8, 15, 30, 90)
_DAY = 24.0
_WEEKS = 13
_HORIZONS = (4, 13, 26, 52)
_PREDICT = """
SELECT i.low, i.middle, i.high, i.level
FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS h (history, place)
CROSS JOIN LATERAL script_tracking.conformal_interval(
    ARRAY(SELECT jsonb_array_elements_text(h.history)::float8)) AS i
ORDER BY h.place
"""
_Series = Callable[[random.Random, int], list[float]]


@dataclass
class _Score:
    """How the intervals of one kind of history did."""

    tried: int = 0
    predicted: int = 0
    held: int = 0
    widths: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def add(self, low: float, middle: float, high: float, actual: float) -> None:
        """Compare one interval with what came."""
        self.predicted += 1
        self.held += low <= actual <= high
        self.widths.append(high / low)
        self.errors.append(abs(middle / actual - 1))

    def row(self) -> list[str]:
        """Return coverage, width and error as texts."""
        if not self.predicted:
            return ["-", "-", "-"]
        share = self.held / self.predicted
        return [f"{share:.0%}", f"x{median(self.widths):.2f}", f"{median(self.errors):.1%}"]


def run(connection: Connection, rounds: int) -> str:
    """Return the tables: durations, failures that recur, and the growth of the record.

    Args:
        connection: to a database with dbtrack.
        rounds: nine try 2,000 histories of each kind.
    """
    trials = max(_TRIALS * rounds // 9, 1)
    tables = (_durations, _recurrences, _sizes)
    return "\n\n".join(table(connection, trials) for table in tables)


def _predicted(
    connection: Connection, histories: Sequence[Sequence[float]]
) -> list[tuple[float | None, float | None, float | None, float | None]]:
    return connection.execute(_PREDICT, [dumps(histories)]).fetchall()


def _durations(connection: Connection, trials: int) -> str:
    rows = []
    for name, series in _OPERATIONS.items():
        for count in _RUNS:
            score = _scored(connection, name, series, count, trials)
            rows.append([name, count, *score.row()])
    return "Operations\n\n" + tabulate(
        rows, ["operation", "runs", "held", "width", "error"], tablefmt="github"
    )


def _recurrences(connection: Connection, trials: int) -> str:
    rows = []
    for name, series in _PATTERNS.items():
        for count in _FAILURES:
            # So many failures have one fewer time between them; the last one is to come.
            score = _scored(connection, name, series, count - 1, trials, most_factor=_REGULAR)
            rows.append([name, count, f"{score.predicted / score.tried:.0%}", *score.row()])
    headings = ["failures", "before", "predicted", "held", "width", "error"]
    return "Failures that recur\n\n" + tabulate(rows, headings, tablefmt="github")


def _scored(
    connection: Connection,
    name: str,
    series: _Series,
    count: int,
    trials: int,
    *,
    most_factor: float | None = None,
) -> _Score:
    score = _Score()
    chance = random.Random(f"{name}{count}")  # noqa: S311 - noise, not a secret
    histories = [series(chance, count + 1) for _ in range(trials)]
    found = _predicted(connection, [history[-2::-1] for history in histories])
    for history, (low, middle, high, level) in zip(histories, found, strict=True):
        score.tried += 1
        if low is None or middle is None or high is None or level is None:
            continue
        if most_factor is None or high <= most_factor * middle:
            score.add(low, middle, high, history[-1])
    return score


def _sizes(connection: Connection, trials: int) -> str:
    rows = []
    for name, series in _GROWTHS.items():
        for horizon in _HORIZONS:
            score = _Score()
            chance = random.Random(f"{name}{horizon}")  # noqa: S311 - noise, not a secret
            histories = [series(chance, _WEEKS + 8 * horizon) for _ in range(trials)]
            found = _predicted(connection, [history[_WEEKS - 1 :: -1] for history in histories])
            for history, (low, middle, high, _) in zip(histories, found, strict=True):
                if low is None or middle is None or high is None:
                    continue
                # A limit that the middle reaches in so many weeks.
                left = middle * horizon
                actual = _weeks_until(history[_WEEKS:], left)
                score.add(left / high, horizon, left / low, actual)
            rows.append([name, horizon, *score.row()])
    headings = ["executions a week", "weeks ahead", "held", "width", "error"]
    return "The size reaches a limit\n\n" + tabulate(rows, headings, tablefmt="github")


def _weeks_until(weeks: Sequence[float], left: float) -> float:
    """Return after how many weeks their sum is so much."""
    for number, week in enumerate(weeks):
        if left <= week:
            return number + left / week
        left -= week
    return float(len(weeks))


def _quiet(chance: random.Random, count: int) -> list[float]:
    return [exp(chance.gauss(0, 0.15)) for _ in range(count)]


def _busy(chance: random.Random, count: int) -> list[float]:
    """Sometimes, other work makes it two to four times slower."""
    return [
        exp(chance.gauss(0, 0.25)) * (chance.uniform(2, 4) if chance.random() < 0.1 else 1)
        for _ in range(count)
    ]


def _growing(chance: random.Random, count: int) -> list[float]:
    """Each run takes 1 % longer than the one before."""
    return [1.01**number * exp(chance.gauss(0, 0.15)) for number in range(count)]


def _slower(chance: random.Random, count: int) -> list[float]:
    """The last run takes 2.5 times as long as ever: no interval can know that."""
    return [*_quiet(chance, count - 1), 2.5 * exp(chance.gauss(0, 0.15))]


def _gaps(times: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def _nightly(chance: random.Random, count: int) -> list[float]:
    """Each night, give or take ten minutes."""
    return _gaps([number * _DAY + chance.gauss(0, 1 / 6) for number in range(count + 1)])


def _late(chance: random.Random, count: int) -> list[float]:
    """A day after the last one ended, which takes one to five hours."""
    return [_DAY + chance.uniform(1, 5) for _ in range(count)]


def _missing(chance: random.Random, count: int) -> list[float]:
    """Each night, but one night in ten it succeeds."""
    nights: list[float] = []
    number = 0
    while len(nights) <= count:
        number += 1
        if chance.random() >= 0.1:
            nights.append(number * _DAY + chance.gauss(0, 1 / 6))
    return _gaps(nights)


def _workdays(chance: random.Random, count: int) -> list[float]:
    """Each night from Monday to Friday."""
    first = chance.randrange(5)
    nights = [7 * _DAY * (number // 5) + _DAY * (number % 5) for number in range(first, first + count + 1)]
    return _gaps([night + chance.gauss(0, 1 / 6) for night in nights])


def _at_random(chance: random.Random, count: int) -> list[float]:
    """Without any memory: what is predicted of these is predicted wrongly."""
    return [chance.expovariate(1 / _DAY) for _ in range(count)]


def _even(chance: random.Random, count: int) -> list[float]:
    return [exp(chance.gauss(0, 0.1)) for _ in range(count)]


def _uneven(chance: random.Random, count: int) -> list[float]:
    return [exp(chance.gauss(0, 0.4)) for _ in range(count)]


def _rising(chance: random.Random, count: int) -> list[float]:
    """1 % more each week."""
    return [1.01**number * exp(chance.gauss(0, 0.1)) for number in range(count)]


def _doubled(chance: random.Random, count: int) -> list[float]:
    """Twice as much from now on."""
    return [(2 if number >= _WEEKS else 1) * exp(chance.gauss(0, 0.1)) for number in range(count)]


_OPERATIONS: dict[str, _Series] = {
    "quiet": _quiet,
    "2 to 4 times slower in 1 of 10": _busy,
    "1 % longer each time": _growing,
    "suddenly 2.5 times slower": _slower,
}
_PATTERNS: dict[str, _Series] = {
    "each night": _nightly,
    "a day after the last one ended": _late,
    "9 of 10 nights": _missing,
    "Monday to Friday": _workdays,
    "at random": _at_random,
}
_GROWTHS: dict[str, _Series] = {
    "even, noise of 10 %": _even,
    "uneven, noise of 40 %": _uneven,
    "1 % more each week": _rising,
    "twice as many from now on": _doubled,
}
