"""Types, domains, collations, and the parts of text search."""

from __future__ import annotations

from tests.database.capture.ddl_kinds.kind import Kind

_C = "CREATE TYPE c AS (a int);"
_E = "CREATE TYPE e AS ENUM ('one');"
_D = "CREATE DOMAIN d AS int;"
_COLLATION = "CREATE COLLATION co (LOCALE = 'C');"
_SHELL = "CREATE TYPE b;"
_INPUT = "CREATE FUNCTION b_in(cstring) RETURNS b LANGUAGE internal IMMUTABLE STRICT AS 'textin';"
_OUTPUT = "CREATE FUNCTION b_out(b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';"
_BASE = _SHELL + _INPUT + _OUTPUT
_CONFIGURATION = "CREATE TEXT SEARCH CONFIGURATION cf (COPY = simple)"
_DICTIONARY = "CREATE TEXT SEARCH DICTIONARY di (TEMPLATE = simple)"
_PARSER = "CREATE TEXT SEARCH PARSER pa (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)"
_TEMPLATE = "CREATE TEXT SEARCH TEMPLATE te (INIT = dsimple_init, LEXIZE = dsimple_lexize)"
_OTHER = "CREATE ROLE other"
_NEW = "CREATE SCHEMA n"

_TYPES = (
    Kind("CREATE TYPE", "CREATE TYPE c AS (a int)", {"public.c": "type"}),
    Kind("CREATE TYPE", "CREATE TYPE e AS ENUM ('one')", {"public.e": "type"}),
    Kind("CREATE TYPE", "CREATE TYPE r AS RANGE (SUBTYPE = int)", {"public.r": "type"}),
    Kind("CREATE TYPE", "CREATE TYPE b", {"public.b": "type"}),
    Kind("CREATE TYPE", "CREATE TYPE b (INPUT = b_in, OUTPUT = b_out)", {"public.b": "type"}, _BASE),
    Kind("ALTER TYPE", "ALTER TYPE c ADD ATTRIBUTE b text", {"public.c": "composite type"}, _C),
    Kind("ALTER TYPE", "ALTER TYPE c DROP ATTRIBUTE a", {"public.c": "composite type", "public.c.a": "composite type column"}, _C),
    Kind("ALTER TYPE", "ALTER TYPE c RENAME ATTRIBUTE a TO z", {"public.c.z": "composite type column"}, _C),
    Kind("ALTER TYPE", "ALTER TYPE e ADD VALUE 'two'", {"public.e": "type"}, _E),
    Kind("ALTER TYPE", "ALTER TYPE e RENAME VALUE 'one' TO 'two'", {"public.e": "type"}, _E),
    Kind("ALTER TYPE", "ALTER TYPE e RENAME TO f", {"public.f": "type"}, _E),
    Kind("ALTER TYPE", "ALTER TYPE e OWNER TO other", {"public.e": "type"}, _E + _OTHER),
    Kind("ALTER TYPE", "ALTER TYPE e SET SCHEMA n", {"n.e": "type"}, _E + _NEW),
    Kind(
        "ALTER TYPE", "ALTER TYPE b SET (STORAGE = plain)", {"public.b": "type"},
        _BASE + "CREATE TYPE b (INPUT = b_in, OUTPUT = b_out)",
    ),
    Kind("DROP TYPE", "DROP TYPE e", {"public.e": "type"}, _E),
    Kind("DROP TYPE", "DROP TYPE c", {"public.c": "type"}, _C),
    Kind(
        "DROP TYPE", "DROP TYPE r",
        {
            "public.r": "type",
            "public.r(integer,integer)": "function",
            "public.r(integer,integer,pg_catalog.text)": "function",
            "public.m": "type",
            "public.m()": "function",
            "public.m(public.r)": "function",
            "public.m(public.r[])": "function",
        },
        "CREATE TYPE r AS RANGE (SUBTYPE = int, MULTIRANGE_TYPE_NAME = m)",
    ),
    Kind(
        "DROP TYPE", "DROP TYPE b CASCADE",
        {"public.b": "type", "public.b_in(pg_catalog.cstring)": "function", "public.b_out(public.b)": "function"},
        _BASE + "CREATE TYPE b (INPUT = b_in, OUTPUT = b_out)",
    ),
    Kind("CREATE DOMAIN", "CREATE DOMAIN d AS int CHECK (VALUE > 0)", {"public.d": "type"}),
    Kind("ALTER DOMAIN", "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0)", {"public.d": "type"}, _D),
    Kind(
        "ALTER DOMAIN", "ALTER DOMAIN d DROP CONSTRAINT k", {"public.d": "type", "k on public.d": "domain constraint"},
        _D + "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0)",
    ),
    Kind(
        "ALTER DOMAIN", "ALTER DOMAIN d RENAME CONSTRAINT k TO l", {"l on public.d": "domain constraint"},
        _D + "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0)",
    ),
    Kind(
        "ALTER DOMAIN", "ALTER DOMAIN d VALIDATE CONSTRAINT k", {"public.d": "type"},
        _D + "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0) NOT VALID",
    ),
    Kind("ALTER DOMAIN", "ALTER DOMAIN d SET DEFAULT 1", {"public.d": "type"}, _D),
    Kind("ALTER DOMAIN", "ALTER DOMAIN d RENAME TO f", {"public.f": "type"}, _D),
    Kind("DROP DOMAIN", "DROP DOMAIN d", {"public.d": "type"}, _D),
    Kind("CREATE COLLATION", "CREATE COLLATION co (LOCALE = 'C')", {"public.co": "collation"}),
    Kind("CREATE COLLATION", 'CREATE COLLATION co FROM "C"', {"public.co": "collation"}),
    Kind("ALTER COLLATION", "ALTER COLLATION co RENAME TO cp", {"public.cp": "collation"}, _COLLATION),
    Kind("ALTER COLLATION", "ALTER COLLATION co REFRESH VERSION", {"public.co": "collation"}, _COLLATION),
    Kind("DROP COLLATION", "DROP COLLATION co", {"public.co": "collation"}, _COLLATION),
)  # fmt: skip

