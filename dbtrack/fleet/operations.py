"""Which operations ran in which members of a fleet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dbtrack.columns import Column, Kind
from dbtrack.compare import Side
from dbtrack.db import Database, Row
from dbtrack.fleet.ask import Limits, Outcome, ask_each
from dbtrack.fleet.members import Member
from dbtrack.status import Status

OPERATION_COLUMNS = (
    Column("operation", Kind.TEXT, "Operation", help="Its name."),
    Column("tenant", Kind.TEXT, "Tenant", rank=5, help="The tenant that it belongs to."),
    Column("completed_in", Kind.COUNT, "Completed in", help="In how many members its last run completed."),
    Column("members", Kind.COUNT, "Of", help="How many members answered."),
    Column("missing", Kind.LIST, "Missing in", rank=1, help="The members in which it never ran."),
    Column("not_completed", Kind.LIST, "Not completed in", rank=2, help="Members, with how it ended there."),
    Column("first_at", Kind.TIME, "First run", rank=4, help="When it last ran in the member that was first."),
    Column("last_at", Kind.TIME, "Last run", rank=3, help="When it last ran in any member."),
)


@dataclass(frozen=True)
class Run:
    """How an operation ended last in one member, and when that was."""

    status: str
    at: datetime


@dataclass
class OperationMatrix:
    """The operations of all members that answered.

    Args:
        members: the names of the members that answered, in the fleet's order.
    """

    members: list[str] = field(default_factory=list)
    _runs: dict[tuple[str, str], dict[str, Run]] = field(default_factory=dict)

    def add(self, member: str, rows: Mapping[tuple[str, str], Run]) -> None:
        """Add what one member answered: its runs by tenant and name."""
        self.members.append(member)
        for key, run in rows.items():
            self._runs.setdefault(key, {})[member] = run

    @property
    def count(self) -> int:
        """How many operations there are."""
        return len(self._runs)

    def rows(self, *, with_alike: bool = False) -> list[Row]:
        """Return the operations that did not complete everywhere, in the order in which they first ran.

        Args:
            with_alike: also those that did.
        """
        ordered = sorted(
            self._runs.items(), key=lambda item: (min(run.at for run in item[1].values()), item[0])
        )
        return [
            self._row(key, runs)
            for key, runs in ordered
            if with_alike or len(_completed(runs)) < len(self.members)
        ]

    def _row(self, key: tuple[str, str], runs: Mapping[str, Run]) -> Row:
        tenant, name = key
        missing = [member for member in self.members if member not in runs]
        others = [
            f"{member} ({runs[member].status})"
            for member in self.members
            if member in runs and runs[member].status != Status.COMPLETED
        ]
        times = [run.at for run in runs.values()]
        return (
            name,
            tenant or None,
            len(_completed(runs)),
            len(self.members),
            missing,
            others,
            min(times),
            max(times),
        )


def _completed(runs: Mapping[str, Run]) -> list[str]:
    return [member for member, run in runs.items() if run.status == Status.COMPLETED]


def ask_operations(
    members: Sequence[Member], types: Sequence[str], tenant: str | None, limits: Limits
) -> Iterator[Outcome[dict[tuple[str, str], Run]]]:
    """Yield the last run of each operation, by tenant and name, in each member.

    Args:
        types: the types of operations.
        tenant: only the operations of this tenant.
    """

    def work(member: Member, database: Database) -> dict[tuple[str, str], Run]:
        side = Side.of(member.name, database)
        side.require_record()
        with side.snapshot():
            return {(row[0], row[1]): Run(row[3], row[4]) for row in side.executions(types, tenant)}

    return ask_each(members, work, limits)
