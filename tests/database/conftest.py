"""Fixtures for the tests that need a server."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.database.ingested import WORK, Logged
from tests.database.logging_server import copy_logs, run_all, start_logging_server
from tests.database.recorded import Record
from tests.database.witness import Connection, Witness
from tests.servers import Server


@pytest.fixture
def connection(empty_conninfo: str) -> Iterator[Connection]:
    """A superuser's connection, in autocommit mode, to an empty database."""
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        yield connection


@pytest.fixture
def witness(connection: Connection) -> Witness:
    """An empty database whose DDL is watched by plain event triggers."""
    return Witness(connection)


@pytest.fixture
def record(installed_conninfo: str) -> Iterator[Record]:
    """What dbtrack records in a database of its own; capture that failed and only warned fails the test."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        record = Record(connection)
        yield record
        assert [warning for warning in record.warnings if "dbtrack" in warning] == []


@pytest.fixture(scope="session")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """A server that logged some work in every form, and copies of its logs."""
    server = start_logging_server("log_statement = all\nlog_timezone = 'Europe/Berlin'\n")
    directory = tmp_path_factory.mktemp("logs")
    run_all(server.conninfo("postgres", tcp=True) + " application_name=worker", *WORK)
    yield Logged(server, copy_logs(server, directory))
    server.stop()


@pytest.fixture
def follower() -> Iterator[Server]:
    """A server of the test's own, which logs in every form and which nothing else writes to."""
    server = start_logging_server()
    yield server
    server.stop()
