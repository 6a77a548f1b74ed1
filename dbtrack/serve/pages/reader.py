"""What the pages read from the database, as frozen values; the statements are in sql/queries/page/."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from dbtrack.reports.filters import one_object

Row = tuple[Any, ...]


class Reader(Protocol):
    """Reads as one reader: with the rights, and in the tenant, of who looks. Errors are `DbtrackError`s."""

    async def query(self, name: str, values: Mapping[str, object] | None = None) -> list[Row]:
        """Run a query of sql/queries/ by its name with the folder, and return its rows."""
        ...

    async def attempt(self, rows: Awaitable[list[Row]]) -> list[Row] | None:
        """Await a query; None if it takes too long. What was read before stays readable."""
        ...

    async def report(self, name: str, arguments: Mapping[str, object] | None = None) -> list[Row]:
        """Run a report of the registry, and return its rows."""
        ...

    async def call(self, function: str, **arguments: object) -> list[Row]:
        """Call a function of dbtrack's schema, and return its rows."""
        ...


@dataclass(frozen=True)
class Place:
    """Which database this is, and who looks."""

    database: str
    server_version: str
    is_standby: bool
    port: int | None
    login: str
    sees_all: bool
    tenants: Sequence[str]
    read_at: datetime

    @property
    def sees_nothing(self) -> bool:
        """Whether the reader has no tenant, and so sees no row."""
        return not self.sees_all and not self.tenants


@dataclass(frozen=True)
class Execution:
    """One line of a list of executions, as it stands now."""

    key: bytes
    name: str
    type: str
    status: str
    started: datetime
    duration_ms: Decimal | None
    user: str
    tenant: str | None
    objects: Sequence[str]
    object_count: int
    error: str | None
    sqlstate: str | None
    ticket: str | None
    statement: str | None

    @property
    def more_objects(self) -> int:
        """How many objects it touched beside those listed."""
        return max(0, self.object_count - len(self.objects))


@dataclass(frozen=True)
class Running:
    """One execution that runs now."""

    key: bytes
    name: str
    type: str
    started: datetime
    user: str
    tenant: str | None
    ticket: str | None
    statement: str | None
    total: int
    waits_for: str | None
    holder: str | None


@dataclass(frozen=True)
class Cause:
    """What failed by one cause in the last 24 hours."""

    occurrences: int
    sqlstate: str | None
    error: str
    last_seen: datetime
    key: bytes
    name: str
    parent_key: bytes | None
    parent_name: str | None
    users: Sequence[str]
    tenants: Sequence[str]
    objects: Sequence[str] | None
    repaired_at: datetime | None
    open_causes: int
    open_failures: int
    all_causes: int
    all_failures: int


@dataclass(frozen=True)
class Check:
    """One check of the report health."""

    category: str
    name: str
    status: str
    details: str
    checked_at: datetime

    @property
    def is_bad(self) -> bool:
        """Whether somebody should look."""
        return self.status in ("WARNING", "CRITICAL")


@dataclass(frozen=True)
class Slow:
    """One of the slowest executions of the last 24 hours."""

    key: bytes
    name: str
    type: str
    status: str
    started: datetime
    duration_ms: Decimal
    user: str
    object: str | None


@dataclass(frozen=True)
class Busy:
    """An object or a login, with its executions by half-days ago."""

    name: str
    executions: int
    failures: int
    by_half_day: Mapping[int, int]
    failures_by_half_day: Mapping[int, int]
    of: int


@dataclass(frozen=True)
class Busiest:
    """The busiest objects and logins, and from how many executions since when they were counted."""

    objects: Sequence[Busy]
    logins: Sequence[Busy]
    executions: int
    since: datetime | None

    @property
    def is_cut(self) -> bool:
        """Whether there were more executions in seven days than are read."""
        return self.executions >= MOST_COUNTED


