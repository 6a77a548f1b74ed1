"""The entries of a fleet: what stands in its file. One entry is one database, or many of a server."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dbtrack.config import ConnectionTarget
from dbtrack.config.configuration_file import read_configuration, refuse_unknown
from dbtrack.config.conninfo import Base, holds_password, read_connection_string
from dbtrack.config.libpq_settings import LIBPQ_KEYWORDS, SECRET_KEYWORDS
from dbtrack.db import describe_place
from dbtrack.errors import UsageError

_OWN_KEYS = ("databases", "dsn", "environment", "installed_only", "labels", "nameserver", "patroni", "srv")
_PLACES = ("patroni", "srv", "environment")
_NO_SECRETS = "keep passwords in .pgpass or a service file"
_SEPARATOR = "/"


@dataclass(frozen=True)
class Entry:
    """One entry of a fleet.

    Args:
        name: how commands and their output call it.
        source: where it stands, in words.
        dsn: a connection string; empty where only other keys say where the database is.
        keywords: libpq keywords that win over the dsn.
        environment: the environment of the configuration file that it stands for.
        databases: a pattern: each database of the server whose name matches is a member.
        patroni: the URLs of Patroni's REST API, with commas between them; the leader is the member.
        srv: a DNS name whose SRV records say which hosts there are.
        nameserver: the DNS server that knows them, `HOST` or `HOST:PORT`; None for the system's.
        installed_only: whether databases without dbtrack are left out.
        labels: words by which members are chosen.
    """

    name: str
    source: str
    dsn: str = field(default="", repr=False)
    keywords: Mapping[str, str] = field(default_factory=dict, repr=False)
    environment: str | None = None
    databases: str | None = None
    patroni: str | None = None
    srv: str | None = None
    nameserver: str | None = None
    installed_only: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What the entry names: a database, an environment, databases, patroni or srv."""
        place = next((name for name in _PLACES if getattr(self, name)), "database")
        return place if self.databases is None or place != "database" else "databases"

    def place(self) -> str:
        """Return the server that the dsn names, in words, or `local`; nothing is connected to.

        Raises:
            UsageError: the dsn is malformed.
        """
        found = self._keywords()
        return ":".join(found[key] for key in ("embedded", "host", "port") if found.get(key)) or "local"

    def named_database(self) -> str:
        """Return the database that the dsn names; empty if it leaves that to libpq."""
        return self._keywords().get("dbname", "")

    def _keywords(self) -> dict[str, str]:
        base = self.base({})
        return describe_place(
            ConnectionTarget(
                self.source, base.conninfo, overrides=base.keywords, embedded_path=base.embedded_path
            )
        )

    def base(self, environ: Mapping[str, str]) -> Base:
        """Return the connection that the entry stands for, as far as the entry alone says.

        Raises:
            UsageError: its environment does not exist, or its dsn is malformed.
        """
        if self.environment is not None:
            return read_configuration(environ).environment(self.environment)
        base = read_connection_string(self.dsn, self.source) if self.dsn else Base(self.source)
        return Base(
            self.source,
            base.conninfo,
            base.keywords | dict(self.keywords),
            base.embedded_path,
            None,
            base.changes,
        )


def parse_entries(path: Path, text: str) -> list[Entry]:
    """Return the entries of a fleet's file: TOML, CSV, or one connection string a line, by the file's name.

    Raises:
        UsageError: the text is malformed, has a password or an unknown key, or two entries of one name.
    """
    suffix = path.suffix.lower()
    if suffix == ".toml":
        entries = list(_of_toml(path, text))
    else:
        entries = list(_of_csv(path, text) if suffix == ".csv" else _of_lines(path, text))
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise UsageError(f"{entry.source}: a second member is called {entry.name}")
        seen.add(entry.name)
    return entries


def environment_entries(environ: Mapping[str, str]) -> list[Entry]:
    """Return an entry for each environment of the configuration file.

    Raises:
        UsageError: the file is invalid.
    """
    configuration = read_configuration(environ)
    return [
        Entry(name, f"environment {name} ({configuration.path})", environment=name)
        for name in configuration.environments
    ]


def check_name(name: str, source: str) -> str:
    """Return the name of an entry.

    Raises:
        UsageError: it is empty, or has a character that commands could not take.
    """
    if not name or not name.isprintable() or _SEPARATOR in name or any(each in name for each in "*?[,"):
        raise UsageError(
            f"{source}: {name!r} cannot be the name of a member",
            hint="use letters, digits, spaces and . _ - : @; not / * ? [ or a comma",
        )
    return name


