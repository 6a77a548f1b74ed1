"""A database with something of everything, and a server for the copies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from tests.support.predicted import Predictor, copy_server, create_shop, fill
from tests.support.servers import Sandbox


@pytest.fixture(scope="module")
def copies() -> Iterator[Path]:
    """The data directory of a server for copies."""
    with copy_server() as path:
        yield path


@pytest.fixture(scope="module")
def predictor(_module_sandbox: Sandbox, copies: Path) -> Predictor:
    """Predicts statements on a database with rows, in which dbtrack is installed."""
    conninfo = create_shop(_module_sandbox.database)
    fill(conninfo)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        schema.install(Database.wrap(connection))
    return Predictor(conninfo, copies)
