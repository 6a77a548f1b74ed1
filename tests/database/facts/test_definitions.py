"""How PostgreSQL and psycopg take the definitions that install gives them."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from tests.support.witness import Connection

ONE = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"


@pytest.mark.every_server
def test_replace_refuses_a_new_return_type(connection: Connection) -> None:
    connection.execute(ONE)
    with pytest.raises(errors.InvalidFunctionDefinition):
        connection.execute(
            "CREATE OR REPLACE FUNCTION f(a int) RETURNS text LANGUAGE sql AS 'SELECT 1::text'"
        )


@pytest.mark.every_server
def test_a_new_defaulted_argument_makes_an_ambiguous_overload(connection: Connection) -> None:
    connection.execute(ONE)
    connection.execute(
        "CREATE OR REPLACE FUNCTION f(a int, b int DEFAULT 0) RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    connection.execute(
        "CREATE OR REPLACE FUNCTION f(a int, c text DEFAULT '') RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )
    connection.execute("DROP FUNCTION f(int)")
    with pytest.raises(errors.AmbiguousFunction):
        connection.execute("SELECT f(1)")


@pytest.mark.every_server
def test_unchecked_bodies_may_come_in_any_order(connection: Connection) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL check_function_bodies = off")
        connection.execute("CREATE FUNCTION early() RETURNS int LANGUAGE sql AS 'SELECT late()'")
        connection.execute("CREATE FUNCTION late() RETURNS int LANGUAGE sql AS 'SELECT 2'")
    assert connection.execute("SELECT early()").fetchone() == (2,)


@pytest.mark.every_server
def test_a_standard_body_is_checked_all_the_same(connection: Connection) -> None:
    connection.execute("SET check_function_bodies = off")
    with pytest.raises(errors.UndefinedFunction):
        connection.execute("CREATE FUNCTION early() RETURNS int LANGUAGE sql RETURN absent()")


@pytest.mark.every_server
def test_replacing_a_view_cannot_remove_a_column(connection: Connection) -> None:
    connection.execute("CREATE VIEW v AS SELECT 1 AS a, 2 AS b")
    with pytest.raises(errors.InvalidTableDefinition):
        connection.execute("CREATE OR REPLACE VIEW v AS SELECT 1 AS a")


def test_a_percent_sign_is_plain_without_parameters(connection: Connection) -> None:
    assert connection.execute("SELECT 'a%'").fetchone() == ("a%",)
    with pytest.raises(psycopg.ProgrammingError):
        connection.execute("SELECT 'a%'", {})


def test_psycopg_repeats_a_malformed_uri_with_its_password() -> None:
    with pytest.raises(psycopg.ProgrammingError, match="hunter2"):
        psycopg.conninfo.conninfo_to_dict("postgresql://me:hunter2@[half/db")


def test_the_dsn_of_a_connection_leaves_the_password_out(empty_conninfo: str) -> None:
    with psycopg.connect(empty_conninfo, password="hunter2") as connection:
        assert "hunter2" not in connection.info.dsn
