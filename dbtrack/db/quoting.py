"""Names and texts made safe to stand inside a statement that takes no parameters."""

from __future__ import annotations

from psycopg import sql


def quote_identifier(*names: str) -> str:
    """An SQL identifier, qualified by a dot where several names are given: `"public"."orders"`."""
    return sql.Identifier(*names).as_string(None)


def quote_literal(text: str) -> str:
    """An SQL string literal, whatever `standard_conforming_strings` says."""
    # psycopg puts a space before E'…'.
    return sql.Literal(text).as_string(None).strip()
