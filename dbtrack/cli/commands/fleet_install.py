"""``dbtrack fleet install`` and ``dbtrack fleet upgrade``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.options.connection_options import OutputArguments
from dbtrack.cli.options.fleet_options import FleetArguments, collected, members_of
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from collections import Counter

    from dbtrack.fleet import Limits, Member
    from dbtrack.schema import InstallOptions

EXAMPLES = (
    Example("dbtrack fleet upgrade --canary eu/tenant_1 --jobs 4", "One first, then four at a time."),
    Example("dbtrack fleet install --dry-run", "What would be done where."),
    Example("dbtrack fleet install --only cluster=eu --keep-going", "Do not stop at one that fails."),
)
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class RolloutArguments:
    """In which order members are changed, and when that stops."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; show what would be done.")] = (
        False
    )
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="NUMBER", min=1, max=100, help="Members at once.")
    ] = 1
    per_server: Annotated[
        int,
        typer.Option("--per-server", metavar="NUMBER", min=1, max=100, help="Members of one server at once."),
    ] = 2
    canary: Annotated[
        list[str] | None,
        typer.Option(
            "--canary",
            metavar="MEMBER",
            help="Begin with this member; go on if doctor finds nothing critical there. May be repeated.",
        ),
    ] = None
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Begin others after one failed; a canary that fails ends it.")
    ] = False
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", min=1, max=3600, help="How long connecting may take."),
    ] = _CONNECT_SECONDS
    lock_timeout: Annotated[
        int,
        typer.Option(
            "--lock-timeout", metavar="SECONDS", min=1, max=3600, help="Maximum time to wait for a lock."
        ),
    ] = 5

    def limits(self) -> Limits:
        """Return how many are changed at once; an installation may take as long as it needs."""
        from dbtrack import fleet

        return fleet.Limits(self.jobs, self.per_server, self.timeout, None)


def install(
    chosen: FleetArguments,
    rollout: RolloutArguments,
    output: OutputArguments,
    require_capture: Annotated[
        bool,
        typer.Option("--require-capture", help="Fail where event triggers are not allowed."),
    ] = False,
    role_prefix: Annotated[
        str,
        typer.Option(
            "--role-prefix", metavar="PREFIX", help="Prefix of the names of the roles that are created."
        ),
    ] = "dbtrack",
    with_module: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="MODULE", help="Also install this module: auth. Upgrades keep it."),
    ] = None,
) -> None:
    """Install dbtrack into each member, or upgrade it there.

    Each installation is one transaction. Members that are up to date are left alone, so that a run that
    failed can be repeated. Without --keep-going, no other member is begun after one failed. Exits 1 if one
    failed. Ctrl-C cancels what runs, and tells of each member whether it is done, interrupted or not begun.
    """
    from dbtrack.schema import InstallOptions

    options = InstallOptions(
        require_capture=require_capture,
        role_prefix=role_prefix,
        lock_timeout_seconds=rollout.lock_timeout,
        modules=tuple(with_module or ()),
    )
    _run(chosen, rollout, output, options, installs=True)


def upgrade(chosen: FleetArguments, rollout: RolloutArguments, output: OutputArguments) -> None:
    """Upgrade dbtrack in each member that has it.

    As install does, but a database without dbtrack stays without it.
    """
    from dbtrack.schema import InstallOptions

    options = InstallOptions(lock_timeout_seconds=rollout.lock_timeout)
    _run(chosen, rollout, output, options, installs=False)


def _run(
    chosen: FleetArguments,
    rollout: RolloutArguments,
    output: OutputArguments,
    options: InstallOptions,
    *,
    installs: bool,
) -> None:
    from collections import Counter
    from threading import Event

    from dbtrack.fleet.upgrade import INSTALL_COLUMNS, Plan, install_fleet, install_row
    from dbtrack.terminal.exit_signals import stopping_on_termination

    limits = rollout.limits()
    members = members_of(chosen, limits)
    canaries = _canaries(rollout.canary or (), members)
    plan = Plan(
        installs=installs,
        is_dry=rollout.dry_run,
        keeps_going=rollout.keep_going,
        canaries=canaries,
        options=options,
    )
    interruption = Event()
    with stopping_on_termination(interruption.set):
        outcomes = collected(install_fleet(members, plan, limits, interruption), members)
    rows = [install_row(outcome) for outcome in outcomes]
    name = "fleet install" if installs else "fleet upgrade"
    with destination(output) as stream:
        emit(INSTALL_COLUMNS, rows, stream, output, title=name.capitalize(), report=name)
    results = Counter(str(row[4]) for row in rows)
    messages.say(f"dbtrack: {_words(results)}")
    if interruption.is_set():
        raise KeyboardInterrupt
    if results["failed"]:
        raise typer.Exit(ExitCode.FAILED)


def _canaries(names: list[str] | tuple[str, ...], members: list[Member]) -> list[str]:
    known = {member.name for member in members}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--canary {name}: no such member is meant", hint="run: dbtrack fleet list --members"
            )
    return list(names)


def _words(results: Counter[str]) -> str:
    words = ", ".join(f"{count} {result}" for result, count in results.items())
    return f"{words}; run it again to continue" if results["not begun"] + results["interrupted"] else words


COMMANDS = {
    "install": CommandDefinition(install, EXAMPLES[1:]),
    "upgrade": CommandDefinition(upgrade, EXAMPLES[:1]),
}
