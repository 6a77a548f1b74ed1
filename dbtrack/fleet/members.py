"""The members of a fleet: entries become databases, some of which are chosen."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database, fixed_target, server_of
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.fleet.ask import Limits, ask_each
from dbtrack.fleet.directories import patroni_leader, srv_hosts
from dbtrack.fleet.entries import Entry
from dbtrack.sql_files import query

_MAINTENANCE_DATABASE = "postgres"


@dataclass(frozen=True)
class Member:
    """One database of a fleet.

    Args:
        name: the entry's, or `ENTRY/DATABASE` where an entry stands for many databases.
        server: where connections are counted: `db1:5432`.
        target: how to connect; its `error` says why that is impossible.
        database: the name of the database; empty if it is not known.
        installed_only: whether it is left out where dbtrack is not installed.
    """

    name: str
    server: str
    target: ConnectionTarget = field(repr=False)
    database: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    installed_only: bool = False

    @property
    def label_words(self) -> str:
        """The labels in one line, in the order of their names."""
        return labels_in_words(self.labels)


def labels_in_words(labels: Mapping[str, str]) -> str:
    """Return labels in one line, in the order of their names."""
    return " ".join(f"{key}={value}" for key, value in sorted(labels.items()))


@dataclass(frozen=True)
class Choice:
    """Which members are meant.

    Args:
        names: names of members or entries, with * and ?; empty for all.
        labels: the values that a label may have, with * and ?, by its name; each must match.
    """

    names: Sequence[str] = ()
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)


def chosen_members(
    entries: Sequence[Entry],
    choice: Choice,
    limits: Limits,
    environ: Mapping[str, str],
    *,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Member]:
    """Return the members that are meant, in the order of their entries.

    Servers whose databases are members and directory services are asked at once, as `limits` says. An entry
    that cannot be read is a member with an error.

    Raises:
        UsageError: there is no such member.
    """
    wanted = [entry for entry in entries if _may_have(entry, choice)]
    if not wanted:
        raise _unknown([entry.name for entry in entries], choice)
    by_entry = {entry.name: [_member_of(entry, limits, environ)] for entry in wanted}
    servers = {
        entry.name: by_entry[entry.name][0]
        for entry in wanted
        if entry.databases is not None and by_entry[entry.name][0].target.error is None
    }
    patterns = {entry.name: entry.databases or "*" for entry in wanted}
    answers = ask_each(list(servers.values()), lambda _member, database: _databases(database), limits)
    for done, outcome in enumerate(answers, 1):
        progress(done, len(servers))
        server = outcome.member
        if outcome.error is not None:
            by_entry[server.name] = [_broken(server, outcome.error)]
        else:
            names = [name for name in outcome.value or () if fnmatchcase(name, patterns[server.name])]
            by_entry[server.name] = [_of_server(server, name) for name in names]
    members = [member for entry in wanted for member in by_entry[entry.name]]
    found = [member for member in members if _is_chosen(member, choice)]
    if not found:
        raise _unknown([member.name for member in members], choice)
    return found


def _member_of(entry: Entry, limits: Limits, environ: Mapping[str, str]) -> Member:
    try:
        target, places = _target(entry, limits, environ)
        fixed = fixed_target(target, places | _connect_limit(target, limits))
    except DbtrackError as error:
        broken = ConnectionTarget(entry.source, no_password=True, error=error)
        return Member(entry.name, "", broken, labels=entry.labels, installed_only=entry.installed_only)
    database = fixed.overrides.get("dbname", "")
    if entry.databases is not None and not database:
        fixed = fixed_target(fixed, {"dbname": _MAINTENANCE_DATABASE})
    server = server_of(fixed)
    return Member(entry.name, server, fixed, database, entry.labels, entry.installed_only)


def _target(
    entry: Entry, limits: Limits, environ: Mapping[str, str]
) -> tuple[ConnectionTarget, dict[str, str]]:
    base = entry.base(environ)
    target = ConnectionTarget(
        entry.source,
        conninfo=base.conninfo,
        overrides=base.keywords,
        embedded_path=base.embedded_path,
        no_password=True,
        tenant=base.tenant,
    )
    if entry.patroni is not None:
        return target, patroni_leader(entry.patroni, limits.connect_seconds)
    if entry.srv is not None:
        return target, srv_hosts(entry.srv, entry.nameserver, limits.connect_seconds)
    return target, {}


def _connect_limit(target: ConnectionTarget, limits: Limits) -> dict[str, str]:
    if "connect_timeout" in target.overrides or "connect_timeout" in target.conninfo:
        return {}
    return {"connect_timeout": str(max(round(limits.connect_seconds), 2))}


def _databases(database: Database) -> list[str]:
    return [row[0] for row in database.rows(query("fleet/databases"))]


def _of_server(server: Member, database: str) -> Member:
    return Member(
        f"{server.name}/{database}",
        server.server,
        fixed_target(server.target, {"dbname": database}),
        database,
        server.labels,
        server.installed_only,
    )


def _broken(server: Member, error: DbtrackError) -> Member:
    target = ConnectionTarget(server.target.source, no_password=True, error=error)
    return Member(server.name, server.server, target, "", server.labels, server.installed_only)


def _may_have(entry: Entry, choice: Choice) -> bool:
    """Return whether an entry can have a member that is meant; what must be asked first may."""
    known = dict(entry.labels)
    labels = {name: values for name, values in choice.labels.items() if name not in {"server", "database"}}
    if not _labels_match(known, labels):
        return False
    if not choice.names:
        return True
    if entry.databases is None:
        return any(fnmatchcase(entry.name, name) for name in choice.names)
    return any(fnmatchcase(entry.name, name.partition("/")[0]) or "*" in name for name in choice.names)


def _is_chosen(member: Member, choice: Choice) -> bool:
    # What could not be asked is shown wherever its entry is meant.
    known = {"server": member.server, "database": member.database} | dict(member.labels)
    if member.target.error is not None:
        known |= {name: values[0] for name, values in choice.labels.items() if name not in member.labels}
        return _labels_match(known, choice.labels)
    entry = member.name.partition("/")[0]
    named = not choice.names or any(
        fnmatchcase(member.name, name) or fnmatchcase(entry, name) for name in choice.names
    )
    return named and _labels_match(known, choice.labels)


def _labels_match(known: Mapping[str, str], wanted: Mapping[str, Sequence[str]]) -> bool:
    return all(
        name in known and any(fnmatchcase(known[name], value) for value in values)
        for name, values in wanted.items()
    )


def _unknown(names: Sequence[str], choice: Choice) -> UsageError:
    if not names:
        return UsageError(
            "the fleet has no members", hint="run: dbtrack fleet add NAME --dsn 'host=… dbname=…'"
        )
    if choice.names:
        nearest = difflib.get_close_matches(choice.names[0], names, n=1)
        hint = f"did you mean {nearest[0]}?" if nearest else "run: dbtrack fleet list"
        return UsageError(f"no member of the fleet is called {', '.join(choice.names)}", hint=hint)
    words = " ".join(f"{name}={','.join(values)}" for name, values in choice.labels.items())
    return UsageError(
        f"no member of the fleet has {words}" if words else "no database has such a name",
        hint="run: dbtrack fleet list",
    )
