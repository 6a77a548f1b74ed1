"""Why something failed, as far as stderr or an exception says."""

from __future__ import annotations

import pytest
from psycopg import errors

from dbtrack.tracking.cause import cause_of_exception, cause_of_output


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
        ("Error: pq: no such table (SQLSTATE 42P01)\n", {"sqlstate": "42P01"}),
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