_TEXT_SEARCH = (
    Kind("CREATE TEXT SEARCH CONFIGURATION", _CONFIGURATION, {"public.cf": "text search configuration"}),
    Kind(
        "ALTER TEXT SEARCH CONFIGURATION", "ALTER TEXT SEARCH CONFIGURATION cf ALTER MAPPING FOR word WITH english_stem",
        {"public.cf": "text search configuration"}, _CONFIGURATION,
    ),
    Kind(
        "ALTER TEXT SEARCH CONFIGURATION", "ALTER TEXT SEARCH CONFIGURATION cf DROP MAPPING FOR word",
        {"public.cf": "text search configuration"}, _CONFIGURATION,
    ),
    Kind(
        "ALTER TEXT SEARCH CONFIGURATION", "ALTER TEXT SEARCH CONFIGURATION cf RENAME TO cg",
        {"public.cg": "text search configuration"}, _CONFIGURATION,
    ),
    Kind("DROP TEXT SEARCH CONFIGURATION", "DROP TEXT SEARCH CONFIGURATION cf", {"public.cf": "text search configuration"}, _CONFIGURATION),
    Kind("CREATE TEXT SEARCH DICTIONARY", _DICTIONARY, {"public.di": "text search dictionary"}),
    Kind(
        "ALTER TEXT SEARCH DICTIONARY", "ALTER TEXT SEARCH DICTIONARY di (ACCEPT = false)",
        {"public.di": "text search dictionary"}, _DICTIONARY,
    ),
    Kind("DROP TEXT SEARCH DICTIONARY", "DROP TEXT SEARCH DICTIONARY di", {"public.di": "text search dictionary"}, _DICTIONARY),
    Kind("CREATE TEXT SEARCH PARSER", _PARSER, {"public.pa": "text search parser"}),
    Kind("ALTER TEXT SEARCH PARSER", "ALTER TEXT SEARCH PARSER pa RENAME TO pb", {"public.pb": "text search parser"}, _PARSER),
    Kind("DROP TEXT SEARCH PARSER", "DROP TEXT SEARCH PARSER pa", {"public.pa": "text search parser"}, _PARSER),
    Kind("CREATE TEXT SEARCH TEMPLATE", _TEMPLATE, {"public.te": "text search template"}),
    Kind("ALTER TEXT SEARCH TEMPLATE", "ALTER TEXT SEARCH TEMPLATE te SET SCHEMA n", {"n.te": "text search template"}, f"{_TEMPLATE};{_NEW}"),
    Kind("DROP TEXT SEARCH TEMPLATE", "DROP TEXT SEARCH TEMPLATE te", {"public.te": "text search template"}, _TEMPLATE),
)  # fmt: skip

KINDS = (*_TYPES, *_TEXT_SEARCH)
