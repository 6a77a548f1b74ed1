"""Whether all is well in each database of a fleet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dbtrack.activity.overview import Check, Scope, check_all, check_record, worst
from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError, NotInstalledError
from dbtrack.fleet.ask import Limits, Outcome, ask_each
from dbtrack.fleet.installed import read_installation
from dbtrack.fleet.members import Member
from dbtrack.sql_files import query

STATUS_COLUMNS = (
    Column("member", Kind.IDENTIFIER, "Member", help="Its name in the fleet."),
    Column("labels", Kind.TEXT, "Labels", rank=6, help="Its labels."),
    Column("server", Kind.IDENTIFIER, "Server", help="Host and port of the server.", is_detail=True),
    Column("database", Kind.IDENTIFIER, "Database", help="The name of the database.", is_detail=True),
    Column(
        "status", Kind.STATUS, "Status", help="OK, WARNING, CRITICAL or UNKNOWN; the worst of all checks."
    ),
    Column(
        "state",
        Kind.TEXT,
        "State",
        help="answered; older schema, newer schema or not installed; or why it could not be asked: timeout, "
        "refused, unreachable, not permitted, failed.",
    ),
    Column("version", Kind.TEXT, "Version", rank=2, help="The version of dbtrack in the database."),
    Column("capture", Kind.STATUS, "Capture", rank=1, help="Whether DDL is recorded."),
    Column("health", Kind.STATUS, "Health", rank=3, help="The worst of the other checks."),
    Column("last_change", Kind.TIME, "Last change", rank=4, help="When the last DDL was recorded."),
    Column("changed_by", Kind.IDENTIFIER, "By", rank=5, help="The login that ran it."),
    Column("findings", Kind.COUNT, "Findings", help="How many checks need attention."),
    Column("open_errors", Kind.COUNT, "Open errors", rank=2, help="How many failures nobody dealt with."),
    Column("details", Kind.TEXT, "Details", rank=3, help="What needs attention first."),
    Column("next_step", Kind.TEXT, "Next", help="What to type next, for that database.", is_detail=True),
    Column("duration_ms", Kind.DURATION_MS, "Took", help="How long it took to ask.", is_detail=True),
)
_SERIOUS = {"CRITICAL", "WARNING"}
_BAD = ("CRITICAL", "WARNING", "UNKNOWN")
_CAPTURE = "capture"
_UPGRADE = "dbtrack fleet upgrade"
_NO_SPOOL = Path("/nonexistent")


@dataclass(frozen=True)
class MemberStatus:
    """What one member answered.

    Args:
        state: `answered`, `older schema` or `newer schema`.
        version: of dbtrack in the database.
        last_change: when the last DDL was recorded, and by which login.
        checks: those of `dbtrack status`; of an older schema only a few.
    """

    state: str
    version: str | None
    last_change: tuple[datetime, str] | None
    checks: Sequence[Check]

    @property
    def findings(self) -> list[Check]:
        """The checks that need attention, the worst first."""
        bad = [check for check in self.checks if check.status in _SERIOUS]
        return sorted(bad, key=lambda check: _BAD.index(check.status))


def ask_status(
    members: Sequence[Member], limits: Limits, *, with_installation: bool = False
) -> Iterator[Outcome[MemberStatus]]:
    """Ask each member, and yield what it answered, the first to answer first.

    Members that only count where dbtrack is installed, and where it is not, are left out.

    Args:
        with_installation: also compare each installation with this program, as `dbtrack doctor` does.
    """

    def work(member: Member, database: Database) -> MemberStatus:
        return _status(member, database, with_installation=with_installation)

    for outcome in ask_each(members, work, limits):
        if not (outcome.member.installed_only and isinstance(outcome.error, NotInstalledError)):
            yield outcome


def _status(member: Member, database: Database, *, with_installation: bool) -> MemberStatus:
    installed = read_installation(database)
    if installed is None:
        raise NotInstalledError(
            "dbtrack is not installed in this database", hint="run: dbtrack fleet install"
        )
    version = installed.version
    found = database.row(query("fleet/last_change"))
    last_change = (found[0], found[1]) if found else None
    if installed.missing:
        return MemberStatus("older schema", version, last_change, list(_of_older(database, version)))
    scope = Scope(member.target, _NO_SPOOL)
    checks = check_all(database, scope) if with_installation else check_record(database, scope)
    # The spool is this machine's, not the database's.
    checks = [check for check in checks if check.area != "spool"]
    if installed.unknown:
        return MemberStatus("newer schema", version, last_change, [_newer(version), *checks])
    return MemberStatus("answered", version, last_change, checks)


def _of_older(database: Database, version: str | None) -> Iterator[Check]:
    yield Check(
        "installation", "WARNING", f"{version or 'this version'} is older than this program", _UPGRADE
    )
    triggers = database.value(query("installation/count_event_triggers"))
    if triggers:
        yield Check(_CAPTURE, "OK", f"{triggers} event triggers are enabled")
    else:
        yield Check(_CAPTURE, "CRITICAL", "no event trigger is enabled", "dbtrack doctor")


def _newer(version: str | None) -> Check:
    return Check(
        "installation", "WARNING", f"{version} is newer than this program", "pip install --upgrade dbtrack"
    )


def status_row(outcome: Outcome[MemberStatus]) -> Row:
    """Return the outcome in the columns of `STATUS_COLUMNS`."""
    member = outcome.member
    head = (member.name, member.label_words or None, member.server or None, member.database or None)
    took = round(outcome.seconds * 1000, 3)
    found = outcome.value
    if found is None:
        error = outcome.error or DbtrackError("no answer")
        is_finding = isinstance(error, NotInstalledError)
        state = "WARNING" if is_finding else "UNKNOWN"
        empty = (None, None, None, None, None, int(is_finding) or None, None)
        return (*head, state, outcome.state, *empty, error.message, _next(error), took)
    capture = [check for check in found.checks if check.area == _CAPTURE]
    others = [check for check in found.checks if check.area != _CAPTURE]
    first = next(iter(found.findings), None)
    changed_at, changed_by = found.last_change or (None, None)
    failures = next((check.count for check in found.checks if check.area == "failures"), None)
    return (
        *head,
        worst(found.checks),
        found.state,
        found.version,
        worst(capture) if capture else "UNKNOWN",
        worst(others),
        changed_at,
        changed_by,
        len(found.findings),
        failures,
        f"{first.area}: {first.details}" if first else None,
        first.next_step if first else None,
        took,
    )


def _next(error: DbtrackError) -> str | None:
    return error.hint.removeprefix("run: ") if error.hint else None


def needs_attention(outcome: Outcome[MemberStatus]) -> bool:
    """Return whether the member has findings, or could not be asked."""
    return outcome.value is None or bool(outcome.value.findings)


def was_asked(outcome: Outcome[MemberStatus]) -> bool:
    """Return whether the member answered; a database without dbtrack did."""
    return outcome.error is None or isinstance(outcome.error, NotInstalledError)
