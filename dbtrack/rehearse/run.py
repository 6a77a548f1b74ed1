"""Rehearse a migration: make the copies, run its command on one, repeat its statements on the other."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dbtrack import schema, sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, libpq_environment
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.histories.tables import find_histories
from dbtrack.objects.following import own_changes
from dbtrack.objects.model import ObjectDifference
from dbtrack.objects.reading import differences
from dbtrack.predict.gates import Finding, Gate, check
from dbtrack.predict.model import Report
from dbtrack.predict.source import Source, read_source
from dbtrack.redaction.command_secrets import redact_command
from dbtrack.redaction.free_text import redact
from dbtrack.rehearse.advice import advice_on
from dbtrack.rehearse.base import BASE, Base, from_files, from_production, prepare_database
from dbtrack.rehearse.command import Ended, Place, check_command, run_command
from dbtrack.rehearse.facts import DatabaseFacts, Facts, FileFacts, NoFacts
from dbtrack.rehearse.log import Log, read_log
from dbtrack.rehearse.model import LeftBehind, Rehearsal
from dbtrack.rehearse.places import Places, named_files
from dbtrack.rehearse.replay import Telling, rehearsed
from dbtrack.rehearse.server import RehearsalServer, create_database, rehearsal_server
from dbtrack.rehearse.steps import units_of

AGAIN = "dbtrack_rehearsal_again"
Progress = Callable[[str], None]
_LOCAL = frozenset({"localhost", "127.0.0.1"})
# A shorter name or password is in many values.
_SHORTEST = 4
_TAKEN = frozenset({BASE, AGAIN, "template0", "template1"})
_LONGEST_NAME = 63


@dataclass(frozen=True)
class Real:
    """The connected production database, which is only read.

    Args:
        target: leads to it, without asking for a password again.
    """

    database: Database
    target: ConnectionTarget


@dataclass(frozen=True)
class Request:
    """What is to be rehearsed, and how.

    Args:
        command: the command that migrates.
        schema_files: what the schema is made from; None for the connected database.
        sizes: a file of production's sizes; None for those of the connected database, if there is one.
        name: the name of the copy; None for that of the connected database.
        roles: roles that the copy must have beside those of production.
        data: tables whose rows are copied.
        url_variables: variables that get the URL of the copy.
        sources: where statements are looked for, for annotations.
        directory: the directory that gets the data of the copy.
    """

    command: Sequence[str]
    schema_files: Sequence[Path] | None = None
    sizes: Path | None = None
    name: str | None = None
    roles: Sequence[str] = ()
    data: Sequence[str] = ()
    url_variables: Sequence[str] = ()
    sources: Sequence[Path] = ()
    directory: Path | None = None
    gates: tuple[Gate, ...] = ()
    max_lock_ms: float | None = None


def make_read_only(database: Database) -> None:
    """Let no transaction of this connection write."""
    database.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")


def rehearse(request: Request, real: Real | None, progress: Progress = lambda _what: None) -> Rehearsal:
    """Run a migration on a copy.

    Args:
        real: the connected production database; None if there is none. Nothing is written to it.

    Raises:
        UsageError: the copy or a role cannot have the name that is given.
        DbtrackError: the copy cannot be made, or the command cannot be started.
    """
    check_command(request.command, os.environ)
    _check_names(request)
    source = read_source(real.database) if real else None
    facts = _facts(request, real, source)
    progress("starting a server for the copy")
    with rehearsal_server(request.directory) as server:
        progress("copying the schema")
        base = _base(server, request, real, source)
        run = _Run(server, request, base, _name(request, real), _secrets_of(real))
        return run.rehearse(source if request.schema_files is None else None, facts, progress)


def _secrets_of(real: Real | None) -> tuple[str, ...]:
    """Return what of production's connection no variable of the migration may contain."""
    if real is None:
        return ()
    variables = libpq_environment(real.target)
    found = [variables.get(name, "") for name in ("PGHOST", "PGHOSTADDR", "PGPASSWORD")]
    parts = [part for value in found for part in value.split(",")]
    return tuple(part for part in parts if len(part) >= _SHORTEST and part not in _LOCAL)


def _facts(request: Request, real: Real | None, source: Source | None) -> Facts:
    if request.sizes is not None:
        return FileFacts(request.sizes)
    return DatabaseFacts(real.database, source) if real and source else NoFacts()


def _base(server: RehearsalServer, request: Request, real: Real | None, source: Source | None) -> Base:
    if request.schema_files is None and real is not None and source is not None:
        return from_production(server, real.database, real.target, source, request.roles, request.data)
    return from_files(server, request.schema_files or (), request.roles)


