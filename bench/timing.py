"""Taking times, and saying them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from tabulate import tabulate

from bench.place import Connection

Milliseconds = float


def times(action: Callable[[int], object], repetitions: int) -> list[Milliseconds]:
    """How long each single call took."""
    taken = []
    for number in range(repetitions):
        start = perf_counter()
        action(number)
        taken.append((perf_counter() - start) * 1000)
    return taken


def processor_time(
    connection: Connection,
) -> Callable[[Callable[[int], object], int], list[Milliseconds]] | None:
    """As `times`, of the backend's time on a processor, which other work disturbs less; None: unavailable.

    Linux counts it in nanoseconds. A group of calls gives one figure, because the count moves in steps.
    """
    schedule = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    if not connection.info.host.startswith("/") or not schedule.exists():
        return None

    def timed(action: Callable[[int], object], repetitions: int) -> list[Milliseconds]:
        start = int(schedule.read_text().split()[0])
        for number in range(repetitions):
            action(number)
        return [(int(schedule.read_text().split()[0]) - start) / repetitions / 1e6]

    return timed


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
