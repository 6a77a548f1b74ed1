"""Find out whether a server runs in a data directory, from its `postmaster.pid`."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path, PurePath

from dbtrack.errors import DbtrackError

_PID_FILE = "postmaster.pid"
_LINES_WITH_STATUS = 8
# No system gives out such a process id.
_IMPOSSIBLE_PID = 999_999_999


@dataclass(frozen=True)
class Status:
    """A server that accepts connections.

    Args:
        pid: the process id of its postmaster.
        socket_directory: the `host` to connect to.
        port: the number in the socket's name.
    """

    pid: int
    socket_directory: Path
    port: int

    def keywords(self) -> dict[str, str]:
        """Return the libpq keywords that lead to its database `postgres`."""
        return {
            "host": str(self.socket_directory),
            "port": str(self.port),
            "user": "postgres",
            "dbname": "postgres",
        }


@dataclass(frozen=True)
class PidFile:
    """The content of `postmaster.pid`, whether its server still runs or not."""

    pid: int
    socket_directory: Path
    port: int
    is_ready: bool


def status(path: Path) -> Status | None:
    """Return the server of a data directory; None when none accepts connections there.

    Raises:
        DbtrackError: the directory cannot be read.
    """
    file = read_pid_file(path)
    if file is None or not file.is_ready or not is_listening(file):
        return None
    return Status(file.pid, file.socket_directory, file.port)


def read_pid_file(path: Path) -> PidFile | None:
    """Read `postmaster.pid`; return None when it is missing or does not have all of its lines yet.

    Raises:
        DbtrackError: the directory cannot be read.
    """
    try:
        lines = (path / _PID_FILE).read_text(errors="surrogateescape").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DbtrackError(
            f"cannot read {path}: {error.strerror}", hint="choose another: embedded:PATH"
        ) from error
    if len(lines) < _LINES_WITH_STATUS or not lines[0].isdecimal() or not lines[3].isdecimal():
        return None
    return PidFile(int(lines[0]), Path(lines[4]), int(lines[3]), is_ready=lines[7].strip() == "ready")


def is_listening(file: PidFile) -> bool:
    """Return whether the server answers: another program may have its process id by now."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(str(file.socket_directory / f".s.PGSQL.{file.port}"))
        except OSError:
            return False
    return True


def invalidate_lock_files(path: Path, sockets: Path) -> None:
    """Put an impossible pid into the lock files of a dead server whose pid another program has now.

    With that pid PostgreSQL would refuse to start. The files stay, because their other lines tell PostgreSQL
    whether sessions of the dead server still work on the data.
    """
    for file in (path / _PID_FILE, *sockets.glob(".s.PGSQL.*.lock")):
        content = file.read_bytes() if file.exists() else b""
        pid, _, rest = content.partition(b"\n")
        if pid.isdigit() and _is_not_postgres(int(pid)):
            file.write_bytes(b"%d\n" % _IMPOSSIBLE_PID + rest)


def _is_not_postgres(pid: int) -> bool:
    try:
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    # A zombie process has no command line.
    return PurePath(os.fsdecode(command_line.partition(b"\0")[0])).name != "postgres"
