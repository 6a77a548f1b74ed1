"""Whether all is well, in one list: the installation, capture, proofs, the spool, what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dbtrack.columns import Column, Kind
from dbtrack.config import ConnectionTarget, records_wait
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, NoConnectionError, PermissionDeniedError
from dbtrack.proof.verify import VerifyScope
from dbtrack.proof.verify import verify as verify_all
from dbtrack.render.screens.shortening import short_duration, short_key
from dbtrack.reports import REPORTS, run
from dbtrack.schema import diagnose, reconcile
from dbtrack.spool import State, list_items
from dbtrack.sql_files import query

# The worst first.
SEVERITY = ("CRITICAL", "WARNING", "UNKNOWN", "OK")
_DAY_SECONDS = 86_400
_OPEN_HOURS = 30 * 24
# By the categories of the health report.
_AREAS = {
    "capture": "capture",
    "operations": "operations",
    "storage": "storage",
    "reports": "rollups",
    "seals": "seals",
    "reviews": "reviews",
    "events": "endpoints",
    "vault": "vault",
    "replication": "replication",
    "server": "server",
}
_NEXT = {
    "capture": "dbtrack doctor",
    "operations": "dbtrack health",
    "storage": "dbtrack maintain",
    "rollups": "dbtrack rollup",
    "seals": "dbtrack seal",
    "reviews": "dbtrack review due",
    "endpoints": "dbtrack endpoint list",
    "vault": "dbtrack vault sources",
    "replication": "dbtrack doctor",
    "server": "dbtrack health",
}

CHECK_COLUMNS = (
    Column("area", Kind.IDENTIFIER, "Area", help="What was checked."),
    Column("current_status", Kind.STATUS, "Status", help="OK, WARNING, CRITICAL or UNKNOWN."),
    Column("details", Kind.TEXT, "Details", help="What the check found."),
    Column("next_step", Kind.TEXT, "Next", help="What to type next; null where all is well."),
)


@dataclass(frozen=True)
class Check:
    """One line of the overview.

    Args:
        status: OK, WARNING, CRITICAL; UNKNOWN where the login may not look.
        next_step: the command that tells more, or that helps; None where all is well.
        count: how many there are, where the check counts something.
    """

    area: str
    status: str
    details: str
    next_step: str | None = None
    count: int | None = None

    @property
    def row(self) -> tuple[str, str, str, str | None]:
        """The check in the columns of `CHECK_COLUMNS`."""
        return (self.area, self.status, self.details, self.next_step)


@dataclass(frozen=True)
class Scope:
    """What is checked, and how thoroughly.

    Args:
        target: for more connections of a verification.
        spool: the directory of this machine's spool.
        tenant: the hash key of the tenant whose failures count; None for all.
        is_full: also compare the catalogs with the record, and verify all seals.
    """

    target: ConnectionTarget
    spool: Path
    tenant: bytes | None = None
    is_full: bool = False


def worst(checks: Sequence[Check]) -> str:
    """Return the worst status of all."""
    return next(status for status in SEVERITY if status in {*(check.status for check in checks), "OK"})


def check_all(database: Database, scope: Scope) -> list[Check]:
    """Check everything, and return one line for each area.

    Raises:
        NoConnectionError: the connection was lost.
    """
    checks: list[Callable[[], Iterator[Check]]] = [
        lambda: _installation(database),
        lambda: _health(database, scope),
        lambda: _ingest(database),
        lambda: _reconcile(database, scope),
        lambda: _verify(database, scope),
        lambda: _spool(scope),
        lambda: _failures(database, scope),
        lambda: _failover(database),
    ]
    names = ("installation", "health", "log", "reconcile", "verify", "spool", "failures", "failover")
    return [line for name, check in zip(names, checks, strict=True) for line in _guarded(name, check)]


def check_record(database: Database, scope: Scope) -> list[Check]:
    """Check what the record alone tells, without a comparison of the installation with this program.

    It takes a fifth of the time of `check_all`, so that many databases can be asked.

    Raises:
        NoConnectionError: the connection was lost.
    """
    checks: dict[str, Callable[[], Iterator[Check]]] = {
        "health": lambda: _health(database, scope),
        "log": lambda: _ingest(database),
        "reconcile": lambda: _reconcile(database, scope),
        "verify": lambda: _verify(database, scope),
        "failures": lambda: _failures(database, scope),
    }
    return [line for name, check in checks.items() for line in _guarded(name, check)]


def _guarded(area: str, check: Callable[[], Iterator[Check]]) -> list[Check]:
    """Run a check; what the login may not see, or the server refuses, is UNKNOWN."""
    try:
        return list(check())
    except NoConnectionError:
        raise
    except PermissionDeniedError:
        return [Check(area, "UNKNOWN", "this login may not look at it")]
    except DbtrackError as error:
        return [Check(area, "UNKNOWN", error.message, error.hint)]


def _installation(database: Database) -> Iterator[Check]:
    findings = diagnose(database)
    if not findings:
        yield Check("installation", "OK", "nothing is wrong")
        return
    first = min(findings, key=lambda finding: SEVERITY.index(finding.severity))
    more = f"; {len(findings) - 1} more" if len(findings) > 1 else ""
    yield Check("installation", first.severity, f"{first.subject}: {first.message}{more}", "dbtrack doctor")


def _health(database: Database, scope: Scope) -> Iterator[Check]:
    rows: dict[str, list[tuple[str, str, str]]] = {}
    arguments = {"tenant": scope.tenant.hex() if scope.tenant else None}
    for category, metric, status, details, _ in run(database, REPORTS["health"], arguments):
        area = _AREAS.get(category, category)
        rows.setdefault(area, []).append((status or "UNKNOWN", metric, details or ""))
    for area, found in rows.items():
        yield _health_of(area, found)


def _health_of(area: str, found: list[tuple[str, str, str]]) -> Check:
    bad = [row for row in found if row[0] in {"CRITICAL", "WARNING"}]
    if bad:
        status = next(status for status in SEVERITY if status in {row[0] for row in bad})
        words = "; ".join(f"{metric.replace('_', ' ')}: {details}" for _, metric, details in bad)
        return Check(area, status, words, _NEXT.get(area, "dbtrack health"))
    if all(row[0] == "UNKNOWN" for row in found):
        return Check(area, "UNKNOWN", found[0][2])
    shown = next(row[2] for row in found if row[0] == "OK")
    return Check(area, "OK", shown if len(found) == 1 else f"{shown}; {len(found)} checks passed")


def _ingest(database: Database) -> Iterator[Check]:
    row = database.row(query("activity/last_ingest"))
    if row is None:
        yield Check(
            "log",
            "OK",
            "never read: failed DDL and waits for locks are not recorded from it; dbtrack ingest LOG does",
        )
        return
    name, age = row
    is_old = age > _DAY_SECONDS
    details = f"read {short_duration(age * 1000)} ago: {name}"
    yield Check("log", "WARNING" if is_old else "OK", details, f"dbtrack ingest {name}" if is_old else None)


def _reconcile(database: Database, scope: Scope) -> Iterator[Check]:
    if scope.is_full and not database.in_recovery:
        found = reconcile(database)
        unexplained, when = len(found.unattributed), "compared now"
    else:
        row = database.row(query("activity/last_reconcile"))
        if row is None:
            yield Check("reconcile", "WARNING", "the catalogs were never compared", "dbtrack reconcile")
            return
        _, age, unexplained = row
        when = f"compared {short_duration(age * 1000)} ago"
    if unexplained:
        details = f"{when}: {unexplained} changes that nothing recorded"
        yield Check("reconcile", "WARNING", details, "dbtrack history --type UNATTRIBUTED")
    else:
        yield Check("reconcile", "OK", f"{when}: everything is explained")


def _verify(database: Database, scope: Scope) -> Iterator[Check]:
    if scope.is_full:
        yield _verified(database, scope)
        return
    failed_at, findings, has_seals = database.rows(query("activity/last_verification"))[0]
    if failed_at is not None:
        details = f"on {failed_at:%Y-%m-%d %H:%M} it found {findings} differences"
        yield Check("verify", "CRITICAL", details, "dbtrack verify")
    elif has_seals:
        yield Check("verify", "OK", "no verification found a difference in 30 days; --full verifies now")
    else:
        yield Check("verify", "OK", "nothing is sealed, so nothing can be verified; dbtrack seal begins")


def _verified(database: Database, scope: Scope) -> Check:
    result = verify_all(database.without_asking_again(scope.target), VerifyScope(), [])
    if result.unsealed_rows is not None:
        return Check(
            "verify", "OK", f"nothing is sealed, of {result.unsealed_rows:,} rows; dbtrack seal begins"
        )
    if result.findings:
        return Check("verify", "CRITICAL", f"{sum(result.totals.values())} differences", "dbtrack verify")
    return Check("verify", "OK", f"{result.rows:,} rows verified now")


def _spool(scope: Scope) -> Iterator[Check]:
    items = list_items(scope.spool) if records_wait(scope.spool) else []
    stuck = [item for item in items if item.state is not State.RUNNING]
    if stuck:
        details = f"{len(stuck)} records wait on this machine: {stuck[0].reason or stuck[0].title}"
        yield Check("spool", "WARNING", details, "dbtrack spool list")
    else:
        yield Check("spool", "OK", "nothing waits on this machine")


def _failures(database: Database, scope: Scope) -> Iterator[Check]:
    row = database.row(query("activity/open_failures"), {"hours": _OPEN_HOURS, "tenant": scope.tenant})
    causes, failures, name, key, sees_nothing = row or (0, 0, None, None, False)
    if sees_nothing:
        yield Check(
            "failures", "UNKNOWN", "this login has no tenant, so it sees no execution", "dbtrack tenant grant"
        )
        return
    if not causes:
        yield Check("failures", "OK", "none is open: each succeeded later or was resolved", count=0)
        return
    of_causes = "1 cause" if causes == 1 else f"{causes} causes"
    details = f"{failures} open, of {of_causes}; the latest: {name}, {short_key(key)}"
    yield Check("failures", "WARNING", details, "dbtrack errors --open", failures)


def _failover(database: Database) -> Iterator[Check]:
    """Name the last failover of 30 days; no line where there was none."""
    [(events, endpoints, rewound_at, from_timeline, to_timeline)] = database.rows(query("activity/rewound"))
    if events:
        what = (
            f"timeline {to_timeline} replaced {from_timeline}"
            if to_timeline != from_timeline
            else "an earlier copy of the files replaced the database"
        )
        yield Check(
            "failover",
            "WARNING",
            f"{what} before {rewound_at:%Y-%m-%d %H:%M}: "
            f"{events} events that were sent are no longer recorded; endpoints: {endpoints}",
            "dbtrack verify --digests DIRECTORY",
        )
        return
    with suppress(PermissionDeniedError):  # only administrators read the seals; what is lost, everybody does
        row = database.row(query("activity/failover"))
        if row is not None:
            before, now, last_at = row
            when = f"timeline {now} replaced {before} after {last_at:%Y-%m-%d %H:%M}"
            yield Check("failover", "OK", f"{when}; no event that was sent is missing")