@dataclass(frozen=True)
class Tenant:
    """One tenant's last 24 hours, and seven days by half-days."""

    name: str | None
    operations: int
    failed: int
    running: int
    by_half_day: Mapping[int, int]
    failures_by_half_day: Mapping[int, int]


@dataclass(frozen=True)
class Usual:
    """What to compare with: the day before, and each type's 95th percentile of 28 days, in milliseconds."""

    day_before: Mapping[str, Decimal | None] = field(default_factory=dict)
    p95_ms: Mapping[str, Decimal | None] = field(default_factory=dict)


MOST_COUNTED = 50_000
_OBJECT_DAYS = 90
# A page is not limited to a tenant by its queries, but by row security.
_ALL_TENANTS = {"tenant": None}


async def read_place(reader: Reader) -> Place:
    """Return which database this is, and who looks."""
    [row] = await reader.query("page/place")
    return Place(*[*row[:6], row[6] or [], row[7]])


async def read_executions(reader: Reader, values: Mapping[str, object]) -> list[Execution]:
    """Return a page of executions, the latest first; `values` are all parameters of the query."""
    rows = await reader.query("page/search_executions", values)
    return [Execution(*row) for row in rows]


async def read_running(reader: Reader) -> list[Running]:
    """Return what runs now, the oldest eight."""
    return [Running(*row) for row in await reader.query("page/running")]


async def read_causes(reader: Reader) -> list[Cause]:
    """Return why executions failed in the last 24 hours: first what nobody repaired, the latest first."""
    return [Cause(*row) for row in await reader.query("page/causes", _ALL_TENANTS)]


async def read_health(reader: Reader) -> list[Check]:
    """Return all checks of the report health."""
    return [Check(*row) for row in await reader.report("health")]


async def read_dashboard(reader: Reader) -> dict[str, Decimal | None]:
    """Return the numbers of the report dashboard by their names."""
    return {row[0]: row[1] for row in await reader.report("dashboard")}


async def read_slowest(reader: Reader) -> list[Slow] | None:
    """Return the five slowest executions of the last 24 hours; None if it took too long to find them."""
    rows = await reader.attempt(reader.query("page/slowest", _ALL_TENANTS))
    return None if rows is None else [Slow(*row) for row in rows]


async def read_busiest(reader: Reader) -> Busiest | None:
    """Return the busiest objects and logins of seven days; None if it took too long to count them."""
    rows = await reader.attempt(reader.query("page/busiest", {**_ALL_TENANTS, "most": MOST_COUNTED}))
    return None if rows is None else _busiest(rows)


def _busiest(rows: Sequence[Row]) -> Busiest:
    parts: dict[str, list[Busy]] = {"object": [], "login": []}
    executions, since = 0, None
    for part, name, count, failures, by_half_day, failed_by_half_day, others, first in rows:
        if part == "whole":
            executions, since = count, first
        else:
            parts[part].append(
                Busy(
                    name,
                    int(count),
                    int(failures),
                    _numbers(by_half_day),
                    _numbers(failed_by_half_day),
                    others,
                )
            )
    return Busiest(parts["object"], parts["login"], executions, since)


async def read_tenants(reader: Reader) -> list[Tenant]:
    """Return all tenants that the reader sees, the busiest first, and last what belongs to none."""
    lines: dict[str | None, dict[int, int]] = {}
    failures: dict[str | None, dict[int, int]] = {}
    for name, half_days_ago, executions, failed in await reader.attempt(reader.query("page/tenants")) or ():
        lines.setdefault(name, {})[half_days_ago] = int(executions)
        failures.setdefault(name, {})[half_days_ago] = int(failed)
    rows = [
        Tenant(row[0], row[2], row[3], row[4], lines.get(row[0], {}), failures.get(row[0], {}))
        for row in await reader.report("dashboard_by_tenant")
    ]
    return sorted(rows, key=lambda tenant: (tenant.name is None, -tenant.operations, tenant.name or ""))


