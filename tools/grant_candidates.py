"""Writes the queries of grant_candidates, one for each catalog whose rows have an access list.

PL/pgSQL keeps a plan for each query that stands in a function. One query for all catalogs would be planned
for all of them in each session, and a query put together in a string would be planned at each GRANT: hence a
query for each catalog.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATH = Path("sql/routines/privileges/grant_candidates.sql")
_BLOCK = re.compile(r"^( *)-- <catalogs>\n.*?^ *-- </catalogs>\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Catalog:
    """A catalog whose rows have an access list.

    Args:
        kind: what GRANT calls its objects.
        table: the catalog; its row has the columns oid, PREFIXacl and PREFIXowner.
        prefix: what the names of the catalog's columns begin with.
        acl_type: what acldefault() calls such an object.
        class_table: the catalog that PostgreSQL identifies the objects by, where that is another.
        name: the object's name, where that is not the column PREFIXname.
        condition: which rows are meant, where that is not those with one of the names.
        schema: the column with the schema, where all objects of a schema are meant.
    """

    kind: str
    table: str
    prefix: str
    acl_type: str
    class_table: str | None = None
    name: str | None = None
    condition: str | None = None
    schema: str | None = None


CATALOGS = (
    Catalog("function", "pg_proc", "pro", "f"),
    Catalog("functions of schema", "pg_proc", "pro", "f", schema="pronamespace"),
    Catalog("schema", "pg_namespace", "nsp", "n"),
    Catalog("type", "pg_type", "typ", "T"),
    Catalog("language", "pg_language", "lan", "l"),
    Catalog(
        "large object",
        "pg_largeobject_metadata",
        "lom",
        "L",
        class_table="pg_largeobject",
        name="o.oid::pg_catalog.text::pg_catalog.name",
        condition="o.oid = ANY (p_numbers)",
    ),
    Catalog("foreign data wrapper", "pg_foreign_data_wrapper", "fdw", "F"),
    Catalog("foreign server", "pg_foreign_server", "srv", "S"),
)


def renewed_candidates() -> dict[Path, str]:
    """Return the file of grant_candidates, relative to the repository, with the text that it should have."""
    text = (ROOT / PATH).read_text(encoding="ascii")
    return {PATH: _BLOCK.sub(_block, text)}


def _block(match: re.Match[str]) -> str:
    indent = match[1]
    lines = [line for catalog in CATALOGS for line in _branch(catalog)]
    return "".join(f"{indent}{line}\n" for line in ["-- <catalogs>", *lines, "-- </catalogs>"])


def _branch(catalog: Catalog) -> list[str]:
    prefix = catalog.prefix
    class_table = catalog.class_table or catalog.table
    name = catalog.name or f"o.{prefix}name"
    acl_type = f"'{catalog.acl_type}'::pg_catalog.\"char\""
    return [
        f"WHEN '{catalog.kind}' THEN",
        "    RETURN QUERY",
        f"    SELECT '{class_table}'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,",
        f"        o.ctid::pg_catalog.text, o.{prefix}acl, {acl_type}, o.{prefix}owner, {name}",
        *(f"    {line}" for line in _source(catalog)),
        "    LIMIT 2001;",
    ]


def _source(catalog: Catalog) -> list[str]:
    if catalog.schema is None:
        condition = catalog.condition or f"o.{catalog.prefix}name = ANY (p_names)"
        return [f"FROM pg_catalog.{catalog.table} AS o", f"WHERE {condition}"]
    return [
        "FROM pg_catalog.pg_namespace AS n",
        f"JOIN pg_catalog.{catalog.table} AS o ON o.{catalog.schema} = n.oid",
        "WHERE n.nspname = ANY (p_names)",
    ]
