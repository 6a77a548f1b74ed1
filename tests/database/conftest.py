"""Fixtures for the tests that need a server."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.database.recorded import Record
from tests.database.witness import Connection, Witness


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
