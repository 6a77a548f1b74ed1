"""Install dbtrack into the databases of a fleet, or upgrade it there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError, NoConnectionError
from dbtrack.fleet.ask import Limits, Outcome, ask_each
from dbtrack.fleet.installed import known_migrations, read_installation
from dbtrack.fleet.members import Member
from dbtrack.schema import InstallOptions, diagnose, install
from dbtrack.version import __version__

INSTALL_COLUMNS = (
    Column("member", Kind.IDENTIFIER, "Member", help="Its name in the fleet."),
    Column("labels", Kind.TEXT, "Labels", rank=4, help="Its labels."),
    Column("server", Kind.IDENTIFIER, "Server", help="Host and port of the server.", is_detail=True),
    Column("database", Kind.IDENTIFIER, "Database", help="The name of the database.", is_detail=True),
    Column(
        "result",
        Kind.TEXT,
        "Result",
        help="installed, upgraded, up to date, not installed, failed, interrupted, not begun; would install "
        "or would upgrade with --dry-run.",
    ),
    Column("from_version", Kind.TEXT, "From", rank=2, help="The version before."),
    Column("to_version", Kind.TEXT, "To", rank=2, help="The version afterwards."),
    Column("migrations", Kind.COUNT, "Migrations", rank=3, help="How many migrations are applied."),
    Column("details", Kind.TEXT, "Details", rank=1, help="Why it failed, or what to look at."),
    Column("duration_ms", Kind.DURATION_MS, "Took", rank=7, help="How long it took."),
)


@dataclass(frozen=True)
class Plan:
    """What to do in each member.

    Args:
        installs: whether to install where dbtrack is not installed.
        is_dry: only tell what would be done.
        keeps_going: whether to begin others after one failed.
        canaries: the names of members that come first, all other members only if these succeed.
        options: how to install.
    """

    installs: bool = True
    is_dry: bool = False
    keeps_going: bool = False
    canaries: Sequence[str] = ()
    options: InstallOptions | None = None


@dataclass(frozen=True)
class Installed:
    """What was done in one member.

    Args:
        result: a word of the column `result`.
        migrations: how many were applied, or would be.
        warnings: what could not be done, one line each.
    """

    result: str
    from_version: str | None = None
    to_version: str | None = None
    migrations: int = 0
    warnings: Sequence[str] = ()


class CanaryError(DbtrackError):
    """The canary was installed, and something is wrong with it."""


def install_fleet(
    members: Sequence[Member], plan: Plan, limits: Limits, interruption: Event | None = None
) -> Iterator[Outcome[Installed]]:
    """Install or upgrade each member, and yield what came of it, the first to be done first.

    A member that is up to date is not changed, so that a run that failed can be repeated. A member that
    fails is unchanged, because each installation is one transaction.

    Args:
        interruption: when it is set, what runs is cancelled, and the others are not begun.
    """
    canaries = [member for member in members if member.name in plan.canaries]
    others = [member for member in members if member.name not in plan.canaries]
    failed = False
    for group, is_canary in ((canaries, True), (others, False)):
        if failed and (is_canary or canaries or not plan.keeps_going):
            is_cut = interruption is not None and interruption.is_set()
            yield from (Outcome[Installed](member, is_begun=False, is_interrupted=is_cut) for member in group)
            continue
        for outcome in ask_each(
            group,
            _work(plan, is_canary=is_canary),
            limits,
            goes_on=_goes_on(plan, is_canary),
            interruption=interruption,
        ):
            failed = failed or outcome.error is not None
            yield outcome


def _goes_on(plan: Plan, is_canary: bool) -> Callable[[Outcome[Installed]], bool]:
    return lambda outcome: outcome.error is None or (plan.keeps_going and not is_canary)


def _work(plan: Plan, *, is_canary: bool) -> Callable[[Member, Database], Installed]:
    def work(member: Member, database: Database) -> Installed:
        done = _install(member, database, plan)
        if is_canary and done.result in {"installed", "upgraded"}:
            _check_canary(database)
        return done

    return work


def _install(member: Member, database: Database, plan: Plan) -> Installed:
    before = read_installation(database)
    if before is None and (not plan.installs or member.installed_only):
        return Installed("not installed")
    if before is not None and before.unknown:
        raise DbtrackError(
            f"it is newer than this program ({__version__}): it has migration {max(before.unknown)}",
            hint="run: pip install --upgrade dbtrack",
        )
    version, missing = (before.version, before.missing) if before else (None, known_migrations())
    if before is not None and not missing and version == __version__:
        return Installed("up to date", version, version)
    if plan.is_dry:
        word = "would install" if before is None else "would upgrade"
        return Installed(word, version, __version__, len(missing))
    report = install(database, plan.options)
    return Installed(
        "installed" if before is None else "upgraded",
        report.from_version,
        report.to_version,
        len(report.migrations),
        report.warnings,
    )


def _check_canary(database: Database) -> None:
    try:
        critical = [finding for finding in diagnose(database) if finding.severity == "CRITICAL"]
    except DbtrackError as error:
        raise CanaryError(
            f"it was installed, but could not be examined: {error}", hint="run there: dbtrack doctor"
        ) from error
    if critical:
        raise CanaryError(
            f"it was installed, but {critical[0].subject}: {critical[0].message}",
            hint="run there: dbtrack doctor",
        )


def install_row(outcome: Outcome[Installed]) -> Row:
    """Return the outcome in the columns of `INSTALL_COLUMNS`."""
    member, done = outcome.member, outcome.value
    head = (member.name, member.label_words or None, member.server or None, member.database or None)
    took = round(outcome.seconds * 1000, 3)
    if not outcome.is_begun:
        why = "it was interrupted before" if outcome.is_interrupted else "another member failed before"
        return (*head, "not begun", None, None, None, why, None)
    if done is None:
        error = outcome.error or DbtrackError("no answer")
        word = "interrupted" if outcome.is_interrupted else "failed"
        return (*head, word, None, None, None, _cut(error) if outcome.is_interrupted else str(error), took)
    details = "; ".join(done.warnings) or None
    return (*head, done.result, done.from_version, done.to_version, done.migrations, details, took)


def _cut(error: DbtrackError) -> str:
    if isinstance(error, CanaryError):
        return str(error)
    # If the connection ended while the server committed, nobody here knows.
    certain = not isinstance(error, NoConnectionError)
    return (
        "cancelled; nothing was changed"
        if certain
        else "cut off; its transaction is done, or changed nothing"
    )
