"""Opening a connection to a target, in the settings that the rest of the program counts on."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from dbtrack import sqlfiles
from dbtrack.config import ConnectionTarget
from dbtrack.db.keywords import libpq_keywords
from dbtrack.db.lenient_text import accept_any_bytes
from dbtrack.db.password import ask_password, terminal_is_there
from dbtrack.db.refusal import refusal
from dbtrack.db.translation import translate_errors
from dbtrack.errors import UsageError

# The driver reads dates and intervals in these styles only; a database can have been set to another.
_STYLES = {"DateStyle": "ISO", "IntervalStyle": "postgres"}

# Without a handler Python writes the driver's log to stderr: a cancelled command, an odd time zone.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


def open_connection(target: ConnectionTarget, application_name: str) -> psycopg.Connection[Any]:
    """Connect in autocommit mode, asking for a password where psql would.

    Raises:
        UsageError: the conninfo is malformed.
        NoConnectionError: the server cannot be reached or refuses the login.
    """
    keywords = libpq_keywords(target)
    keywords["client_encoding"] = "UTF8"
    keywords.setdefault("fallback_application_name", application_name)
    if target.force_password:
        keywords["password"] = ask_password(keywords.get("user"))
    connection = _connect_asking(keywords, may_ask=not target.no_password)
    # At the database's default, if that is SERIALIZABLE, long periodic work would make DDL fail.
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    with translate_errors():
        accept_any_bytes(connection)
        _set_styles(connection)
        _set_needs(connection)
    return connection


def _connect_asking(keywords: dict[str, str], *, may_ask: bool) -> psycopg.Connection[Any]:
    try:
        return _connect(keywords)
    except psycopg.Error as error:
        if not (may_ask and _password_is_missing(error) and terminal_is_there()):
            raise refusal(error, keywords) from error
    keywords["password"] = ask_password(keywords.get("user"))
    try:
        return _connect(keywords)
    except psycopg.Error as error:
        raise refusal(error, keywords) from error


def _connect(keywords: dict[str, str]) -> psycopg.Connection[Any]:
    try:
        # No prepared statements: a one-shot command repeats none, and PgBouncer may lose them.
        return psycopg.connect(make_conninfo("", **keywords), autocommit=True, prepare_threshold=None)
    except UnicodeError:
        pass
    # Outside the handler: the Unicode error quotes the whole connection string.
    raise UsageError("a part of the connection is not valid UTF-8")


def _password_is_missing(error: psycopg.Error) -> bool:
    return error.pgconn is not None and error.pgconn.needs_password


def _set_styles(connection: psycopg.Connection[Any]) -> None:
    for name, style in _STYLES.items():
        reported = connection.info.parameter_status(name) or ""
        if not reported.startswith(style):
            connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, style))


def _set_needs(connection: psycopg.Connection[Any]) -> None:
    info = connection.info
    options = info.get_parameters().get("options", "").encode("ascii", "replace").decode()
    # One round trip: bound on our side, it is one string of several statements.
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(
            sqlfiles.query("session_settings"), {"backend_pid": info.backend_pid, "options": options}
        )
