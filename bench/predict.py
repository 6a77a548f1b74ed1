"""`python -m bench predict`: how often a predicted interval holds, and how wide it is."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp
from statistics import median
from time import perf_counter

from tabulate import tabulate

from bench.place import Connection
from dbtrack.predict.duration import Run, interval

_TRIALS = 2000
_RUNS = (5, 14, 30, 100)
_ROWS = 100_000
# Milliseconds a row; only ratios matter.
_RATE = 0.004
_FIRST_ROWS, _MOST_ROWS = 20_000, 200_000

_OPERATIONS = {
    "ADD COLUMN, volatile default": ("", "ALTER TABLE predicted ADD COLUMN z uuid DEFAULT gen_random_uuid()"),
    "TYPE int to bigint": ("", "ALTER TABLE predicted ALTER n TYPE bigint"),
    "CREATE INDEX": ("", "CREATE INDEX ON predicted (n)"),
    "ADD UNIQUE": ("", "ALTER TABLE predicted ADD UNIQUE (id, n)"),
    "VALIDATE CHECK": (
        "ALTER TABLE predicted ADD CONSTRAINT z CHECK (n >= 0) NOT VALID",
        "ALTER TABLE predicted VALIDATE CONSTRAINT z",
    ),
    "SET NOT NULL": ("", "ALTER TABLE predicted ALTER n SET NOT NULL"),
}


@dataclass
class _Score:
    """How the intervals of one series did."""

    held: int = 0
    tried: int = 0
    widths: list[float] | None = None
    errors: list[float] | None = None

    def add(self, history: Sequence[Run], actual: Run) -> None:
        """Predict a run from those before it."""
        found = interval(history, actual.rows)
        if found is None or found.level is None:
            return
        self.tried += 1
        self.held += found.low <= actual.milliseconds <= found.high
        self.widths = [*(self.widths or []), found.high / found.low]
        self.errors = [*(self.errors or []), abs(found.middle / actual.milliseconds - 1)]

    def row(self) -> list[str]:
        """Return coverage, width and error as texts."""
        if not self.tried:
            return ["-", "-", "-"]
        width, error = median(self.widths or [0]), median(self.errors or [0])
        return [f"{self.held / self.tried:.0%}", f"x{width:.1f}", f"{error:.0%}"]


def run(connection: Connection, rounds: int) -> str:
    """Return the tables: on generated histories, and on operations measured here."""
    return "\n\n".join((_generated(), _measured(connection, rounds)))


def _generated() -> str:
    rows = []
    for name, machine in _MACHINES.items():
        for count in _RUNS:
            score = _Score()
            chance = random.Random(f"{name}{count}")  # noqa: S311 - noise, not a secret
            for _ in range(_TRIALS):
                *history, actual = machine(chance, count + 1)
                score.add(history, actual)
            rows.append([name, count, *score.row()])
    return "Generated\n\n" + tabulate(rows, ["machine", "runs", "held", "width", "error"], tablefmt="github")


def _runs(chance: random.Random, count: int, noise: Callable[[int], float], growth: float = 0.0) -> list[Run]:
    found = []
    for number in range(count):
        rows = _ROWS * (1 + growth) ** number
        found.append(Run(rows, _RATE * rows * noise(number)))
    del chance
    return found


def _quiet(chance: random.Random, count: int) -> list[Run]:
    return _runs(chance, count, lambda _: exp(chance.gauss(0, 0.15)))


def _busy(chance: random.Random, count: int) -> list[Run]:
    """Sometimes, other work makes it two to four times slower."""
    return _runs(
        chance,
        count,
        lambda _: exp(chance.gauss(0, 0.25)) * (chance.uniform(2, 4) if chance.random() < 0.1 else 1),
    )


def _growing(chance: random.Random, count: int) -> list[Run]:
    """The table grows by 5 % from run to run, and time a little more than its rows."""
    return _runs(chance, count, lambda number: exp(chance.gauss(0, 0.15)) * 1.002**number, growth=0.05)


def _slower(chance: random.Random, count: int) -> list[Run]:
    """The last run is in a busy hour, all others in quiet ones: no interval from them can know that."""
    return _runs(
        chance, count, lambda number: exp(chance.gauss(0, 0.15)) * (2.5 if number == count - 1 else 1)
    )


_MACHINES = {
    "quiet": _quiet,
    "busy in 1 of 10": _busy,
    "the table grows": _growing,
    "suddenly busy": _slower,
}


def _measured(connection: Connection, rounds: int) -> str:
    connection.execute("DROP TABLE IF EXISTS predicted")
    connection.execute("CREATE TABLE predicted (id bigint PRIMARY KEY, n int, filler text)")
    history: dict[str, list[Run]] = {name: [] for name in _OPERATIONS}
    scores = {name: _Score() for name in _OPERATIONS}
    step = (_MOST_ROWS - _FIRST_ROWS) // max(rounds - 1, 1)
    rows = 0
    for number in range(rounds):
        wanted = _FIRST_ROWS + number * step
        connection.execute(
            "INSERT INTO predicted SELECT g, g, repeat('x', 60) FROM generate_series(%s::int, %s::int) AS g",
            (rows + 1, wanted),
        )
        rows = wanted
        connection.execute("VACUUM ANALYZE predicted")
        for name, (before, statement) in _OPERATIONS.items():
            measured = Run(rows, _time(connection, before, statement))
            scores[name].add(history[name], measured)
            history[name].append(measured)
    connection.execute("DROP TABLE predicted")
    table = [[name, scores[name].tried, *scores[name].row()] for name in _OPERATIONS]
    heading = (
        f"Measured, {_FIRST_ROWS:,} to {_MOST_ROWS:,} rows in {rounds} steps; each run from those before it"
    )
    return f"{heading}\n\n" + tabulate(
        table, ["operation", "tried", "held", "width", "error"], tablefmt="github"
    )


def _time(connection: Connection, before: str, statement: str) -> float:
    """Return how many milliseconds a statement takes, which is rolled back."""
    connection.execute("BEGIN")
    if before:
        connection.execute(before.encode())
    started = perf_counter()
    connection.execute(statement.encode())
    passed = (perf_counter() - started) * 1000
    connection.execute("ROLLBACK")
    return passed
