"""Where measuring happens: a database of its own, with dbtrack installed, on a server of one's choice."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from dbtrack import embedded, schema
from dbtrack.db import Database

Connection = psycopg.Connection[Any]
_DATABASE = "dbtrack_bench"


@contextmanager
def measured_server(dsn: str | None) -> Iterator[Connection]:
    """A superuser's connection, in autocommit mode, to a fresh database that is dropped afterwards."""
    path = None
    if dsn is None:
        path = Path(tempfile.mkdtemp(prefix="dbtrack-bench-")) / "data"
        path.parent.chmod(0o755)  # for root, the server's own account must reach it
        dsn = conninfo.make_conninfo(**embedded.start(path))
    try:
        with psycopg.connect(dsn, autocommit=True) as administration:
            administration.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
            administration.execute(f"CREATE DATABASE {_DATABASE}")
            try:
                with psycopg.connect(dsn, dbname=_DATABASE, autocommit=True) as connection:
                    schema.install(Database.wrap(connection))
                    yield connection
            finally:
                administration.execute(f"DROP DATABASE {_DATABASE} WITH (FORCE)")
    finally:
        if path is not None:
            embedded.stop(path)
            shutil.rmtree(path.parent, ignore_errors=True)