def _of_toml(path: Path, text: str) -> Iterator[Entry]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    refuse_unknown(content, ("members",), str(path))
    for name, table in _table(content.get("members", {}), f"{path}: members").items():
        source = f"{path}: members.{name}"
        yield entry_of(check_name(name, source), _table(table, source), source)


def entry_of(name: str, table: Mapping[str, Any], source: str) -> Entry:
    """Return the entry that a table of the file describes.

    Raises:
        UsageError: it has a password, an unknown key or a wrong value, or says nothing about where it is.
    """
    for key in table:
        if key in SECRET_KEYWORDS:
            raise UsageError(f"{source}: {key} does not belong in this file", hint=_NO_SECRETS)
    refuse_unknown(table, (*_OWN_KEYS, *LIBPQ_KEYWORDS), source, manual="docs/fleet.md")
    labels = {
        key: _text(value, f"{source}.labels.{key}")
        for key, value in _table(table.get("labels", {}), f"{source}.labels").items()
    }
    installed_only = table.get("installed_only", False)
    if not isinstance(installed_only, bool):
        raise UsageError(f"{source}.installed_only must be true or false")
    texts = {
        key: _text(value, f"{source}.{key}")
        for key, value in table.items()
        if key not in {"labels", "installed_only"}
    }
    _check_places(texts, source)
    return Entry(
        name,
        source,
        dsn=_without_password(texts.get("dsn", ""), source),
        keywords={key: value for key, value in texts.items() if key in LIBPQ_KEYWORDS},
        environment=texts.get("environment"),
        databases=texts.get("databases"),
        patroni=texts.get("patroni"),
        srv=texts.get("srv"),
        nameserver=texts.get("nameserver"),
        installed_only=installed_only,
        labels=labels,
    )


def _check_places(texts: Mapping[str, str], source: str) -> None:
    places = [key for key in _PLACES if key in texts]
    if len(places) > 1:
        raise UsageError(f"{source}: {' and '.join(places)} exclude each other")
    if places == ["environment"] and ("dsn" in texts or any(key in texts for key in LIBPQ_KEYWORDS)):
        raise UsageError(f"{source}: an environment has its own connection settings")
    if not places and "dsn" not in texts and not any(key in texts for key in LIBPQ_KEYWORDS):
        raise UsageError(
            f"{source} does not say where the database is", hint="write a dsn, or an environment"
        )


def _of_csv(path: Path, text: str) -> Iterator[Entry]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    named = [name.strip() for name in rows.fieldnames or ()]
    if not {"name", "dsn"} <= set(named):
        raise UsageError(
            f"{path}: the first line must name the columns name and dsn", hint="all other columns are labels"
        )
    rows.fieldnames = named
    for row in rows:
        source = f"{path}, line {rows.line_num}"
        if None in row or any(value is None for value in row.values()):
            raise UsageError(f"{source} does not have {len(named)} values")
        values = {key: value.strip() for key, value in row.items()}
        name, dsn = values.pop("name"), values.pop("dsn")
        labels = {key: value for key, value in values.items() if value}
        yield Entry(check_name(name, source), source, dsn=_without_password(dsn, source), labels=labels)


def _of_lines(path: Path, text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        dsn = line.strip()
        if dsn and not dsn.startswith("#"):
            source = f"{path}, line {number}"
            yield unnamed_entry(dsn, source)


def unnamed_entry(dsn: str, source: str, databases: str | None = None) -> Entry:
    """Return the entry of a connection string, named by its database and server.

    Raises:
        UsageError: it has a password or is malformed.
    """
    entry = Entry("", source, dsn=_without_password(dsn, source), databases=databases)
    server = entry.place().replace(_SEPARATOR, "|").replace(",", "+")
    name = server if databases is not None else f"{entry.named_database()}@{server}"
    return replace(entry, name=name)


def _without_password(dsn: str, source: str) -> str:
    if holds_password(dsn):
        raise UsageError(f"{source}: the connection string contains a password", hint=_NO_SECRETS)
    return dsn


def _table(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UsageError(f"{place} must be a table", hint="write [members.NAME] above its keys")
    return value


def _text(value: object, place: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise UsageError(f"{place} must be a string or a whole number")
    return str(value)


def names_of(entries: Sequence[Entry]) -> list[str]:
    """Return the names of the entries."""
    return [entry.name for entry in entries]
