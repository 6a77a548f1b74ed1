"""COMMENT ON each kind of object that belongs to one database."""

from __future__ import annotations

from tests.database.capture.ddl_kinds.kind import Kind
from tests.database.capture.ddl_kinds.routines import TRANSFORM, TRANSFORM_VERSIONS

_T = "CREATE TABLE t (id int CONSTRAINT k CHECK (id > 0));"
_SERVER = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w;"
_TRIGGER = (
    _T + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
    "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f();"
)

# On what, its identity and type, and what has to be there.
_COMMENTED = (
    ("TABLE t", "public.t", "table", _T),
    ("COLUMN t.id", "public.t.id", "table column", _T),
    ("CONSTRAINT k ON t", "k on public.t", "table constraint", _T),
    ("CONSTRAINT k ON DOMAIN d", "k on public.d", "domain constraint", "CREATE DOMAIN d AS int CONSTRAINT k CHECK (VALUE > 0)"),
    ("VIEW v", "public.v", "view", "CREATE VIEW v AS SELECT 1 AS a"),
    ("COLUMN v.a", "public.v.a", "view column", "CREATE VIEW v AS SELECT 1 AS a"),
    ("MATERIALIZED VIEW m", "public.m", "materialized view", "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a"),
    ("INDEX i", "public.i", "index", _T + "CREATE INDEX i ON t (id)"),
    ("SEQUENCE s", "public.s", "sequence", "CREATE SEQUENCE s"),
    ("STATISTICS st", "public.st", "statistics object", "CREATE TABLE u (a int, b int); CREATE STATISTICS st ON a, b FROM u"),
    ("SCHEMA n", "n", "schema", "CREATE SCHEMA n"),
    ("TRIGGER tr ON t", "tr on public.t", "trigger", _TRIGGER),
    ("RULE r ON t", "r on public.t", "rule", _T + "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING"),
    ("POLICY p ON t", "p on public.t", "policy", _T + "CREATE POLICY p ON t"),
    ("FUNCTION f(int)", "public.f(integer)", "function", "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ("PROCEDURE p(int)", "public.p(integer)", "procedure", "CREATE PROCEDURE p(int) LANGUAGE sql AS ''"),
    ("ROUTINE f(int)", "public.f(integer)", "function", "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ("AGGREGATE a(int)", "public.a(integer)", "aggregate", "CREATE AGGREGATE a(int) (SFUNC = int4pl, STYPE = int)"),
    ("OPERATOR === (int, int)", "public.===(integer,integer)", "operator", "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)"),
    ("OPERATOR FAMILY fam USING btree", "public.fam USING btree", "operator family", "CREATE OPERATOR FAMILY fam USING btree"),
    ("OPERATOR CLASS cls USING hash", "public.cls USING hash", "operator class", "CREATE OPERATOR CLASS cls FOR TYPE int USING hash AS OPERATOR 1 ="),
    ("CAST (int AS c)", "(integer AS public.c)", "cast", "CREATE TYPE c AS (a int); CREATE FUNCTION to_c(int) RETURNS c LANGUAGE sql AS 'SELECT ROW($1)::c'; CREATE CAST (int AS c) WITH FUNCTION to_c(int)"),
    ("LANGUAGE plpgsql", "plpgsql", "language", ""),
    ("ACCESS METHOD heap", "heap", "access method", ""),
    ("CONVERSION conv", "public.conv", "conversion", "CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"),
    ("TYPE e", "public.e", "type", "CREATE TYPE e AS ENUM ()"),
    ("DOMAIN d", "public.d", "type", "CREATE DOMAIN d AS int"),
    ("COLLATION co", "public.co", "collation", "CREATE COLLATION co (LOCALE = 'C')"),
    ("TEXT SEARCH CONFIGURATION cf", "public.cf", "text search configuration", "CREATE TEXT SEARCH CONFIGURATION cf (COPY = simple)"),
    ("TEXT SEARCH DICTIONARY di", "public.di", "text search dictionary", "CREATE TEXT SEARCH DICTIONARY di (TEMPLATE = simple)"),
    ("TEXT SEARCH PARSER pa", "public.pa", "text search parser", "CREATE TEXT SEARCH PARSER pa (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)"),
    ("TEXT SEARCH TEMPLATE te", "public.te", "text search template", "CREATE TEXT SEARCH TEMPLATE te (LEXIZE = dsimple_lexize)"),
    ("FOREIGN DATA WRAPPER w", "w", "foreign-data wrapper", _SERVER),
    ("SERVER srv", "srv", "server", _SERVER),
    ("FOREIGN TABLE ft", "public.ft", "foreign table", _SERVER + "CREATE FOREIGN TABLE ft (id int) SERVER srv"),
    ("PUBLICATION pu", "pu", "publication", "CREATE PUBLICATION pu"),
    ("SUBSCRIPTION su", "su", "subscription", "CREATE SUBSCRIPTION su CONNECTION '' PUBLICATION pu WITH (connect = false, slot_name = NONE)"),
    ("EXTENSION plpgsql", "plpgsql", "extension", ""),
    ("LARGE OBJECT 4711", "4711", "large object", "SELECT lo_create(4711)"),
)  # fmt: skip

KINDS = (
    *(
        Kind("COMMENT", f"COMMENT ON {on} IS 'x'", {identity: kind}, before)
        for on, identity, kind, before in _COMMENTED
    ),
    Kind(
        "COMMENT",
        "COMMENT ON TRANSFORM FOR int LANGUAGE sql IS 'x'",
        TRANSFORM,
        "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal))",
        versions=TRANSFORM_VERSIONS,
    ),
)
