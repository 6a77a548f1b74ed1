"""Open a connection with the settings that the rest of the program relies on."""

from __future__ import annotations

import getpass
import logging
import os
import re
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import make_conninfo

from dbtrack import sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db.errors import translate_errors
from dbtrack.db.lenient_loaders import accept_any_bytes
from dbtrack.db.libpq_keywords import libpq_keywords, seeks_any_host
from dbtrack.errors import NoConnectionError, TooManyConnectionsError, UsageError


def terminal_is_there() -> bool:
    """Return whether the process has a controlling terminal on which to ask, whatever its streams are."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def ask_password(user: str | None) -> str:
    """Ask for a password on the terminal, without echo; never on the standard streams, which carry data.

    Raises:
        NoConnectionError: there is no terminal, or the user ended the input.
    """
    if not terminal_is_there():
        raise NoConnectionError(
            "no terminal to ask for the password on", hint="use .pgpass, a service file or PGPASSWORD"
        )
    try:
        return getpass.getpass(f"Password for user {user}: " if user else "Password: ")
    except EOFError as error:
        raise NoConnectionError("no password was given") from error


_PREFIX = re.compile(r"connection (?:failed|is bad): ")
_NEXT_ATTEMPT = re.compile(r"\n- host: .*?, hostaddr: (?:None|'[^']*'): ")
_SERVER = re.compile(r'connection to server at "([^"]*)"(?: \([^)]*\))?, port (\d+) failed: ')
# Messages of a server that is starting or stopping, and of a proxy without a server.
_PASSING = re.compile(r"the database system is |server closed the connection unexpectedly")
# Messages of SQLSTATE class 28, 3D000 and 42501, which libpq does not pass on, and the words of PgBouncer.
_REFUSED = re.compile(
    r"authentication failed for |pg_hba\.conf |is not permitted to log in|permission denied for database "
    r'|(?:role|database) "[^\n]*" does not exist|no such (?:user|database)|no password supplied'
)
# Messages of SQLSTATE 53300, and of PgBouncer.
_FULL = re.compile(
    r"sorry, too many clients already|too many connections for (?:role|database) |remaining connection slots "
    r"are reserved |no more connections allowed"
)
_FULL_DATABASE = "too many connections for database "
# How often the first statements of a session are tried, if a short statement_timeout ends them.
_SETTING_ATTEMPTS = 10
# libpq says it of each host that does not take writes.
_IS_STANDBY = "session is read-only"
_IS_IT_RUNNING = re.compile(r"\s*Is the server running[^?]*\?")


def connection_error(error: psycopg.Error, keywords: dict[str, str]) -> NoConnectionError:
    """Return the error to raise when the driver could not connect.

    Args:
        error: what the driver raised.
        keywords: what it tried to connect with; only the host is repeated in the message.
    """
    text = str(error)
    # Several addresses of one host usually fail for the same reason.
    reasons = list(dict.fromkeys(_attempt_message(attempt) for attempt in _attempts(text)))
    hosts = keywords.get("host", "").split(",")
    message = "; ".join(reasons) if len(hosts) == 1 else _by_reason(reasons)
    message = f"cannot connect{_host_suffix(hosts, message)}: {message}"
    if _FULL.search(text):
        return TooManyConnectionsError(message, hint=_hint(text), is_whole_server=_FULL_DATABASE not in text)
    return NoConnectionError(
        message,
        hint=_hint(text),
        may_pass=_may_pass(text, hosts),
        is_refusal=all(_REFUSED.search(attempt) for attempt in _attempts(text)),
    )


def _may_pass(text: str, hosts: list[str]) -> bool:
    return len(hosts) > 1 or _PASSING.search(text) is not None


def _by_reason(reasons: list[str]) -> str:
    """Group the hosts by the reason of their failure, so that a cluster's message stays short."""
    hosts: dict[str, list[str]] = {}
    for reason in reasons:
        server = _SERVER.match(reason)
        what = _SERVER.sub("", reason) if server else reason
        hosts.setdefault(what, []).extend([f"{server[1]}:{server[2]}"] if server else [])
    return "; ".join(
        f"{', '.join(dict.fromkeys(names))}: {what}" if names else what for what, names in hosts.items()
    )


def _host_suffix(hosts: list[str], message: str) -> str:
    is_named = any(name in message for name in hosts)
    return "" if is_named else f" to {','.join(hosts)}"


def _attempts(text: str) -> list[str]:
    first, *others = _NEXT_ATTEMPT.split(text)
    return others or [first]


def _attempt_message(attempt: str) -> str:
    """Return the message of one attempt, in one line; libpq puts each try of encryption on its own line."""
    lines = _IS_IT_RUNNING.sub("", _PREFIX.sub("", attempt)).splitlines()
    return "; ".join(" ".join(line.split()) for line in lines if line.strip()) or "no reason given"


