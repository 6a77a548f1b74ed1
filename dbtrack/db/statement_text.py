"""The text of a statement: identifiers and literals in it, and its encoding."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

_SCHEMA = "script_tracking"


def quote_identifier(*names: str) -> str:
    """An SQL identifier, qualified by a dot where several names are given: `"public"."orders"`."""
    return sql.Identifier(*names).as_string(None)


def quote_literal(text: str) -> str:
    """An SQL string literal, whatever `standard_conforming_strings` says."""
    # psycopg puts a space before E'…'.
    return sql.Literal(text).as_string(None).strip()


def function_call(function: str, arguments: Sequence[str]) -> str:
    """Return the query that calls a function of dbtrack's schema, with a parameter for each named argument.

    The schema belongs to dbtrack and none of its functions is overloaded, so the arguments need no casts.
    """
    named = [sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in arguments]
    query = sql.SQL("SELECT * FROM {}({})")
    return query.format(sql.Identifier(_SCHEMA, function), sql.SQL(", ").join(named)).as_string(None)


def sent_text(query: str, connection: psycopg.Connection[Any]) -> str | bytes:
    """The statement as the driver can send it: by itself it would encode it as ASCII for SQL_ASCII."""
    return query.encode() if connection.info.encoding == "ascii" else query
