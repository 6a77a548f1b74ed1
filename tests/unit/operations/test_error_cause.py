"""Why something failed, as far as stderr or an exception says."""

from __future__ import annotations

import pytest
from psycopg import errors

from dbtrack.operations.error_cause import cause_of_exception, cause_of_output
from tests.support import paths


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", {}),
        ("cannot open the file\n", {}),
        ('psql:a.sql:3: ERROR:  type "x" does not exist\nLINE 1: x\nHINT:  try y\n',
         {"cause": 'type "x" does not exist', "hint": "try y"}),
        ("NOTICE:  fine\nHINT:  of the notice\nERROR:  22012: division by zero\nLOCATION:  int4div\n",
         {"cause": "division by zero", "sqlstate": "22012"}),
        ("ERROR:  one\nERROR:  two\nHINT:  of two\n", {"cause": "one"}),
        ("psql:a.sql:1: FEHLER:  Division durch Null\nTIPP:  nicht\n",
         {"cause": "Division durch Null", "hint": "nicht"}),
        ("ERREUR :  non\nASTUCE :  oui\n", {"cause": "non", "hint": "oui"}),
        ("Error: pq: no such table (SQLSTATE 42P01)\n", {"cause": "no such table", "sqlstate": "42P01"}),
        ("error: not found\n", {}),
        ("psql:a.sql:1: error: b.sql: No such file or directory\n",
         {"cause": "b.sql: No such file or directory"}),
        ("SQL State  : 42P07\nError Code : 0\n", {"sqlstate": "42P07"}),
        ("SQLSTATE[23505]: Unique violation: 7 ERROR", {"sqlstate": "23505"}),
    ],
)  # fmt: skip
def test_what_stderr_says_of_a_servers_error(text: str, cause: dict[str, str]) -> None:
    assert cause_of_output(text) == cause


class WrappedError(Exception):
    """As SQLAlchemy wraps the driver's."""

    def __init__(self, orig: Exception) -> None:
        self.orig = orig


class OtherDriverError(Exception):
    """As psycopg2 and asyncpg have it."""

    pgcode = "40001"


def test_an_exception_is_looked_through_for_the_servers_code() -> None:
    state = {"sqlstate": "23505"}
    assert cause_of_exception(errors.UniqueViolation()) == state
    assert cause_of_exception(WrappedError(errors.UniqueViolation())) == state
    raised = RuntimeError("no")
    raised.__cause__ = OtherDriverError()
    assert cause_of_exception(raised) == {"sqlstate": "40001"}
    assert cause_of_exception(ValueError("no")) == {}


CORPUS = paths.CORPUS / "stderr"
MISSING = 'relation "orders" does not exist'
# What each tool's stderr says: the cause, and the SQLSTATE where it is there.
SAID: dict[str, tuple[str, str | None]] = {
    "alembic": (MISSING, "42P01"),
    "asyncpg": (MISSING, "42P01"),
    "createdb": ('database "shop" already exists', None),
    "dbmate": (MISSING, "42P01"),
    "django": (MISSING, "42P01"),
    "flyway": (MISSING, "42P01"),
    "golang-migrate": (MISSING, None),
    "jdbc": (MISSING, None),
    "knex": (MISSING, None),
    "liquibase": (MISSING, None),
    "node-pg": (MISSING, "42P01"),
    "node-pg-console": ('duplicate key value violates unique constraint "t_pkey"', "23505"),
    "node-pg-migrate": (MISSING, "42P01"),
    "pdo": (MISSING, "42P01"),
    "pg_restore": ('database "nowhere" does not exist', None),
    "pgx": (MISSING, "42P01"),
    "postgresjs": (MISSING, "42P01"),
    "psql": (MISSING, None),
    "psql-connection": ('database "nowhere" does not exist', None),
    "psycopg": ('schema "missing_parent" does not exist', "3F000"),
    "psycopg2": ('duplicate key value violates unique constraint "t_pkey"', "23505"),
    "rails": (MISSING, "42P01"),
    "sequelize": (MISSING, "42P01"),
    "sqlalchemy-psycopg": (MISSING, "42P01"),
    "sqlalchemy-psycopg2": ('syntax error at or near "SELEC"', "42601"),
    "typeorm": (MISSING, "42P01"),
    "yoyo": (MISSING, "42P01"),
}


@pytest.mark.parametrize("tool", SAID)
def test_what_the_common_tools_say_of_a_servers_error(tool: str) -> None:
    cause, sqlstate = SAID[tool]
    found = cause_of_output((CORPUS / f"{tool}.txt").read_text(encoding="utf-8"))
    assert (found["cause"], found.get("sqlstate")) == (cause, sqlstate)


def test_each_file_of_the_corpus_is_looked_at() -> None:
    assert sorted(SAID) == sorted(path.stem for path in CORPUS.glob("*.txt"))
