"""What differs in the members of a fleet from one that is the reference, and who changed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from dbtrack.columns import Column, Kind
from dbtrack.compare import COMPARE_COLUMNS, Comparison, Counts, Side, compare
from dbtrack.db import Database, Row
from dbtrack.fleet.ask import Limits, Outcome, ask_each
from dbtrack.fleet.members import Member
from dbtrack.sql_files import query

_NAMES = [column.name for column in COMPARE_COLUMNS]
_CHANGED_IN, _CHANGED_AT, _KEY = (
    _NAMES.index(name) for name in ("changed_in", "changed_at", "execution_key")
)
_LEFT_OUT = _NAMES.index("tenant")
_HAS_TICKETS = "SELECT pg_catalog.to_regclass('script_tracking.execution_origin') IS NOT NULL"

DRIFT_COLUMNS = (
    Column("member", Kind.IDENTIFIER, "Member", help="The member that differs from the reference."),
    *(column for column in COMPARE_COLUMNS if column.name != "tenant"),
    Column("ticket", Kind.TEXT, "Ticket", rank=3, help="The ticket of the last change."),
)


@dataclass(frozen=True)
class Reference(Side):
    """The side that each member is compared with; it is read once, and kept.

    Args:
        wanted: what was read of it.
        rows: its definitions.
    """

    wanted: Comparison = field(default_factory=Comparison)
    rows: Sequence[Row] = ()

    @classmethod
    @contextmanager
    def read(cls, name: str, database: Database, wanted: Comparison) -> Iterator[Reference]:
        """Read the definitions of the reference, and keep its transaction open for the block.

        Raises:
            LockedError: an object is locked for too long.
        """
        side = Side.of(name, database)
        with side.snapshot():
            rows = list(side.definitions(wanted.schemas, privileges=wanted.privileges))
            yield cls(name, database, side.has_record, wanted, rows)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Do nothing: it was read as of one moment."""
        yield

    def definitions(self, schemas: Sequence[str] | None, *, privileges: bool) -> Iterator[Row]:
        """Yield what was read.

        Raises:
            ValueError: something else was read.
        """
        if (schemas, privileges) != (self.wanted.schemas, self.wanted.privileges):
            raise ValueError("the reference was read for another comparison")
        return iter(self.rows)


@dataclass(frozen=True)
class Drift:
    """What differs in one member.

    Args:
        rows: the differences in the columns of `DRIFT_COLUMNS`.
        objects: how many objects and parts were compared.
    """

    rows: Sequence[Row]
    objects: int


def ask_drift(
    members: Sequence[Member], reference: Reference, since: datetime | None, limits: Limits
) -> Iterator[Outcome[Drift]]:
    """Yield what differs in each member from the reference.

    Args:
        reference: what each is compared with, and what of it is compared.
        since: only what was last changed since then, as far as a record tells; None for all.
    """

    def work(member: Member, database: Database) -> Drift:
        counts = Counts()
        side = Side.of(member.name, database)
        found = [
            row
            for row in compare(reference, side, reference.wanted, counts)
            if since is None or (row[_CHANGED_AT] is not None and row[_CHANGED_AT] >= since)
        ]
        tickets = {each.name: _tickets(each, found) for each in (side, reference)}
        return Drift([_row(member, row, tickets) for row in found], counts.objects)

    return ask_each(members, work, limits)


def _row(member: Member, row: Row, tickets: Mapping[str, Mapping[bytes, str]]) -> Row:
    ticket = tickets.get(row[_CHANGED_IN], {}).get(row[_KEY])
    return (member.name, *row[:_LEFT_OUT], *row[_LEFT_OUT + 1 :], ticket)


def _tickets(side: Side, found: Sequence[Row]) -> dict[bytes, str]:
    keys = list({row[_KEY] for row in found if row[_CHANGED_IN] == side.name and row[_KEY] is not None})
    # An earlier version has no tickets. Threads share the reference's transaction, so nothing may fail in it.
    if not keys or not side.database.value(_HAS_TICKETS):
        return {}
    return {row[0]: row[1] for row in side.database.rows(query("fleet/tickets"), {"keys": keys})}