async def read_usual(reader: Reader) -> Usual:
    """Return what the page's numbers are compared with."""
    rows = await reader.query("page/usual", _ALL_TENANTS)
    return Usual(
        {name: value for part, name, value in rows if part == "day before"},
        {name: value for part, name, value in rows if part == "usual p95"},
    )


def _numbers(document: Mapping[str, int] | None) -> dict[int, int]:
    return {int(name): int(value) for name, value in (document or {}).items()}


@dataclass(frozen=True)
class Whole:
    """One execution as it stands now, with everything that is recorded of it."""

    key: bytes
    business_key: str
    name: str
    type: str
    status: str
    started: datetime
    duration_ms: Decimal | None
    user: str
    client_ip: str | None
    tenant: str | None
    parent_key: bytes | None
    record_source: str
    sql_command: str | None
    error: str | None
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Version:
    """One version of an execution."""

    number: int
    status: str
    load_date: datetime
    load_end_date: datetime | None
    duration_ms: Decimal | None
    record_source: str
    error: str | None
    hash_diff: bytes


@dataclass(frozen=True)
class Child:
    """An execution that ran inside another."""

    key: bytes
    name: str
    type: str
    status: str
    started: datetime
    duration_ms: Decimal | None
    link_type: str
    is_proven: bool
    objects: Sequence[str]


@dataclass(frozen=True)
class Run:
    """Another run of the same name."""

    key: bytes
    status: str
    started: datetime
    duration_ms: Decimal | None
    user: str
    error: str | None


@dataclass(frozen=True)
class Document:
    """An execution with its versions, what it did and touched, its parent and its other runs."""

    execution: Whole
    versions: Sequence[Version]
    children: Sequence[Child]
    objects: Sequence[tuple[str, str | None]]
    privileges: Sequence[Row]
    parent: Whole | None
    runs: Sequence[Run]
    usual_ms: Decimal | None


async def read_document(reader: Reader, key: str) -> Document:
    """Return one execution with everything around it; the caller has recorded the access.

    Raises:
        DbtrackError: no execution that the reader may see has a key that begins with these digits.
    """
    [row] = await reader.report("show_execution", {"key": key})
    execution = _whole(row)
    digits = execution.key.hex()
    parent = None
    if execution.parent_key is not None:
        parents = await reader.query("page/parent", {"key": execution.parent_key})
        parent = _whole(parents[0]) if parents else None
    usual = await read_usual(reader)
    values = {"name": execution.name, "type": execution.type, "key": execution.key}
    runs = (
        None
        if execution.type in ("DDL_AUTO", "DDL_LOG")
        else await reader.attempt(reader.query("page/runs", values))
    )
    return Document(
        execution,
        [Version(*version) for version in await reader.report("show_versions", {"key": digits})],
        [Child(*child[:9]) for child in await reader.report("show_children", {"key": digits})],
        [(name, kind) for name, kind in await reader.report("show_objects", {"key": digits})],
        await reader.report("show_privileges", {"key": digits}),
        parent,
        [Run(*run) for run in runs or ()],
        usual.p95_ms.get(execution.type),
    )


def _whole(row: Row) -> Whole:
    return Whole(*[*row[:14], row[14] or {}])


@dataclass(frozen=True)
class ObjectDay:
    """What one command did to an object on one day, with one status."""

    name: str
    status: str
    day: datetime
    executions: int
    last_seen: datetime
    last_user: str
    object_type: str | None


async def read_object(reader: Reader, name: str) -> list[ObjectDay] | None:
    """Return what was done to an object in 90 days; None if it took too long to find out."""
    values = {"identity": name, "days": _OBJECT_DAYS, **one_object(name)}
    rows = await reader.attempt(reader.query("page/object", values))
    return None if rows is None else [ObjectDay(*row) for row in rows]


async def read_position(reader: Reader, key: str) -> tuple[datetime, int] | None:
    """Return where an execution stands in the order of the history; None if there is none with this key."""
    rows = await reader.query("page/position", {"key": key})
    return (rows[0][0], rows[0][1]) if rows else None
