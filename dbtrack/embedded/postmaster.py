"""Whether a server runs in a data directory, told from the file that it keeps there."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path, PurePath

from dbtrack.errors import DbtrackError

_PID_FILE = "postmaster.pid"
_LINES_WITH_STATUS = 8
# No system gives out such a number.
_NOBODY = 999_999_999


@dataclass(frozen=True)
class Status:
    """A server that accepts connections.

    Args:
        pid: the process number of its postmaster.
        socket_directory: the `host` to connect to.
        port: the number in the socket's name.
    """

    pid: int
    socket_directory: Path
    port: int

    def keywords(self) -> dict[str, str]:
        """The libpq keywords that lead to its database `postgres`."""
        return {
            "host": str(self.socket_directory),
            "port": str(self.port),
            "user": "postgres",
            "dbname": "postgres",
        }


@dataclass(frozen=True)
class PidFile:
    """What `postmaster.pid` says, be it true or left behind."""

    pid: int
    socket_directory: Path
    port: int
    is_ready: bool


def status(path: Path) -> Status | None:
    """The server of a data directory; None when none accepts connections there.

    Raises:
        DbtrackError: the directory is not ours to read.
    """
    file = read_pid_file(path)
    if file is None or not file.is_ready or not is_listening(file):
        return None
    return Status(file.pid, file.socket_directory, file.port)


def read_pid_file(path: Path) -> PidFile | None:
    """Read `postmaster.pid`; None when there is none, or none with all of its lines yet.

    Raises:
        DbtrackError: the directory is not ours to read.
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
    """Whether the server answers: a process with its number may be another's by now."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(str(file.socket_directory / f".s.PGSQL.{file.port}"))
        except OSError:
            return False
    return True


def disown_lock_files(path: Path, sockets: Path) -> None:
    """Tell PostgreSQL that the server which left its lock files is dead, if another program has its number.

    PostgreSQL would refuse to start. The files stay: by their other lines PostgreSQL learns whether sessions
    of the dead server are still at work on the data.
    """
    for file in (path / _PID_FILE, *sockets.glob(".s.PGSQL.*.lock")):
        content = file.read_bytes() if file.exists() else b""
        pid, _, rest = content.partition(b"\n")
        if pid.isdigit() and _is_another_program(int(pid)):
            file.write_bytes(b"%d\n" % _NOBODY + rest)


def _is_another_program(pid: int) -> bool:
    try:
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    # A dead process that its parent has not collected has no command line.
    return PurePath(os.fsdecode(command_line.partition(b"\0")[0])).name != "postgres"
