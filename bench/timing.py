"""Taking times, and saying them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from tabulate import tabulate

Milliseconds = float


def times(action: Callable[[int], object], repetitions: int) -> list[Milliseconds]:
    """How long each single call took."""
    taken = []
    for number in range(repetitions):
        start = perf_counter()
        action(number)
        taken.append((perf_counter() - start) * 1000)
    return taken


def table(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[float | None]]) -> str:
    """A markdown table: one row a system, numbers with two decimals."""
    body = [
        [name, *("" if value is None else f"{value:.2f}" for value in values)]
        for name, values in rows.items()
    ]
    return f"{title}\n\n" + tabulate(body, headers=["", *columns], tablefmt="github", disable_numparse=True)


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
