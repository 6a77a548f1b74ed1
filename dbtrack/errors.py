"""The errors that users see, each with its exit code and a hint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import Self

# As metadata writes it: `cryptography>=42; extra == 'crypto'`.
_OWN_EXTRAS = re.compile(r"dbtrack\[([\w,-]+)\]")
_EXTRA = re.compile(r"""extra == ['"]([\w-]+)['"]""")


class ExitCode(IntEnum):
    """The documented exit codes of the command line (docs/exit-codes.md)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    NOT_INSTALLED = 10
    LOCKED = 11
    NO_CONNECTION = 12
    WRAPPER_FAILED = 125
    NOT_EXECUTABLE = 126
    NOT_FOUND = 127
    SIGNALLED = 128  # plus the number of the signal


class SignalExitCode(int):
    """The exit code that a shell shows for a process that a signal killed: 128 plus the signal's number.

    The process kills itself with that signal (`dbtrack.terminal.exit_signals.die_of_signal`): a shell
    continues a loop after a command that exits 130, and stops it after one that Ctrl-C killed.
    """

    signal_number: int

    def __new__(cls, signal_number: int) -> Self:
        """Return the exit code for a signal."""
        code = super().__new__(cls, ExitCode.SIGNALLED + signal_number)
        code.signal_number = signal_number
        return code


class DbtrackError(Exception):
    """An error that the user can act on.

    Args:
        message: what is wrong and with which object, in one line, without a full stop.
        hint: the next step, e.g. ``run: dbtrack install``; None without one.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(DbtrackError):
    """The command line or a setting is malformed; nothing was tried."""

    exit_code = ExitCode.USAGE


class AlteredError(DbtrackError):
    """A file is missing, or is not as it was written; what it would have answered is not told."""

    exit_code = ExitCode.FINDINGS


class NotInstalledError(DbtrackError):
    """The database has no dbtrack, or an older one than the command needs."""

    exit_code = ExitCode.NOT_INSTALLED


def packages_hint(extra: str) -> str:
    """Return the command that installs the packages of an extra.

    It names the packages themselves: dbtrack may have been installed from a file, and not from an index.
    """
    from importlib.metadata import PackageNotFoundError, requires

    try:
        needed = requires("dbtrack") or []
    except PackageNotFoundError:  # it runs from a directory
        needed = []
    packages = _packages_of(extra, needed)
    words = " ".join(f"'{package}'" for package in packages)
    return f"run: pip install {words}" if words else f"install the packages of the extra {extra}"


def _packages_of(extra: str, needed: Sequence[str]) -> list[str]:
    found: list[str] = []
    for requirement in needed:
        package = requirement.partition(";")[0].strip()
        if extra not in _EXTRA.findall(requirement):
            continue
        inner = _OWN_EXTRAS.fullmatch(package)
        names = inner[1].split(",") if inner else []
        found += [each for name in names for each in _packages_of(name, needed)] or [package]
    return found


class MissingExtraError(DbtrackError):
    """An optional part of dbtrack is not installed.

    Args:
        what: what needs it, as the user knows it.
        extra: the name of the extra that has the packages it needs.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs dbtrack[{extra}]", hint=packages_hint(extra))


class LockedError(DbtrackError):
    """Another dbtrack is doing the same work, or a lock could not be taken in time."""

    exit_code = ExitCode.LOCKED


class LeaseLostError(LockedError):
    """Another worker reads the endpoint, or has taken it over."""


class EndpointHeldError(DbtrackError):
    """The endpoint is paused, or belongs to another database, of which this is a copy."""


class StandbyBehindError(DbtrackError):
    """No standby had the log in time, and the caller wants nothing sent that a failover could lose."""


class NoConnectionError(DbtrackError):
    """The server cannot be reached, refuses the login, or went away.

    Args:
        may_pass: trying again soon may succeed: a server is starting, or a switchover is under way.
        is_refusal: the server is there and refuses the login, so that trying again cannot succeed.
    """

    exit_code = ExitCode.NO_CONNECTION

    def __init__(
        self, message: str, *, hint: str | None = None, may_pass: bool = False, is_refusal: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.may_pass = may_pass
        self.is_refusal = is_refusal


class TooManyConnectionsError(NoConnectionError):
    """The server, the database or the role has as many connections as it may have; one may become free.

    Args:
        is_whole_server: the server has no connection for anybody like this login, whatever the database.
    """

    def __init__(self, message: str, *, hint: str | None = None, is_whole_server: bool = True) -> None:
        super().__init__(message, hint=hint, may_pass=True)
        self.is_whole_server = is_whole_server


class ReadOnlyServerError(DbtrackError):
    """The server takes no writes: it is a standby, or was a primary a moment ago."""


class PermissionDeniedError(DbtrackError):
    """The role lacks a privilege."""


class QueryError(DbtrackError):
    """The server refused a statement.

    Args:
        sqlstate: the server's five-character code.
    """

    def __init__(self, message: str, *, sqlstate: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.sqlstate = sqlstate
