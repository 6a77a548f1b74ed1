"""Translate the driver's errors to dbtrack's, each with the next step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from dbtrack.errors import (
    DbtrackError,
    EndpointHeldError,
    LeaseLostError,
    LockedError,
    NoConnectionError,
    NotInstalledError,
    PermissionDeniedError,
    QueryError,
    ReadOnlyServerError,
    UsageError,
)

# The server's message has the function's name without its schema.
_FUNCTION = re.compile(r"permission denied for (?:function|procedure) (\w+)")
_ADMINISTRATION = re.compile(
    r"permission denied for (?:table|view) (?:log_position|tenant_role_\w+|tenant_schema_\w+|tenant_key"
    r"|seal\w+|rollup_total|open_execution|capture_failure|catalog_\w+|setting_s|setting_history"
    r"|archivable_row|late_arrival|event_endpoint|webhook_\w+|alert_cursor|object_state|auditor|digest_\w+)\b"
)
# Readers may read the first and administrators the second; only an install or uninstall writes them.
_INSTALLATION = re.compile(r"permission denied for table (?:schema_migration|installed_routine)\b")
_DEFAULT_ROLE = re.compile(r"\bdbtrack_(reader|operator|admin)\b")
_RECORDING = {"track_operation", "complete_operation", "record_operations", "record_outbox", "receive_outbox"}


def grant_hint(message: str) -> str:
    """Return the next step after "permission denied", by the object in the server's message.

    Args:
        message: the server's; if it does not name a function, a read was refused.
    """
    if message.startswith("must be owner of"):
        return "connect as its owner or as a superuser"
    if _INSTALLATION.search(message):
        return "connect as a superuser, or as the role that installed dbtrack"
    return f"ask an administrator for a role that may: GRANT {_role(message)} TO your login"


def with_role_prefix(hint: str, prefix: str) -> str:
    """Return the hint with the role names of an installation with another `--role-prefix`."""
    return _DEFAULT_ROLE.sub(rf"{prefix}_\1", hint)


def _role(message: str) -> str:
    if _ADMINISTRATION.search(message):
        return "dbtrack_admin"
    match = _FUNCTION.search(message)
    function = match[1] if match else None
    if function is None or function.startswith("get_"):
        return "dbtrack_reader"
    return "dbtrack_operator" if function in _RECORDING else "dbtrack_admin"


_UNDEFINED = {"3F000", "42P01", "42883", "42704"}
_UNDEFINED_COLUMN = "42703"
_UNDEFINED_FUNCTION = "42883"
_IF_OLDER = "run: dbtrack doctor; if the database is older than this program, run: dbtrack install"
_OWN_SCHEMA = "script_tracking"
# In the server's message: the name of a function of dbtrack's schema, and the arguments with their types.
_CALL = re.compile(rf"\b{_OWN_SCHEMA}\.(\w+)\((.*)\)")
_ARGUMENT_NAME = re.compile(r"(\w+) =>")
# What libpq adds when a server is gone, and guesses of it.
_EXPLANATION = re.compile(r"consuming input failed: |\s*This probably means .*", re.DOTALL)
_PERMISSION_DENIED = "42501"
_LOCK_NOT_AVAILABLE = "55P03"
_READ_ONLY = "25006"
# SQLSTATEs of class DT are raised by dbtrack's functions, with a message and hint for users.
_OWN_LOCKED = "DT005"
_OWN_USAGE = {"DT003", "DT006"}
_OWN_HELD = "DT007"
_OWN_LEASE_LOST = "DT008"
# Connection exceptions; the server shut down, crashed or is starting; the session was terminated.
_CONNECTION_LOST = re.compile(r"08...|57P0[1235]|25P03|25P04")


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate the driver's errors inside the block to a `DbtrackError`."""
    try:
        yield
    except psycopg.Error as error:
        raise translate_error(error) from error
    except UnicodeEncodeError as error:
        # Python represents undecodable bytes of an argument or a file as lone surrogates.
        raise UsageError("a given text is not valid UTF-8") from error


