"""An access review: who can read and write what is classified, what is odd about it, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from dbtrack.columns import Column, Kind
from dbtrack.db import Database
from dbtrack.render.formats import Section
from dbtrack.reports import REPORTS, run
from dbtrack.sql_files import query

KINDS: Mapping[str, str] = {
    "no_ticket": "Granted without a ticket",
    "unknown_origin": "Nobody knows who granted it",
    "public": "Everybody has it (PUBLIC)",
    "shared_login": "Shared login",
    "unused_login": "Login that does nothing",
}
"""The kinds of exceptions, in the order in which documents list them, with what they are called."""

LIMITS = (
    "Who read or wrote rows is not in the record: last seen is the last execution, report or recorded login.",
    "What a function with the rights of its owner shows, and a view that has no class, is not listed.",
    "Row security can leave fewer rows visible than a privilege says.",
    "Roles before dbtrack maintain first noted them are taken as it found them.",
)
_SCOPE = (
    Column("name", Kind.IDENTIFIER, "What"),
    Column("value", Kind.TEXT, "Value"),
)
_EXCEPTIONS = (
    Column("kind", Kind.IDENTIFIER, "Kind"),
    Column("meaning", Kind.TEXT, "Meaning"),
    Column("found", Kind.COUNT, "Found"),
    Column("open", Kind.COUNT, "Open", help="that no signed review explains"),
)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class ReviewRequest:
    """What to review.

    Args:
        class_name: only what has this class; None for all.
        since: changes since this time, as a user writes it; None: since the last review of access.
        unused_days: a login of which nothing was recorded for so many days is unused.
        tenant: its business key or its hash key in hexadecimal; None for all that the login may see.
        zone: in which times are read and written.
    """

    class_name: str | None
    since: str | None
    unused_days: int
    tenant: str | None
    zone: tzinfo


@dataclass(frozen=True)
class LastReview:
    """The last review of access that was signed."""

    signed_at: datetime
    until: datetime
    signed_by: str
    login: str


@dataclass(frozen=True)
class AccessReview:
    """All that the document says.

    Args:
        tenants: those that the login sees; None: all.
        last: None if access was never reviewed.
        access: rows of the report access_review, by column name.
        changes: rows of the report access_changes.
    """

    request: ReviewRequest
    database: str
    place: str
    login: str
    tenants: Sequence[str] | None
    drawn_at: datetime
    last: LastReview | None
    access: Sequence[Row]
    changes: Sequence[Row]

    @property
    def objects(self) -> Mapping[str, list[Row]]:
        """The rows of each object, in the order of their names."""
        found: dict[str, list[Row]] = {}
        for row in self.access:
            found.setdefault(row["object_identity"], []).append(row)
        return found

    @property
    def kinds(self) -> Mapping[str, tuple[int, int]]:
        """How many exceptions of each kind there are, and how many of them are open."""
        found = Counter(kind for row in self.access for kind in row["exceptions"])
        still_open = Counter(kind for row in self.access for kind in row["open_exceptions"])
        return {kind: (found[kind], still_open[kind]) for kind in KINDS}

    @property
    def open(self) -> int:
        """How many exceptions no signed review explains."""
        return sum(still_open for _, still_open in self.kinds.values())

    @property
    def logins_recorded(self) -> bool:
        """Whether any login was recorded, without which nobody knows that one is unused."""
        return any(row["logins_recorded"] for row in self.access)

    def is_known(self, kind: str) -> bool:
        """Return whether the record can show exceptions of this kind: without, none found says nothing."""
        return kind != "unused_login" or self.logins_recorded

    def logins(self, right: str) -> int:
        """Return how many logins have a right: can_read or can_write."""
        return len(
            {
                row["login"]
                for row in self.access
                if row[right] and row["can_use_schema"] and row["login"] != "PUBLIC"
            }
        )

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield what the document is about, each with a name."""
        yield "database", f"{self.database} ({self.place})"
        yield "drawn", f"{self.local(self.drawn_at)} by {self.login}"
        yield "classes", self.request.class_name or "all"
        yield "tenants", self._tenants()
        yield "classified objects", str(len(self.objects))
        yield "logins that can read", str(self.logins("can_read"))
        yield "logins that can write", str(self.logins("can_write"))
        yield "open exceptions", str(self.open)
        yield "last review", self._last()
        yield "unused", self._unused()

    def _tenants(self) -> str:
        if self.request.tenant is not None:
            return self.request.tenant
        return "all" if self.tenants is None else ", ".join(self.tenants) or "none"

    def _last(self) -> str:
        if self.last is None:
            return "never"
        return f"until {self.local(self.last.until)}, by {self.last.signed_by}, signed as {self.last.login}"

    def _unused(self) -> str:
        days = f"nothing recorded for {self.request.unused_days} days"
        return days if self.logins_recorded else f"not known: no login is recorded ({days} proves nothing)"

    def local(self, moment: datetime) -> str:
        """Return a moment in the zone of the document."""
        local = moment.astimezone(self.request.zone)
        return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"

    def sections(self) -> Iterator[Section]:
        """Yield the parts of the document for the formats of the reports."""
        yield Section("access_review_scope", _SCOPE, list(self.facts()), "Access review")
        kinds = [
            (kind, KINDS[kind], found if self.is_known(kind) else None, still_open)
            for kind, (found, still_open) in self.kinds.items()
        ]
        yield Section("access_review_exceptions", _EXCEPTIONS, kinds, "Exceptions")
        for name, rows in (("access_review", self.access), ("access_changes", self.changes)):
            report = REPORTS[name]
            values = [tuple(row.values()) for row in rows]
            yield Section(report.name, report.columns, values, report.title)


def read_access_review(database: Database, request: ReviewRequest) -> AccessReview:
    """Read everything in one snapshot.

    Raises:
        DbtrackError: there is no such tenant, or a time cannot be read.
    """
    tenant = database.call_value("resolve_tenant", tenant=request.tenant) if request.tenant else None
    # Before the transaction, in which nothing can be written.
    database.call("record_access", p_report_name="access-review", p_tenant=request.tenant)
    with database.transaction():
        database.row(query("export/isolation"))
        name, login, _, tenants, drawn_at, _ = database.row(query("evidence/place")) or ()
        last = database.row(query("classes/last_review"), {"tenant": tenant})
        given = {"class_name": request.class_name, "tenant": request.tenant}
        return AccessReview(
            request,
            name,
            database.place,
            login,
            tenants,
            drawn_at,
            None if last is None else LastReview(*last),
            _rows(database, "access_review", {**given, "unused_days": request.unused_days}, request.zone),
            _rows(database, "access_changes", {**given, "since": request.since}, request.zone),
        )


def _rows(database: Database, name: str, arguments: Mapping[str, object], zone: tzinfo) -> list[Row]:
    report = REPORTS[name]
    names = [column.name for column in report.columns]
    rows = run(database, report, arguments, zone=zone, records_access=False)
    return [dict(zip(names, row, strict=True)) for row in rows]
