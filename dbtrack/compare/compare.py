"""Find what differs between two databases, and who changed it last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from dbtrack.columns import Column, Kind
from dbtrack.compare.merge import merged
from dbtrack.compare.side import Change, Side
from dbtrack.db import Row
from dbtrack.errors import UsageError

COMPARE_COLUMNS = (
    Column("object_type", Kind.TEXT, "Kind"),
    Column("object_identity", Kind.IDENTIFIER, "Name"),
    Column("tenant", Kind.TEXT, "Tenant", rank=6),
    Column("difference", Kind.TEXT, "Difference"),
    Column("left_value", Kind.TEXT, "Left", rank=5),
    Column("right_value", Kind.TEXT, "Right", rank=5),
    Column("changed_in", Kind.TEXT, "Changed in", rank=3),
    Column("changed_by", Kind.IDENTIFIER, "By", rank=2),
    Column("changed_at", Kind.TIME, "At", rank=1),
    Column("operation", Kind.TEXT, "Operation", rank=4),
    Column("execution_key", Kind.KEY, "Execution", rank=4),
)
# One look through the record finds the last changes of so many differences.
_BATCH = 5000
# Before 16, the definition of a view names the table before each column.
_FIRST_WITHOUT_TABLE_NAMES = 16
_QUALIFIER = re.compile(r'\b\w+\.|"[^"]+"\.')
_HAS_TENANT = "SELECT EXISTS (SELECT FROM script_tracking.tenant_h WHERE tenant_bk = %(tenant)s)"


@dataclass
class Counts:
    """What was compared so far."""

    operations: int = 0
    objects: int = 0
    differences: int = 0


@dataclass(frozen=True)
class Comparison:
    """What to compare.

    Args:
        types: the types of operations; empty for none.
        with_definitions: whether to compare the definitions of objects.
        schemas: compare only these schemas; None for all.
        privileges: compare owners and privileges too.
        tenant: only the operations of this tenant.
    """

    types: Sequence[str] = ("MIGRATION",)
    with_definitions: bool = True
    schemas: Sequence[str] | None = None
    privileges: bool = False
    tenant: str | None = None


@dataclass(frozen=True)
class _Difference:
    object_type: str
    identity: str
    tenant: str | None
    kind: str
    left: str | None
    right: str | None
    changed_in: str | None = None
    change: Change | None = None
    # The objects under which the record may have it, the nearest first.
    known_as: tuple[str, ...] = field(default=())

    @property
    def row(self) -> Row:
        by = self.change
        told = (by.login, by.changed_at, by.operation, by.execution_hk) if by else (None, None, None, None)
        head = (self.object_type, self.identity, self.tenant, self.kind, self.left, self.right)
        return (*head, self.changed_in, *told)


def compare(left: Side, right: Side, wanted: Comparison, counts: Counts) -> Iterator[Row]:
    """Yield the differences in the columns of `COMPARE_COLUMNS`, and count them.

    Definitions are read as streams. Of the operations, the names that completed on both sides are kept in
    memory, to compare their order.

    Raises:
        NotInstalledError: operations are to be compared, and a side has no record.
        UsageError: no side has the tenant.
        LockedError: an object is locked for too long.
    """
    if wanted.types:
        left.require_record()
        right.require_record()
        _check_tenant(left, right, wanted.tenant)
    with ExitStack() as transactions:
        for side in (left, right):
            transactions.enter_context(side.snapshot())
        for found in _all(left, right, wanted, counts):
            counts.differences += 1
            yield found.row


def _check_tenant(left: Side, right: Side, tenant: str | None) -> None:
    if tenant is not None and not any(
        side.database.value(_HAS_TENANT, {"tenant": tenant}) for side in (left, right)
    ):
        raise UsageError(f"neither {left.name} nor {right.name} shows a tenant '{tenant}'")


def _all(left: Side, right: Side, wanted: Comparison, counts: Counts) -> Iterator[_Difference]:
    if wanted.types:
        yield from _operations(left, right, wanted, counts)
    if wanted.with_definitions:
        found = _definitions(left, right, wanted, counts)
        while batch := list(islice(found, _BATCH)):
            yield from _with_changes(batch, left, right)


@dataclass(frozen=True)
class _Completed:
    """A name that completed on both sides."""

    left_at: datetime
    right_at: datetime
    tenant: str
    name: str


def _operations(left: Side, right: Side, wanted: Comparison, counts: Counts) -> Iterator[_Difference]:
    completed: list[_Completed] = []
    rows = merged(
        left.executions(wanted.types, wanted.tenant),
        right.executions(wanted.types, wanted.tenant),
        lambda row: (row[0], row[1]),
    )
    for one, other in rows:
        counts.operations += 1
        if one is None or other is None:
            yield _lone_operation(one, other, left, right)
        elif one[3] != other[3]:
            later = (one, left) if one[4] > other[4] else (other, right)
            yield _operation(later[0], "different status", _ended(one), _ended(other), later[1])
        if one is not None and other is not None and one[7] is not None and other[7] is not None:
            completed.append(_Completed(one[7], other[7], one[0], one[1]))
    yield from _order(completed)


def _lone_operation(one: Row | None, other: Row | None, left: Side, right: Side) -> _Difference:
    if one is not None:
        return _operation(one, f"only in {left.name}", _ended(one), None, left)
    row = other or ()
    return _operation(row, f"only in {right.name}", None, _ended(row), right)


def _operation(row: Row, kind: str, left: str | None, right: str | None, side: Side) -> _Difference:
    change = Change(row[5], row[4], row[6], None)
    return _Difference("operation", row[1], row[0] or None, kind, left, right, side.name, change)


def _ended(row: Row) -> str:
    return f"{row[3]}, run {row[2]} times" if row[2] > 1 else str(row[3])


def _order(completed: list[_Completed]) -> Iterator[_Difference]:
    """Yield the operations that completed after another one on the left, and before it on the right."""
    last: dict[str, _Completed] = {}
    for each in sorted(completed, key=lambda found: found.left_at):
        before = last.get(each.tenant)
        if before is None or each.right_at >= before.right_at:
            last[each.tenant] = each
            continue
        yield _Difference(
            "operation", each.name, each.tenant or None, "different order",
            f"after {before.name}", f"before {before.name}",
        )  # fmt: skip


def _definitions(left: Side, right: Side, wanted: Comparison, counts: Counts) -> Iterator[_Difference]:
    is_loose = are_loose((left.major, right.major))
    rows = merged(
        left.definitions(wanted.schemas, privileges=wanted.privileges),
        right.definitions(wanted.schemas, privileges=wanted.privileges),
        lambda row: (row[0], row[1]),
    )
    for one, other in rows:
        counts.objects += 1
        if one is not None and other is not None:
            if not _is_same(one, other, is_loose=is_loose):
                yield _definition(one, "different", one[3], other[3])
        elif one is not None:
            yield _definition(one, f"only in {left.name}", one[3], None)
        elif other is not None:
            yield _definition(other, f"only in {right.name}", None, other[3])


def _is_same(one: Row, other: Row, *, is_loose: bool) -> bool:
    if one[3] == other[3]:
        return True
    return is_loose and comparable(one[0], one[3]) == comparable(other[0], other[3])


def are_loose(majors: Iterable[int]) -> bool:
    """Return whether servers of these major versions write the definitions of views differently."""
    return len({major < _FIRST_WITHOUT_TABLE_NAMES for major in majors}) > 1


def comparable(object_type: str, definition: str) -> str:
    """Return a definition in a form that servers of all versions write alike."""
    if object_type not in {"view", "materialized view", "rule"}:
        return definition
    return " ".join(_QUALIFIER.sub("", definition).split())


def _definition(row: Row, kind: str, left: str | None, right: str | None) -> _Difference:
    known_as = tuple(name for name in (row[1], row[2]) if name is not None)
    return _Difference(row[0], row[1], None, kind, left, right, known_as=known_as)


def _with_changes(batch: Sequence[_Difference], left: Side, right: Side) -> Iterator[_Difference]:
    """Yield the differences with the last change of each, on whichever side it was made later."""
    identities = sorted({name for found in batch for name in found.known_as})
    changes = [(side.name, side.last_changes(identities)) for side in (left, right)]
    for found in batch:
        known = [
            (name, change)
            for name, of_side in changes
            if (change := next((of_side[each] for each in found.known_as if each in of_side), None))
        ]
        if not known:
            yield found
            continue
        name, change = max(known, key=lambda each: each[1].changed_at)
        yield _Difference(
            found.object_type, found.identity, found.tenant, found.kind, found.left, found.right, name, change
        )
