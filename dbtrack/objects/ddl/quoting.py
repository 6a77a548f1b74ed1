"""Quote names and texts for SQL that people read: a name only where it needs it."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
# The words that PostgreSQL's quote_ident quotes: all but the unreserved ones (pg_get_keywords).
_RESERVED_WORDS = (
    "all analyse analyze and any array as asc asymmetric authorization between bigint binary "
    "bit boolean both case cast char character check coalesce collate collation column "
    "concurrently constraint create cross current_catalog current_date current_role "
    "current_schema current_time current_timestamp current_user dec decimal default deferrable "
    "desc distinct do else end except exists extract false fetch float for foreign freeze from "
    "full grant greatest group grouping having ilike in initially inner inout int integer "
    "intersect interval into is isnull join json json_array json_arrayagg json_exists "
    "json_object json_objectagg json_query json_scalar json_serialize json_table json_value "
    "lateral leading least left like limit localtime localtimestamp merge_action national "
    "natural nchar none normalize not notnull null nullif numeric offset on only or order out "
    "outer overlaps overlay placing position precision primary real references returning right "
    "row select session_user setof similar smallint some substring symmetric system_user table "
    "tablesample then time timestamp to trailing treat trim true union unique user using values "
    "varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement "
    "xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable "
)
_RESERVED = frozenset(_RESERVED_WORDS.split())


def name(*words: str) -> str:
    """Return a name as quote_ident writes it; several words are joined by dots."""
    return ".".join(_quoted(word) for word in words)


def literal(text: str) -> str:
    """Return a string literal that is valid with any standard_conforming_strings."""
    doubled = text.replace("'", "''")
    return f"E'{doubled}'".replace("\\", "\\\\") if "\\" in text else f"'{doubled}'"


def role(text: str) -> str:
    """Return a role as GRANT takes it: PUBLIC is not a name."""
    return "PUBLIC" if text == "PUBLIC" else name(text)


def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word) and word not in _RESERVED:
        return word
    return '"' + word.replace('"', '""') + '"'
