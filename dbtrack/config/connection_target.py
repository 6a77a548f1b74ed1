"""The options that choose a connection, and the target that they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dbtrack.errors import DbtrackError


@dataclass(frozen=True)
class ConnectionOptions:
    """The connection options of the command line; all of them optional.

    Args:
        dbname: `-d`: a name, a conninfo, a URI, `embedded:` or `embedded:PATH`.
        no_password: `-w`: never ask for a password.
        force_password: `-W`: ask for one before connecting.
        environment: `--env`: the name of an environment in the configuration file.
    """

    dbname: str | None = None
    host: str | None = None
    port: str | None = None
    user: str | None = None
    no_password: bool = False
    force_password: bool = False
    environment: str | None = None


@dataclass(frozen=True)
class ConnectionTarget:
    """Where to connect. Its repr never shows a password.

    The value of a libpq keyword is looked up in `overrides`, then `conninfo`, then `defaults`. A keyword that
    is in none of them is left to libpq (PG* variables, service file, `.pgpass`, built-in defaults).

    Args:
        source: where the connection was found, in words: `command line`, `environment prod (FILE)`,
            `DBTRACK_DSN`, `DATABASE_URL`, `PG* variables`, `libpq defaults`.
        conninfo: a conninfo or URI as it was given, or empty. May hold a password.
        overrides: libpq keywords that win over the conninfo.
        defaults: libpq keywords that the conninfo wins over.
        embedded_path: the data directory of an embedded server, started first; its keywords are the base.
        no_password: never ask for a password.
        force_password: ask for a password before connecting.
        tenant: the tenant that the environment names as its default.
        changes: what was changed in the conninfo for libpq, in words that repeat no value.
        reads_from_standby: whether reports go to a standby, where the connection leads to several servers.
        error: why connecting is impossible; raised when it is tried.
    """

    source: str
    conninfo: str = field(default="", repr=False)
    overrides: Mapping[str, str] = field(default_factory=dict, repr=False)
    defaults: Mapping[str, str] = field(default_factory=dict, repr=False)
    embedded_path: Path | None = None
    no_password: bool = False
    force_password: bool = False
    tenant: str | None = None
    changes: tuple[str, ...] = ()
    reads_from_standby: bool = False
    error: DbtrackError | None = None

    def for_reports(self) -> ConnectionTarget:
        """Return the target for what only reads: a standby where one is wished and there is one."""
        if not self.reads_from_standby:
            return self
        return replace(self, overrides={**self.overrides, "target_session_attrs": "prefer-standby"})
