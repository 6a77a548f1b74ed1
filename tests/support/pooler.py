"""A PgBouncer in transaction mode in front of a test server."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from tests.support.servers import Server, ServerError
from tests.support.servers.account import server_account
from tests.support.servers.server import _free_port, _process_options

_START_SECONDS = 10
_SETTINGS = """
[databases]
* = {address}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {directory}
auth_type = trust
auth_file = {directory}/users
pool_mode = transaction
default_pool_size = {sessions}
logfile = {directory}/log
"""


class Pooler:
    """A running PgBouncer.

    Args:
        directory: holds its socket.
        port: of the socket.
    """

    def __init__(self, directory: Path, port: int) -> None:
        self._directory = directory
        self._port = port

    def conninfo(self, dbname: str, user: str) -> str:
        """Return a connection string through the pooler."""
        return make_conninfo(host=str(self._directory), port=self._port, dbname=dbname, user=user)

    def environment(self, dbname: str, user: str) -> dict[str, str]:
        """Return what leads libpq through the pooler."""
        return {
            "PGHOST": str(self._directory),
            "PGPORT": str(self._port),
            "PGDATABASE": dbname,
            "PGUSER": user,
        }


def find_pgbouncer() -> str | None:
    """Return the path of the program, or None where it is not installed."""
    return shutil.which(
        "pgbouncer", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
    )


@contextmanager
def running_pooler(program: str, server: Server, users: Sequence[str]) -> Iterator[Pooler]:
    """Run a PgBouncer that lets these roles in, and stop it at the end.

    All clients of a database and a role share one session: whatever one leaves behind, the next one finds.
    """
    with pooling(program, f"host={server.directory} port={server.port}", users, sessions=1) as pooler:
        yield pooler


@contextmanager
def pooling(program: str, address: str, users: Sequence[str], *, sessions: int) -> Iterator[Pooler]:
    """Run a PgBouncer in front of an address, with so many sessions of each role."""
    account = server_account()
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-", dir="/tmp"))
    account.own(directory)
    port = _free_port()
    (directory / "users").write_text("".join(f'"{user}" ""\n' for user in users))
    (directory / "settings").write_text(
        _SETTINGS.format(address=address, port=port, directory=directory, sessions=sessions)
    )
    process = subprocess.Popen(
        [program, "--quiet", str(directory / "settings")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **_process_options(directory, account),
    )
    pooler = Pooler(directory, port)
    try:
        _await(process, pooler.conninfo("postgres", users[0]), directory / "log")
        yield pooler
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(directory)


def _await(process: subprocess.Popen[bytes], conninfo: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise ServerError(f"PgBouncer did not start: {log.read_text() if log.exists() else 'no log'}")
