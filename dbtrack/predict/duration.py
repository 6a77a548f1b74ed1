"""How long a statement takes: this table's own rate, from recorded runs, as an interval.

The rate of another table, of another kind of work or of bytes a second does not help: measured, such numbers
were off by -83 % to +458 %. Without runs on this table the duration is unknown.

The interval is split conformal. The oldest third of the runs gives the rate; for each later run the score is
|log(took / (rate * rows))|. The interval reaches as far as the score that enough of them stay under. If
the runs are exchangeable, a new one is in it as often as is said; with more load than usual
on the machine it is not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.predict.forms import Parsed, parse
from dbtrack.predict.model import INSTANT_MS, Duration, Effect, Prediction, Size, Work
from dbtrack.predict.script import read_script

LEVEL = 0.9
"""The share of runs that an interval is to contain."""
_FEWEST_SCORES = 4
# Without enough runs: what the same statement took at ten times the rows, measured on one machine.
_PRIOR_LOW, _PRIOR_HIGH = 0.5, 2.4
_HISTORY_DAYS = 400
_MOST_RUNS = 100


@dataclass(frozen=True)
class Run:
    """A recorded run on a table: how many rows it had, and how long it took."""

    rows: float
    milliseconds: float


@dataclass(frozen=True)
class Interval:
    """A predicted interval, and the share of runs that it is to contain; None where that is not known."""

    low: float
    middle: float
    high: float
    level: float | None


def interval(runs: Sequence[Run], rows: float, level: float = LEVEL) -> Interval | None:
    """Return how long a run on so many rows takes, from earlier runs; None without any.

    Args:
        runs: the oldest first.
        level: the share of runs that the interval should contain; fewer runs allow for a lower one only.
    """
    usable = [run for run in runs if run.rows > 0 and run.milliseconds > 0]
    if not usable:
        return None
    first = max(1, len(usable) // 3)
    rate = median(run.milliseconds / run.rows for run in usable[:first])
    scores = sorted(abs(math.log(run.milliseconds / (rate * run.rows))) for run in usable[first:])
    count = len(scores)
    middle = rate * rows
    if count < _FEWEST_SCORES:
        return Interval(middle * _PRIOR_LOW, middle, middle * _PRIOR_HIGH, None)
    rank = min(math.ceil((count + 1) * level), count)
    factor = math.exp(scores[rank - 1])
    return Interval(middle / factor, middle, middle * factor, min(level, rank / (count + 1)))


def instant() -> Duration:
    """Return the duration of a statement that neither rewrites nor reads a table."""
    return Duration(0.0, 1.0, INSTANT_MS, "it changes the catalogs only")


def work_class(parsed: Parsed, work: Work) -> str:
    """Return with which recorded runs a statement compares: those of the same work, done in the same way."""
    if work is Work.INDEX and "concurrently" in parsed.form:
        return "index concurrently"
    if parsed.form == "validate constraint":
        return "validate"
    if work in {Work.SCAN, Work.REWRITE}:
        # A default that is computed for each row takes three times as long as another type.
        return f"{work.value}: {parsed.form}"
    return str(work.value)


class KnownRuns(Protocol):
    """Where the runs on the tables of a database are known from."""

    def runs(self, identity: str, wanted: str) -> list[Run]:
        """Return the runs of one class on one table, the oldest first."""


class Rates:
    """The recorded runs on the tables of one database."""

    def __init__(self, real: Database, *, has_record: bool) -> None:
        self._real = real
        self._has_record = has_record
        self._known: dict[str, list[tuple[str, Run]]] = {}

    def runs(self, identity: str, wanted: str) -> list[Run]:
        """Return the runs of one class on one table, the oldest first."""
        if not self._has_record:
            return []
        if identity not in self._known:
            self._known[identity] = list(self._read(identity))
        return [run for found, run in self._known[identity] if found == wanted]

    def all_runs(self, identity: str) -> list[tuple[str, Run]]:
        """Return the runs on one table, each with its class, the oldest first."""
        self.runs(identity, "")
        return self._known.get(identity, [])

    def _read(self, identity: str) -> list[tuple[str, Run]]:
        rows = self._real.rows(
            sql_files.query("predict/past_runs"),
            {"identity": identity, "days": _HISTORY_DAYS, "most": _MOST_RUNS},
        )
        found = []
        for _, name, statement, microseconds, size, is_rewritten in reversed(rows):
            count = rows_of(size)
            if count is not None and statement and microseconds:
                found.append(
                    (
                        _recorded_class(statement, name, is_rewritten=is_rewritten),
                        Run(count, microseconds / 1000),
                    )
                )
        return found


def rows_of(size: object) -> float | None:
    """Return the rows in a recorded size, `[rows, pages, …]`; None where they were unknown."""
    if not isinstance(size, list) or not size or not isinstance(size[0], int | float) or size[0] <= 0:
        return None
    return float(size[0])


def _recorded_class(text: str, name: str, *, is_rewritten: bool) -> str:
    """Return the class of a recorded statement. It has been run, so that its form says what it did."""
    try:
        statements = read_script(text).statements
    except UsageError:
        return name  # a redacted text that psql would take for a command
    if not statements:
        return name
    parsed = parse(statements[0])
    work = Work.REWRITE if is_rewritten else parsed.rule.work
    if work is Work.REWRITE and not is_rewritten:
        work = Work.NONE
    return work_class(parsed, work)


def duration_of(
    prediction: Prediction, parsed: Parsed, sizes: Mapping[str, Size], rates: KnownRuns
) -> Duration | None:
    """Return how long the work of a statement takes; None where nothing is known of the statement."""
    if not prediction.is_known or prediction.error:
        return None
    touched = [effect for effect in prediction.effects if effect.work is not Work.NONE]
    if not touched:
        return instant()
    size_bytes = sum(_bytes(effect.work, sizes.get(effect.identity)) for effect in touched)
    subject = _subject(prediction, touched, sizes)
    size = sizes.get(subject)
    if size is not None and size.rows == 0 and size.heap == 0:
        return Duration(0.0, 1.0, INSTANT_MS, f"{subject} is empty", size_bytes)
    runs = rates.runs(subject, work_class(parsed, prediction.work))
    found = interval(runs, size.rows) if size and size.rows else None
    if found is None:
        why = "no comparable run on this table is recorded"
        return Duration(None, None, None, why, size_bytes)
    return Duration(found.low, found.middle, found.high, basis(found, len(runs)), size_bytes, len(runs))


def basis(found: Interval, runs: int) -> str:
    """Return in words where an interval comes from."""
    plural = "run" if runs == 1 else "runs"
    if found.level is None:
        return f"from {runs} {plural} on this table: too few to say how often it holds"
    return f"{round(found.level * 10)} of 10 in quiet hours, from {runs} {plural} on this table"


def _subject(prediction: Prediction, touched: Sequence[Effect], sizes: Mapping[str, Size]) -> str:
    """Return the table that most of the work is on: the one that the statement names, if it does any."""
    identities = [effect.identity for effect in touched]
    if prediction.lead in identities:
        return str(prediction.lead)
    return str(max(identities, key=lambda identity: sizes[identity].heap if identity in sizes else 0))


def _bytes(work: Work, size: Size | None) -> int:
    if size is None:
        return 0
    if work is Work.REWRITE:
        return size.heap + size.indexes + size.toast
    return size.heap


def hold(durations: Sequence[Duration | None]) -> Duration | None:
    """Return how long a lock is held: from its statement to the end of the transaction."""
    return holds(durations)[0] if durations else None


def holds(durations: Sequence[Duration | None]) -> list[Duration | None]:
    """Return how long the lock of each statement of a transaction is held, to the end of the transaction.

    Args:
        durations: of all statements of the transaction, in order.
    """
    found: list[Duration | None] = []
    rest = _Rest()
    for duration in reversed(durations):
        rest.add(duration)
        found.append(rest.held())
    return found[::-1]


class _Rest:
    """The statements from one to the end of its transaction, taken together."""

    def __init__(self) -> None:
        self._last: Duration | None = None
        self._count = self._bytes = self._runs = 0
        self._low = self._middle = self._high = 0.0
        self._is_known = True

    def add(self, duration: Duration | None) -> None:
        """Add the statement before them."""
        if duration is None:
            return
        self._last = duration
        self._count += 1
        self._bytes += duration.size_bytes
        self._runs = max(self._runs, duration.runs)
        self._is_known = self._is_known and duration.is_known
        self._low += duration.low_ms or 0.0
        self._middle += duration.middle_ms or 0.0
        self._high += duration.high_ms or 0.0

    def held(self) -> Duration | None:
        """Return how long they take together."""
        if self._count <= 1:
            return self._last
        if not self._is_known:
            return Duration(None, None, None, "a statement up to the COMMIT is unknown", self._bytes)
        basis = f"the sum of {self._count} statements up to the COMMIT"
        return Duration(self._low, self._middle, self._high, basis, self._bytes, self._runs)
