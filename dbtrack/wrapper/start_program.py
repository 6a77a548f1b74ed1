"""Find and start a program as a shell does, with a shell's exit codes where that fails."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dbtrack.errors import DbtrackError, ExitCode

# Python ignores these signals; a program expects to be killed by them.
_DEFAULT_IN_PROGRAMS = (signal.SIGPIPE, signal.SIGXFSZ)
_SNIFFED_BYTES = 80


class CommandNotFoundError(DbtrackError):
    """There is no such program."""

    exit_code = ExitCode.NOT_FOUND


class CommandNotExecutableError(DbtrackError):
    """The file exists and cannot be run."""

    exit_code = ExitCode.NOT_EXECUTABLE


def start_program(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    stderr: int | None,
    signal_mask: Iterable[int],
) -> int:
    """Start a program in this process group, with these standard streams, and return its process id.

    Args:
        command: the program, as a path or a name to be found in the environment's PATH, and its arguments.
        stderr: a descriptor that becomes its stderr; None keeps this process's.
        signal_mask: the signals that are blocked when it begins.

    Raises:
        CommandNotFoundError: there is no such program.
        CommandNotExecutableError: it is a directory, may not be executed, or has an unknown format.
    """
    path = _find(command[0], environment.get("PATH", os.defpath))
    actions = [] if stderr is None else [(os.POSIX_SPAWN_DUP2, stderr, 2)]

    def spawn(program: str, arguments: Sequence[str]) -> int:
        return os.posix_spawn(
            program,
            list(arguments),
            environment,
            file_actions=actions,
            setsigmask=signal_mask,
            setsigdef=_DEFAULT_IN_PROGRAMS,
        )

    try:
        return spawn(path, command)
    except OSError as error:
        if error.errno == errno.ENOEXEC and _is_text(path):
            # A script without a #! line: every shell runs it itself.
            return spawn("/bin/sh", ["/bin/sh", path, *command[1:]])
        raise _refusal(command[0], path, error) from error


def _find(name: str, search_path: str) -> str:
    if not name:
        raise CommandNotFoundError("the command's name is empty")
    if "/" in name:
        return name
    candidates = [str(Path(folder or ".", name)) for folder in search_path.split(os.pathsep)]
    files = [candidate for candidate in candidates if _is_file(candidate)]
    if not files:
        raise CommandNotFoundError(f"{name}: command not found")
    return next((file for file in files if os.access(file, os.X_OK)), files[0])


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        return False  # a directory of the search path that may not be read


def _is_text(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return b"\0" not in file.read(_SNIFFED_BYTES)
    except OSError:
        return False


def _refusal(name: str, path: str, error: OSError) -> DbtrackError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        if Path(path).exists():
            return CommandNotExecutableError(f"{name}: the interpreter that its first line names is missing")
        return CommandNotFoundError(f"{name}: no such file")
    if Path(path).is_dir():
        return CommandNotExecutableError(f"{name}: is a directory")
    return CommandNotExecutableError(f"{name}: {os.strerror(error.errno or 0)}")