def _check_names(request: Request) -> None:
    for option, names in (("--name", [request.name]), ("--role", request.roles)):
        for name in names:
            if name is not None and (name in _TAKEN or not 0 < len(name.encode()) <= _LONGEST_NAME):
                raise UsageError(f"{option} {name!a}: it cannot have this name", hint="1 to 63 bytes")


def _name(request: Request, real: Real | None) -> str:
    return request.name or (real.database.name if real else "rehearsal")


@dataclass(frozen=True)
class _Run:
    server: RehearsalServer
    request: Request
    base: Base
    name: str
    avoided: tuple[str, ...]

    def rehearse(self, source: Source | None, facts: Facts, progress: Progress) -> Rehearsal:
        since = self._make_copies(progress)
        progress("running the migration")
        begin = self.server.log.stat().st_size
        ended = run_command(self.request.command, self._place(), os.environ, self.request.url_variables)
        progress("reading what it did")
        log = read_log(self.server.log, self.name, begin)
        with Database.connect(self.server.target(self.name)) as copy:
            changed = _differences(copy, since)
            left = _left_behind(copy)
            own = [history.table for history in find_histories(copy)]
            # Liquibase locks its history with a row of another table.
            own += [f"{table}lock" for table in own if table.endswith("databasechangelog")]
        progress("repeating its statements one by one")
        with Database.connect(self.server.target(AGAIN, self.base.login)) as again:
            known = source or read_source(again)
            places = Places([*self.request.sources, *named_files(self.request.command)])
            units = units_of(log.sent)
            before = set(_left_behind(again))
            telling = Telling(places, own, has_failed=ended.exit_code != 0)
            statements, others = rehearsed(units, again, known, facts, telling)
        found = Rehearsal(
            self.name,
            f"PostgreSQL {known.server.split(' ')[0]}",
            " ".join(map(shlex.quote, redact_command(self.request.command))),
            ended.exit_code,
            ended.seconds,
            self._origin(),
            facts.words,
            statements,
            others,
            changed,
            [each for each in left if each not in before],
            [redact(line) for line in self.base.missing],
            self._notes(ended, log, is_recorded=changed is not None),
            None if log.sent else "it ran no statement on the copy: does it connect elsewhere?",
        )
        return replace(found, findings=_findings(found, self.request))

    def _make_copies(self, progress: Progress) -> datetime:
        """Create both copies and install dbtrack in the first; return the moment before the migration."""
        for name in (self.name, AGAIN):
            if name == "postgres":
                _drop(self.server, name)
            create_database(self.server, name, BASE)
            prepare_database(self.server, name, self.base)
        progress("installing dbtrack in the copy")
        with Database.connect(self.server.target(self.name)) as copy:
            schema.install(copy)
            # Describes what is there, so that only what the migration does is a difference.
            copy.call("maintain")
            moment: datetime = copy.value("SELECT pg_catalog.clock_timestamp()")
        return moment

    def _place(self) -> Place:
        keywords, server = self.server.keywords(), self.server
        return Place(
            keywords["host"], keywords["port"], self.base.login, self.name, server.password, self.avoided
        )

    def _origin(self) -> str:
        files = self.request.schema_files
        if files is None:
            return f"the schema of {self.name}"
        return f"the schema in {', '.join(path.name for path in files)}" if files else "an empty database"

    def _notes(self, ended: Ended, log: Log, *, is_recorded: bool) -> list[str]:
        notes = list(advice_on(log.sent))
        if not is_recorded:
            notes.append("the migration removed dbtrack from the copy, and would remove it from production")
        if log.others:
            notes.append(f"statements in other databases are not shown: {', '.join(log.others)}")
        if ended.replaced:
            notes.append(f"led to the copy instead of elsewhere: {', '.join(ended.replaced)}")
        if ended.removed:
            notes.append(f"taken from the migration, because they lead elsewhere: {', '.join(ended.removed)}")
        return notes


def _drop(server: RehearsalServer, name: str) -> None:
    with Database.connect(server.target("template1")) as database:
        database.execute(database.value(sql_files.query("predict/drop_database"), {"name": name}))


def _differences(copy: Database, since: datetime) -> list[ObjectDifference] | None:
    """Return what changed in the copy; None if dbtrack is no longer installed there."""
    try:
        copy.call("maintain")
        return own_changes(list(differences(copy, since, None)))
    except DbtrackError:
        return None


def _left_behind(database: Database) -> list[LeftBehind]:
    return [LeftBehind(*row) for row in database.rows(sql_files.query("rehearse/left_behind"))]


def _findings(found: Rehearsal, request: Request) -> list[Finding]:
    predictions = tuple(each.prediction for each in found.statements)
    report = Report(found.database, found.server, 0, "embedded", found.seconds, predictions)
    return check(report, request.gates, request.max_lock_ms)
