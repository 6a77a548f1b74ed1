"""``dbtrack fleet``: which databases there are, whether all is well in them, and what differs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dbtrack.cli.commands import fleet_differences, fleet_install
from dbtrack.cli.options.connection_options import OutputArguments
from dbtrack.cli.options.fleet_options import (
    AskArguments,
    FleetArguments,
    FleetFile,
    collected,
    label_of,
    members_of,
)
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.columns import Column, Kind
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.fleet import Entry, Member, Outcome
    from dbtrack.fleet.status import MemberStatus

ABOUT = """Check, install and compare dbtrack in many databases at once.

The members of a fleet are in a file, or are the environments of the configuration file. Exits 0 if all is
well, 3 if there are findings or differences, and 1 if some members could not be asked.
"""
EXAMPLES = (
    Example("dbtrack fleet add eu --dsn 'host=eu1 user=dba' --databases 'tenant_*'", "Many of one server."),
    Example("dbtrack fleet list --members", "Which databases these are."),
    Example("dbtrack fleet remove eu", "Leave them out from now on."),
    Example("dbtrack fleet status --only cluster=eu", "Is all well in each of them?"),
    Example("dbtrack fleet status --quiet", "For cron: only what needs attention."),
)
_LIST_COLUMNS = (
    Column("member", Kind.IDENTIFIER, "Member", help="Its name in the fleet."),
    Column("kind", Kind.TEXT, "Kind", help="What the entry names."),
    Column("labels", Kind.TEXT, "Labels", help="Its labels."),
    Column("server", Kind.IDENTIFIER, "Server", rank=1, help="Host and port; of a directory, its address."),
    Column("database", Kind.IDENTIFIER, "Database", help="The database, or the pattern of their names."),
    Column("problem", Kind.TEXT, "Problem", rank=2, help="Why it cannot be connected to."),
)

NewName = Annotated[str, typer.Argument(metavar="MEMBER", help="How commands and their output call it.")]


def add(
    member: NewName,
    fleet: FleetFile = None,
    *,
    dsn: Annotated[
        str | None,
        typer.Option("--dsn", metavar="CONNINFO", help="A connection string or URI, without a password."),
    ] = None,
    env: Annotated[
        str | None,
        typer.Option("--env", metavar="NAME", help="An environment of the configuration file."),
    ] = None,
    databases: Annotated[
        str | None,
        typer.Option(
            "--databases",
            metavar="PATTERN",
            help="Each database of the server whose name matches: 'tenant_*'.",
        ),
    ] = None,
    all_databases: Annotated[
        bool, typer.Option("--all-databases", help="Each database of the server but templates.")
    ] = False,
    installed_only: Annotated[
        bool, typer.Option("--installed-only", help="Leave out databases without dbtrack.")
    ] = False,
    patroni: Annotated[
        str | None,
        typer.Option(
            "--patroni",
            metavar="URLS",
            help="Patroni's REST API, of some nodes with commas: the leader counts.",
        ),
    ] = None,
    srv: Annotated[
        str | None,
        typer.Option(
            "--srv", metavar="DNSNAME", help="SRV records name the hosts: _postgresql._tcp.db.example."
        ),
    ] = None,
    nameserver: Annotated[
        str | None,
        typer.Option("--nameserver", metavar="ADDRESS", help="The DNS server for --srv: IP address[:port]."),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", metavar="LABEL=VALUE", help="A label, e.g. cluster=eu; may be repeated."),
    ] = None,
) -> None:
    """Add a database, or many of a server, to the fleet.

    It becomes an entry of the fleet's file. The file is created if there is none. Nothing is connected to.
    """
    from dbtrack.fleet import add_entry, fleet_path

    if databases is not None and all_databases:
        raise UsageError("--databases and --all-databases exclude each other")
    pattern = "*" if all_databases else databases
    given: dict[str, Any] = {
        "dsn": dsn, "environment": env, "databases": pattern, "patroni": patroni, "srv": srv,
        "nameserver": nameserver, "installed_only": installed_only or None,
        "labels": dict(label_of("--label", word) for word in label or ()) or None,
    }  # fmt: skip
    path = fleet_path(os.environ, fleet)
    add_entry(path, member, {key: value for key, value in given.items() if value is not None})
    messages.say(f"dbtrack: {member} was added to {path}")


def remove(
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="The name of an entry.")],
    fleet: FleetFile = None,
) -> None:
    """Remove an entry from the fleet.

    Nothing is done to the databases.
    """
    from dbtrack.fleet import fleet_path, remove_entry

    path = fleet_path(os.environ, fleet)
    remove_entry(path, member)
    messages.say(f"dbtrack: {member} was removed from {path}")


def list_all(
    chosen: FleetArguments,
    asking: AskArguments,
    output: OutputArguments,
    members: Annotated[
        bool,
        typer.Option(
            "--members", help="Ask servers and directories, and list each database; otherwise the entries."
        ),
    ] = False,
) -> None:
    """List the entries of the fleet, or its members.

    An entry can stand for many databases: with --members each of these is listed.
    """
    entries = {entry.name: entry for entry in chosen.entries()}
    if members or chosen.member or chosen.only:
        found = members_of(chosen, asking.limits())
        rows = [_member_row(each, entries[each.name.partition("/")[0]]) for each in found]
        failed = sum(each.target.error is not None for each in found)
    else:
        rows, failed = [_entry_row(entry) for entry in entries.values()], 0
    with destination(output) as stream:
        emit(_LIST_COLUMNS, rows, stream, output, title="Fleet", report="fleet list")
    if failed:
        raise typer.Exit(ExitCode.FAILED)


def _entry_row(entry: Entry) -> tuple[str | None, ...]:
    from dbtrack.fleet.members import labels_in_words

    database = entry.databases or (None if entry.environment else entry.named_database() or None)
    place = entry.patroni or entry.srv or entry.environment or entry.place()
    return (entry.name, entry.kind, labels_in_words(entry.labels), place, database, None)


def _member_row(member: Member, entry: Entry) -> tuple[str | None, ...]:
    error = member.target.error
    return (
        member.name,
        entry.kind,
        member.label_words,
        member.server or None,
        member.database or None,
        str(error) if error else None,
    )


def status(
    chosen: FleetArguments,
    asking: AskArguments,
    output: OutputArguments,
    doctor: Annotated[
        bool,
        typer.Option("--doctor", help="Also compare each installation with this program, as doctor does."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only members that need attention; for cron.")
    ] = False,
) -> None:
    """Check each member at once, in one table.

    Capture, operations, storage, rollups, seals, endpoints, the server's log, reconcile, verify and open
    failures are checked, as status does for one database. A member that cannot be asked has a line that says
    why. Exits 0 if all is well, 3 if there are findings, a database without dbtrack or with an older schema
    among them, and 1 if some members could not be asked.
    """
    from dbtrack.fleet import status as of_status

    limits = asking.limits()
    members = members_of(chosen, limits)
    outcomes = collected(of_status.ask_status(members, limits, with_installation=doctor), members)
    bad = [outcome for outcome in outcomes if of_status.needs_attention(outcome)]
    shown = bad if quiet else outcomes
    if shown or not quiet:
        rows = [of_status.status_row(outcome) for outcome in shown]
        with destination(output) as stream:
            emit(of_status.STATUS_COLUMNS, rows, stream, output, title="Fleet status", report="fleet status")
    if not quiet:
        messages.say(f"dbtrack: {_summary(outcomes, len(bad))}")
    _exit(outcomes, len(bad))


def _summary(outcomes: list[Outcome[MemberStatus]], bad: int) -> str:
    from dbtrack.fleet.status import was_asked

    silent = sum(not was_asked(outcome) for outcome in outcomes)
    words = f"{len(outcomes)} members: " + (f"{bad} need attention" if bad else "all is well")
    return f"{words}; {silent} could not be asked" if silent else words


def _exit(outcomes: list[Outcome[MemberStatus]], bad: int) -> None:
    from dbtrack.fleet.status import was_asked

    if not all(was_asked(outcome) for outcome in outcomes):
        raise typer.Exit(ExitCode.FAILED)
    if bad:
        raise typer.Exit(ExitCode.FINDINGS)


_MEMBERS = {
    "add": CommandDefinition(add, EXAMPLES[:1]),
    "list": CommandDefinition(list_all, EXAMPLES[1:2]),
    "remove": CommandDefinition(remove, EXAMPLES[2:3]),
    "status": CommandDefinition(status, EXAMPLES[3:]),
    **fleet_install.COMMANDS,
    **fleet_differences.COMMANDS,
}
_ALL_EXAMPLES = (EXAMPLES[0], EXAMPLES[3], *fleet_install.EXAMPLES[:1], *fleet_differences.EXAMPLES[:1])
COMMANDS = {"fleet": GroupDefinition(ABOUT, _MEMBERS, _ALL_EXAMPLES)}
