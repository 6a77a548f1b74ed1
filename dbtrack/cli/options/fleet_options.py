"""The options that choose the members of a fleet, and how many of them are asked at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from dbtrack.errors import NotInstalledError, UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.fleet import Choice, Entry, Limits, Member, Outcome

T = TypeVar("T")
_SHOWN_AFTER_SECONDS = 0.5

FleetFile = Annotated[
    Path | None,
    typer.Option(
        "--fleet",
        metavar="FILE",
        help="The file of the fleet: TOML, CSV, or a connection string a line. Default: DBTRACK_FLEET, else "
        "fleet.toml beside the configuration file, else its environments.",
    ),
]


@dataclass(frozen=True)
class FleetArguments:
    """Which members are meant."""

    fleet: FleetFile = None
    server: Annotated[
        list[str] | None,
        typer.Option(
            "--server",
            metavar="CONNINFO",
            help="In place of a file: each database of this server; may be repeated.",
        ),
    ] = None
    databases: Annotated[
        str | None,
        typer.Option(
            "--databases",
            metavar="PATTERN",
            help="With --server: only databases whose name matches, e.g. 'tenant_*'.",
        ),
    ] = None
    member: Annotated[
        list[str] | None,
        typer.Option(
            "--member",
            metavar="MEMBER",
            help="Only this member, with * and ? for any characters; may be repeated.",
        ),
    ] = None
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="LABEL=VALUE",
            help="Only members with this label, e.g. cluster=eu; server and database are labels too. May be "
            "repeated: each label must match, of one label any value.",
        ),
    ] = None

    def entries(self) -> list[Entry]:
        """Return the entries of the servers that were given, else of the fleet's file, else the environments.

        Raises:
            UsageError: the file is invalid, or was given and does not exist.
        """
        from dbtrack import fleet

        if self.databases is not None and not self.server:
            raise UsageError("--databases goes with --server")
        if self.server:
            if self.fleet is not None:
                raise UsageError("--server and --fleet exclude each other")
            pattern = self.databases or "*"
            return [fleet.unnamed_entry(each, "--server", pattern) for each in self.server]
        path = fleet.fleet_path(os.environ, self.fleet)
        entries = fleet.read_fleet(path)
        if entries is not None:
            return entries
        if self.fleet is not None or os.environ.get("DBTRACK_FLEET"):
            raise UsageError(
                f"there is no file {path}", hint="run: dbtrack fleet add NAME --dsn 'host=… dbname=…'"
            )
        return fleet.environment_entries(os.environ)

    def choice(self) -> Choice:
        """Return which members of these are meant."""
        from dbtrack import fleet

        labels: dict[str, list[str]] = {}
        for word in self.only or ():
            name, value = label_of("--only", word)
            labels.setdefault(name, []).append(value)
        return fleet.Choice(tuple(self.member or ()), labels)


@dataclass(frozen=True)
class AskArguments:
    """How many members are asked at once, and for how long."""

    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", metavar="NUMBER", min=1, max=500, help="Members that are asked at once."
        ),
    ] = 16
    per_server: Annotated[
        int,
        typer.Option(
            "--per-server", metavar="NUMBER", min=1, max=100, help="Connections to one server at once."
        ),
    ] = 4
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout", metavar="SECONDS", min=1, max=3600, help="How long a member may take to answer."
        ),
    ] = 10.0

    def limits(self) -> Limits:
        """Return them as `dbtrack.fleet` takes them."""
        from dbtrack import fleet

        return fleet.Limits(self.jobs, self.per_server, self.timeout, self.timeout)


def label_of(option: str, word: str) -> tuple[str, str]:
    """Return name and value of a label.

    Raises:
        UsageError: the word is not NAME=VALUE.
    """
    name, separator, value = word.partition("=")
    if not separator or not name.strip() or not value.strip():
        raise UsageError(f"{option} takes LABEL=VALUE, not {word!r}")
    return name.strip(), value.strip()


def members_of(chosen: FleetArguments, limits: Limits) -> list[Member]:
    """Return the members that are meant; servers and directories are asked which there are.

    Raises:
        UsageError: there is no such member, or the file is invalid.
    """
    from dbtrack import fleet
    from dbtrack.fleet.completion import keep_members

    with ProgressLine("fleet", after=_SHOWN_AFTER_SECONDS) as line:
        found = fleet.chosen_members(
            chosen.entries(),
            chosen.choice(),
            limits,
            os.environ,
            progress=lambda done, servers: line.count(done, servers, "servers"),
        )
    if not (chosen.server or chosen.member or chosen.only):
        keep_members(chosen.fleet, os.environ, found)
    return found


def collected(outcomes: Iterable[Outcome[T]], members: list[Member]) -> list[Outcome[T]]:
    """Return the outcomes in the order of the members; a bar on a terminal shows how many are there."""
    found: dict[str, Outcome[T]] = {}
    with ProgressLine("fleet", after=_SHOWN_AFTER_SECONDS) as line, closed(outcomes) as coming:
        for outcome in coming:
            found[outcome.member.name] = outcome
            line.count(len(found), len(members), "members")
    return [found[member.name] for member in members if member.name in found]


@contextmanager
def closed(outcomes: Iterable[Outcome[T]]) -> Iterator[Iterable[Outcome[T]]]:
    """Close the iterator at the end, so that Ctrl-C leaves no connection behind."""
    try:
        yield outcomes
    finally:
        close = getattr(outcomes, "close", None)
        if close is not None:
            close()


def answers(outcomes: Iterable[Outcome[T]], members: list[Member]) -> tuple[dict[str, T], int]:
    """Return what the members answered, by name, and how many did not; each of these is one line on stderr.

    Members that only count where dbtrack is installed, and where it is not, are neither.
    """
    answered: dict[str, T] = {}
    failed = 0
    for outcome in collected(outcomes, members):
        if outcome.value is not None:
            answered[outcome.member.name] = outcome.value
        elif not (outcome.member.installed_only and isinstance(outcome.error, NotInstalledError)):
            failed += 1
            messages.warn(f"{outcome.member.name}: {outcome.state}: {outcome.error}")
    return answered, failed
