"""A server for one rehearsal: nobody else uses it, and nothing of it is left at the end.

Roles, databases and settings belong to the whole server. With a server of its own, a migration may create
all of these, and two rehearsals at once do not see each other.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from dbtrack import embedded, sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.embedded.paths import socket_directory
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.terminal.exit_signals import signals_delayed

OWN_ROLE = "dbtrack_rehearsal"
"""The superuser as which dbtrack itself connects: what it does is not in the log of statements."""
_FOLDER = "rehearsal-"
_LOG = Path("log") / "statements.json"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "logging_collector": "on",
    "log_destination": "jsonlog",
    "log_directory": "log",
    "log_filename": "statements",
    "log_rotation_size": "0",
    "log_rotation_age": "0",
    "log_timezone": "UTC",
    "log_statement": "all",
    "log_duration": "on",
    "fsync": "off",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class RehearsalServer:
    """A running server.

    Args:
        path: its data directory.
        port: of 127.0.0.1, for drivers that know no Unix socket.
        password: of the migration's login there; the socket is private, and asks for none.
    """

    path: Path
    port: int
    password: str = field(repr=False)

    def target(self, database: str, role: str = OWN_ROLE) -> ConnectionTarget:
        """Return where to connect."""
        return ConnectionTarget(
            "the server of the copy",
            overrides={"dbname": database, "user": role},
            embedded_path=self.path,
            no_password=True,
        )

    def keywords(self) -> dict[str, str]:
        """Return libpq's keywords of the server, without a database and a role."""
        running = embedded.status(self.path)
        if running is None:
            raise DbtrackError("the server of the copy has stopped", hint=f"see {self.path / 'server.log'}")
        return {"host": str(running.socket_directory), "port": str(running.port)}

    @property
    def log(self) -> Path:
        """The file in which the server writes each statement, as JSON lines."""
        return self.path / _LOG


@contextmanager
def rehearsal_server(parent: Path | None = None) -> Iterator[RehearsalServer]:
    """Start a new server, and remove it at the end of the block, also after Ctrl-C.

    What a killed rehearsal left behind is removed first.

    Args:
        parent: the directory that gets its data; None for dbtrack's own.

    Raises:
        UsageError: the embedded server is not installed, or the directory cannot be used.
        DbtrackError: the server does not start.
    """
    embedded.version()
    parent = parent or _default_parent()
    _remove_old(parent)
    path = parent / f"{_FOLDER}{secrets.token_hex(4)}"
    descriptor = _locked(_lock_of(path))
    try:
        port = _free_port()
        _start(path, port)
        yield RehearsalServer(path, port, secrets.token_urlsafe(18))
    finally:
        with signals_delayed():
            _remove(path)
            os.close(descriptor)


def _default_parent() -> Path:
    if os.geteuid() == 0:
        return embedded.default_path().parent
    return platformdirs.user_cache_path("dbtrack")


def _start(path: Path, port: int) -> None:
    with signals_delayed():  # a half-started server could not be stopped
        embedded.start(path, {**_SETTINGS, "port": str(port)})
        first = ConnectionTarget("the server of the copy", embedded_path=path, no_password=True)
        with Database.connect(first) as database:
            for (statement,) in database.rows(sql_files.query("rehearse/prepare_server"), {"own": OWN_ROLE}):
                database.execute(statement)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _remove(path: Path) -> None:
    with suppress(DbtrackError):
        embedded.stop(path)
    # Its socket is elsewhere where the path is too long for one.
    for directory in {path, socket_directory(path)}:
        shutil.rmtree(directory, ignore_errors=True)
    _lock_of(path).unlink(missing_ok=True)


def _remove_old(parent: Path) -> None:
    for lock in parent.glob(f"{_FOLDER}*.lock"):
        path = lock.with_suffix("")
        with suppress(OSError), lock.open("rb") as file:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(path)


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _locked(path: Path) -> int:
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            # Whatever the umask is: the server has an account of its own, where root starts it.
            path.parent.chmod(0o755)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", hint="choose another: --directory"
        ) from error
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def create_database(server: RehearsalServer, name: str, template: str) -> None:
    """Create a database of the server."""
    # Not by way of `postgres`, which production may have for its own tables: the copy then takes its place.
    with Database.connect(server.target("template1")) as database:
        given = {"name": name, "template": template}
        database.execute(database.value(sql_files.query("rehearse/create_database"), given))