def translate_error(error: psycopg.Error) -> DbtrackError:
    """Return the `DbtrackError` for a driver's error, with the message in one line."""
    sqlstate = error.sqlstate
    if sqlstate is None:
        return _without_sqlstate(error)
    if sqlstate.startswith("DT"):
        return _own_error(error, sqlstate)
    known = _with_next_step(error, sqlstate)
    # The message about a column names neither the table nor the schema.
    hint = _IF_OLDER if sqlstate == _UNDEFINED_COLUMN else _server_hint(error)
    return known or QueryError(_message(error), sqlstate=sqlstate, hint=hint)


def sqlstate_of(name: str) -> str | None:
    """Return the SQLSTATE of a condition by the name of a driver's error class: `UndefinedTable`."""
    bare = name.removesuffix("Error").removeprefix("Postgres")
    for candidate in (name, bare, f"{bare}Error"):
        kind = getattr(psycopg.errors, candidate, None)
        if isinstance(kind, type) and issubclass(kind, psycopg.Error) and kind.sqlstate:
            return str(kind.sqlstate)
    return None


def one_line(text: str) -> str:
    """Return the text with each run of white space, line ends included, as one space."""
    return " ".join(text.split())


@dataclass(frozen=True)
class UnresolvedCall:
    """A call for which the server found no function: none of that name, or none for values of these types.

    Args:
        function: its name, without the schema.
        arguments: how many there are.
        names: of the arguments that were given by name.
        text: the call as the server's message has it.
    """

    function: str
    arguments: int
    names: tuple[str, ...]
    text: str

    def refused_value(self) -> QueryError:
        """Return the error to raise when the function exists, so that it is a value that does not fit."""
        return QueryError(
            f"a value is out of range or of the wrong type: {self.text}",
            sqlstate=_UNDEFINED_FUNCTION,
            hint=_IF_OLDER,
        )


def unresolved_call(error: NotInstalledError) -> UnresolvedCall | None:
    """Return the call of dbtrack's schema that the error is about; None if it is about something else."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error) or cause.sqlstate != _UNDEFINED_FUNCTION:
        return None
    match = _CALL.search(_message(cause))
    if match is None:
        return None
    function, arguments = match.groups()
    count = len(arguments.split(", ")) if arguments else 0
    names = tuple(_ARGUMENT_NAME.findall(arguments))
    return UnresolvedCall(function, count, names, f"{function}({arguments})")


def _without_sqlstate(error: psycopg.Error) -> DbtrackError:
    # The driver's own errors: the connection was lost or closed, a value cannot be sent.
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return NoConnectionError(f"the connection was lost: {one_line(_EXPLANATION.sub('', str(error)))}")
    return QueryError(one_line(str(error)))


def _with_next_step(error: psycopg.Error, sqlstate: str) -> DbtrackError | None:
    message = _message(error)
    if sqlstate in _UNDEFINED and _OWN_SCHEMA in message:
        return NotInstalledError(
            "dbtrack is not installed in this database, or is older than this command needs",
            hint="run: dbtrack install",
        )
    if sqlstate == _PERMISSION_DENIED:
        return PermissionDeniedError(message, hint=_server_hint(error) or grant_hint(message))
    if sqlstate == _LOCK_NOT_AVAILABLE:
        return LockedError(message, hint="another session holds the lock: try again later")
    if sqlstate == _READ_ONLY:
        return ReadOnlyServerError(
            f"the server is read-only (a standby?): {message}", hint="connect to the primary server"
        )
    if _CONNECTION_LOST.fullmatch(sqlstate):
        return NoConnectionError(f"the connection was lost: {message}")
    return None


def _own_error(error: psycopg.Error, sqlstate: str) -> DbtrackError:
    message, hint = _message(error), _server_hint(error)
    if sqlstate == _OWN_LOCKED:
        return LockedError(message, hint=hint)
    if sqlstate in _OWN_USAGE:
        return UsageError(message, hint=hint)
    if sqlstate == _OWN_HELD:
        return EndpointHeldError(message, hint=hint)
    if sqlstate == _OWN_LEASE_LOST:
        return LeaseLostError(message, hint=hint)
    return DbtrackError(message, hint=hint)


def _message(error: psycopg.Error) -> str:
    return one_line(error.diag.message_primary or str(error))


def _server_hint(error: psycopg.Error) -> str | None:
    hint = error.diag.message_hint
    return one_line(hint) if hint else None
