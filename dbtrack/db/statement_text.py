"""Quote identifiers and literals in the text of a statement, and encode it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

_SCHEMA = "script_tracking"


def quote_identifier(*names: str) -> str:
    """Return a quoted SQL identifier; several names are joined by dots: `"public"."orders"`."""
    return sql.Identifier(*names).as_string(None)


def quote_literal(text: str) -> str:
    """Return an SQL string literal that is valid with any `standard_conforming_strings`."""
    # psycopg puts a space before E'…'.
    return sql.Literal(text).as_string(None).strip()


def function_call(function: str, arguments: Sequence[str]) -> str:
    """Return the query that calls a function of dbtrack's schema, with a parameter for each named argument.

    The schema belongs to dbtrack and none of its functions is overloaded, so the arguments need no casts.
    """
    named = [sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in arguments]
    query = sql.SQL("SELECT * FROM {}({})")
    return query.format(sql.Identifier(_SCHEMA, function), sql.SQL(", ").join(named)).as_string(None)


def copy_of(query: str, columns: Sequence[str], *, as_json: bool) -> str:
    """Return the COPY that sends some columns of a query: CSV without a header, or a JSON object a row."""
    chosen = sql.SQL("SELECT {} FROM ({}) AS chosen").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(query)
    )
    if not as_json:
        return sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(chosen).as_string(None)
    # CSV leaves a text alone that contains neither of these; JSON escapes both.
    options = r"(FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
    copy = sql.SQL("COPY (SELECT to_json(r) FROM ({}) AS r) TO STDOUT {}")
    return copy.format(chosen, sql.SQL(options)).as_string(None)


def count_of(query: str) -> str:
    """Return the query that counts the rows of a query."""
    return sql.SQL("SELECT count(*) FROM ({}) AS counted").format(sql.SQL(query)).as_string(None)


def sent_text(query: str, connection: psycopg.Connection[Any]) -> str | bytes:
    """Return the statement in a form that the driver can send; it would encode it as ASCII for SQL_ASCII."""
    return query.encode() if connection.info.encoding == "ascii" else query