def _hint(text: str) -> str | None:
    if "Is the server running" in text:
        return "is a server running there? choose another with -h and -p"
    if "no password supplied" in text:
        return "use .pgpass, a service file or PGPASSWORD, or run the command on a terminal"
    return None


# The driver parses dates and intervals only in these styles, but a database can have another setting.
STYLES = {"DateStyle": "ISO", "IntervalStyle": "postgres"}

# Without a handler, Python writes the driver's log to stderr: a cancelled command, an unknown time zone.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class OpenedConnection(NamedTuple):
    """A new connection, and the password that a person typed for it; None where nobody was asked."""

    raw: psycopg.Connection[Any]
    typed_password: str | None


def open_connection(
    target: ConnectionTarget, application_name: str, *, needs_leader: bool = False
) -> OpenedConnection:
    """Connect in autocommit mode, asking for a password when psql would.

    Where several hosts are named and nothing says which is meant, it is the one that takes writes; where none
    does, any of them.

    Args:
        needs_leader: of several hosts only one that takes writes will do.

    Raises:
        UsageError: the conninfo is malformed.
        NoConnectionError: the server cannot be reached or rejects the login.
    """
    keywords = libpq_keywords(target)
    keywords["client_encoding"] = "UTF8"
    keywords.setdefault("fallback_application_name", application_name)
    typed = ask_password(keywords.get("user")) if target.force_password else None
    may_ask = not target.no_password
    if seeks_any_host(keywords):
        connection, typed = _connect_to_leader(keywords, typed, may_ask=may_ask, needs_it=needs_leader)
    else:
        connection, typed = _connect_with_password(keywords, typed, may_ask=may_ask)
    # If the database's default is SERIALIZABLE, long periodic work would make DDL fail.
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    try:
        with translate_errors():
            accept_any_bytes(connection)
            _set_styles(connection)
            _set_session(connection)
    except BaseException:
        connection.close()
        raise
    return OpenedConnection(connection, typed)


def _connect_to_leader(
    keywords: dict[str, str], typed: str | None, *, may_ask: bool, needs_it: bool
) -> OpenedConnection:
    wanted = keywords | {"target_session_attrs": "read-write"}
    try:
        return _connect_with_password(wanted, typed, may_ask=may_ask)
    except NoConnectionError as error:
        # Without this, nobody who could read was there either.
        if needs_it or _IS_STANDBY not in error.message:
            raise
    return _connect_with_password(keywords, typed, may_ask=may_ask)


def _connect_with_password(keywords: dict[str, str], typed: str | None, *, may_ask: bool) -> OpenedConnection:
    try:
        return OpenedConnection(_connect(keywords, typed), typed)
    except psycopg.Error as error:
        if not (may_ask and _password_is_missing(error) and terminal_is_there()):
            raise connection_error(error, keywords) from error
    typed = ask_password(keywords.get("user"))
    try:
        return OpenedConnection(_connect(keywords, typed), typed)
    except psycopg.Error as error:
        raise connection_error(error, keywords) from error


def _connect(keywords: dict[str, str], typed_password: str | None) -> psycopg.Connection[Any]:
    if typed_password is not None:
        keywords = {**keywords, "password": typed_password}
    try:
        # No prepared statements: a command runs no statement often, and PgBouncer may lose them.
        return psycopg.connect(make_conninfo("", **keywords), autocommit=True, prepare_threshold=None)
    except UnicodeError:
        pass
    # Raised outside the handler, because the Unicode error contains the whole connection string.
    raise UsageError("part of the connection settings is not valid UTF-8")


def _password_is_missing(error: psycopg.Error) -> bool:
    return error.pgconn is not None and error.pgconn.needs_password


def _set_styles(connection: psycopg.Connection[Any]) -> None:
    for name, style in STYLES.items():
        reported = connection.info.parameter_status(name) or ""
        if not reported.startswith(style):
            connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, style))


def _set_session(connection: psycopg.Connection[Any]) -> None:
    for _ in range(_SETTING_ATTEMPTS - 1):
        try:
            _try_to_set_session(connection)
        except psycopg.errors.QueryCanceled:
            # The statement_timeout of the database, which this is to end, was shorter than it took.
            connection.rollback()
        else:
            return
    _try_to_set_session(connection)


def _try_to_set_session(connection: psycopg.Connection[Any]) -> None:
    info = connection.info
    options = info.get_parameters().get("options", "").encode("ascii", "replace").decode()
    # A client-side cursor sends several statements in one round trip.
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(
            sql_files.query("connection/session_settings"),
            {"backend_pid": info.backend_pid, "options": options},
        )
