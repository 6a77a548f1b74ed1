"""Why a connection could not be had, said in one line."""

from __future__ import annotations

import psycopg
import pytest

from dbtrack.db.connect import connection_error
from dbtrack.errors import ExitCode

REFUSED = (
    'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused\n'
    "\tIs the server running on that host and accepting TCP/IP connections?"
)
THREE_ATTEMPTS = (
    "last\nMultiple connection attempts failed. All failures were:\n"
    "- host: 'db1', port: '5432', hostaddr: '::1': connection failed: db1 is down\n"
    "- host: 'db1', port: '5432', hostaddr: '10.0.0.1': connection failed: db1 is down\n"
    "- host: 'db2', port: None, hostaddr: None: connection is bad: db2 is full"
)


@pytest.mark.parametrize(
    ("text", "keywords", "expected"),
    [
        (
            REFUSED,
            {"host": "127.0.0.1"},
            (
                'cannot connect: connection to server at "127.0.0.1", port 1 failed: Connection refused'
                " (is a server running there? choose another with -h and -p)"
            ),
        ),
        (
            "connection failed: first try: no encryption\nsecond try: FATAL:  wrong",
            {},
            "cannot connect: first try: no encryption; second try: FATAL: wrong",
        ),
        ("connection timeout expired", {"host": "db1"}, "cannot connect to db1: connection timeout expired"),
        (
            THREE_ATTEMPTS,
            {"host": "db1,db2"},
            "cannot connect: db1 is down; db2 is full",
        ),
    ],
)
def test_reason_is_one_line(text: str, keywords: dict[str, str], expected: str) -> None:
    error = connection_error(psycopg.OperationalError(text), keywords)
    assert error.exit_code == ExitCode.NO_CONNECTION
    assert str(error) == expected


def test_missing_password_says_where_to_keep_it() -> None:
    error = connection_error(
        psycopg.OperationalError("connection failed: fe_sendauth: no password supplied"), {}
    )
    assert error.hint == "use .pgpass, a service file or PGPASSWORD, or run the command on a terminal"


def attempt(host: str, address: str, reason: str) -> str:
    return (
        f"- host: '{host}', port: '5432', hostaddr: '{address}': connection failed: "
        f'connection to server at "{host}" ({address}), port 5432 failed: {reason}\n'
    )


def test_the_hosts_of_a_cluster_are_named_by_their_reason() -> None:
    text = "last\nMultiple connection attempts failed. All failures were:\n"
    text += attempt("db1.example.com", "10.0.0.1", "Connection refused")
    text += attempt("db2.example.com", "10.0.0.2", "Connection refused")
    text += attempt("db3.example.com", "10.0.0.3", "session is read-only")
    error = connection_error(
        psycopg.OperationalError(text), {"host": "db1.example.com,db2.example.com,db3.example.com"}
    )
    assert error.message == (
        "cannot connect: db1.example.com:5432, db2.example.com:5432: Connection refused; "
        "db3.example.com:5432: session is read-only"
    )
    assert error.may_pass


@pytest.mark.parametrize(
    ("reason", "may_pass"),
    [
        ("FATAL:  the database system is starting up", True),
        ("server closed the connection unexpectedly", True),
        ("Connection refused", False),
        ('FATAL:  database "nowhere" does not exist', False),
    ],
)
def test_a_refusal_that_may_pass_is_known(reason: str, may_pass: bool) -> None:
    assert (
        connection_error(psycopg.OperationalError(f"connection failed: {reason}"), {"host": "db1"}).may_pass
        is may_pass
    )


@pytest.mark.parametrize(
    ("reason", "is_refusal"),
    [
        ('FATAL:  password authentication failed for user "alice"', True),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "alice", database "shop", SSL on', True),
        ('FATAL:  role "alice" does not exist', True),
        ('FATAL:  role "alice" is not permitted to log in', True),
        ('FATAL:  database "shop" does not exist', True),
        ('FATAL:  permission denied for database "shop"', True),
        ("FATAL:  no such database: shop", True),
        ("fe_sendauth: no password supplied", True),
        ("FATAL:  the database system is starting up", False),
        ("FATAL:  sorry, too many clients already", False),
        ('could not translate host name "db1" to address: Name or service not known', False),
        ('connection to server on socket "/x/.s.PGSQL.5432" failed: No such file or directory', False),
        ("Connection refused", False),
    ],
)
def test_a_refused_login_is_told_from_an_unreachable_server(reason: str, is_refusal: bool) -> None:
    error = connection_error(psycopg.OperationalError(f"connection failed: {reason}"), {"host": "db1"})
    assert error.is_refusal is is_refusal


def test_a_cluster_refuses_a_login_where_all_its_hosts_do() -> None:
    start = "last\nMultiple connection attempts failed. All failures were:\n"
    refused = 'FATAL:  password authentication failed for user "alice"'
    one, other = attempt("db1", "10.0.0.1", refused), attempt("db2", "10.0.0.2", refused)
    down = attempt("db2", "10.0.0.2", "Connection refused")
    for text, is_refusal in ((start + one + other, True), (start + one + down, False)):
        error = connection_error(psycopg.OperationalError(text), {"host": "db1,db2"})
        assert error.is_refusal is is_refusal
