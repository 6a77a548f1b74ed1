"""What a rehearsal found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dbtrack.objects.model import ObjectDifference
from dbtrack.predict.gates import Finding
from dbtrack.predict.model import Prediction
from dbtrack.rehearse.places import Place
from dbtrack.rehearse.steps import State


@dataclass(frozen=True)
class Rehearsed:
    """One statement: what became of it on the copy, and what it would do in production.

    Args:
        number: its place in the order in which the statements ran, from 1; `prediction.line` is the same.
        duration_ms: on the copy, whose tables are empty; None where it failed.
        together: how many statements were sent at once; the duration is that of all of them.
        place: where it is written; None where that was not found.
    """

    number: int
    state: State
    prediction: Prediction
    duration_ms: float | None
    together: int
    place: Place | None


@dataclass(frozen=True)
class LeftBehind:
    """What the migration left half done: an index that is not valid, a constraint that was not validated."""

    kind: str
    name: str
    table: str


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal.

    Args:
        database: the name that the copy has.
        command: the command line of the migration, without secrets.
        exit_code: of the migration.
        origin: what the copy was made from, in words.
        facts: where the sizes of production are from, in words; empty if nothing is known of production.
        statements: what changed something, locked more than a reader does, or failed.
        others: how many statements were left out, because they only read.
        differences: what the migration changed; None if that is not known.
        missing: what could not be copied, each with the reason.
        notes: what else the reader must know, the most important first.
    """

    database: str
    server: str
    command: str
    exit_code: int
    seconds: float
    origin: str
    facts: str
    statements: Sequence[Rehearsed]
    others: int
    differences: Sequence[ObjectDifference] | None
    left_behind: Sequence[LeftBehind] = ()
    missing: Sequence[str] = ()
    notes: Sequence[str] = ()
    error: str | None = None
    findings: Sequence[Finding] = field(default=())

    @property
    def has_failed(self) -> bool:
        """Whether the migration failed on the copy, or never reached it."""
        return self.exit_code != 0 or self.error is not None
