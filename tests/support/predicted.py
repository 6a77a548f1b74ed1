"""Predictions in the tests: a schema with something of everything, and a server for its copies."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dbtrack import embedded
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.predict.copy import CopyMode
from dbtrack.predict.model import Prediction, Report
from dbtrack.predict.run import Request, predict
from dbtrack.predict.script import read_script

SCHEMA = Path(__file__).parents[1] / "samples" / "predict_schema.sql"
ROLES = ("locks_r", "locks_r2")


@dataclass(frozen=True)
class Predictor:
    """Predicts statements on one database."""

    conninfo: str
    copies: Path
    mode: CopyMode = CopyMode.EMBEDDED

    def report(self, sql: str, **options: bool) -> Report:
        """Return the whole prediction of a script."""
        target = ConnectionTarget("test", conninfo=self.conninfo)
        with Database.connect(target) as real:
            request = Request(read_script(sql), self.mode, self.copies, **options)
            return predict(real, target, request)

    def one(self, sql: str) -> Prediction:
        """Return the prediction of one statement."""
        (found,) = self.report(sql).predictions
        return found


@contextmanager
def copy_server() -> Iterator[Path]:
    """Run an embedded server for copies, where every account can reach it."""
    folder = Path(f"/tmp/dbtrack-predict-{secrets.token_hex(4)}")
    folder.mkdir(mode=0o755)
    try:
        embedded.start(folder / "copies")
        yield folder / "copies"
    finally:
        embedded.stop(folder / "copies")
        shutil.rmtree(folder)


def create_shop(make: Callable[[], str]) -> str:
    """Create the schema in a new database and return its conninfo."""
    conninfo = make()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for role in ROLES:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                connection.execute(f"CREATE ROLE {role}".encode())
        if not connection.execute("SELECT 1 FROM pg_tablespace WHERE spcname = 'ts1'").fetchone():
            connection.execute("SET allow_in_place_tablespaces = on")
            connection.execute("CREATE TABLESPACE ts1 LOCATION ''")
        connection.execute(SCHEMA.read_bytes())
    return conninfo


def fill(conninfo: str) -> None:
    """Put some rows into the tables, so that the planner has a choice."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in _ROWS:
            connection.execute(statement.encode())


_ROWS_OF_T = """
INSERT INTO t (id, parent_id, par2, n, nn, nc, nnv, sm, v20, vix, txt, num, ts, tz, c, dt, iv, dm, st, ident, big)
SELECT g, g, g, g, g, g, g, g, 'v', 'v' || g, 't' || g, g, now(), now(), 'c', '2026-01-01', '1 day', g, 'ok', g, 'b'
FROM generate_series(1, 500) AS g
"""
_ROWS = (
    "INSERT INTO parent SELECT g, 'c' || g FROM generate_series(1, 500) AS g",
    _ROWS_OF_T,
    "INSERT INTO child SELECT g, g, 'v' FROM generate_series(1, 500) AS g",
    "INSERT INTO p (id, k, kn, val, parent_id) SELECT g * 5000, g, g, g, g FROM generate_series(1, 500) AS g",
    "INSERT INTO nopk SELECT g, g, g FROM generate_series(1, 500) AS g",
    "INSERT INTO narrow SELECT g, g, 'b' FROM generate_series(1, 500) AS g",
    "INSERT INTO heir_parent SELECT g FROM generate_series(1, 100) AS g",
    "REFRESH MATERIALIZED VIEW mv",
    "ANALYZE",
)
