"""Functions, procedures, aggregates, operators and their classes, casts, transforms, languages, access methods."""

from __future__ import annotations

from tests.database.capture.ddl_kinds.kind import Kind

_F = "CREATE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';"
_P = "CREATE PROCEDURE p(a int) LANGUAGE sql AS '';"
_A = "CREATE AGGREGATE a(int) (SFUNC = int4pl, STYPE = int);"
_O = "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);"
_FAMILY = "CREATE OPERATOR FAMILY fam USING btree;"
_CLASS_AS = (
    "OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int)"
)
_CLASS = f"CREATE OPERATOR CLASS cls FOR TYPE int USING btree AS {_CLASS_AS}"
_CAST_TYPE = (
    "CREATE TYPE c AS (a int); CREATE FUNCTION to_c(int) RETURNS c LANGUAGE sql AS 'SELECT ROW($1)::c';"
)
_CAST = _CAST_TYPE + "CREATE CAST (int AS c) WITH FUNCTION to_c(int);"
_TRANSFORM = "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal))"
TRANSFORM = {"for integer language sql": "transform"}
TRANSFORM_VERSIONS = {15: {"for integer on language sql": "transform"}}
_LANGUAGE = "CREATE LANGUAGE lang HANDLER plpgsql_call_handler"
_METHOD = "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler"
_CONVERSION = "CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"
_OTHER = "CREATE ROLE other"
_NEW = "CREATE SCHEMA n"

_FUNCTIONS = (
    Kind(
        "CREATE FUNCTION", "CREATE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        {"public.f(integer,pg_catalog.text)": "function"},
    ),
    Kind(
        "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql RETURN 2",
        {"public.f(integer,pg_catalog.text)": "function"}, _F,
    ),
    Kind("ALTER FUNCTION", "ALTER FUNCTION f STABLE", {"public.f(integer,pg_catalog.text)": "function"}, _F),
    Kind("ALTER FUNCTION", "ALTER FUNCTION f RENAME TO g", {"public.g(integer,pg_catalog.text)": "function"}, _F),
    Kind("ALTER FUNCTION", "ALTER FUNCTION f OWNER TO other", {"public.f(integer,pg_catalog.text)": "function"}, _F + _OTHER),
    Kind("ALTER FUNCTION", "ALTER FUNCTION f SET SCHEMA n", {"n.f(integer,pg_catalog.text)": "function"}, _F + _NEW),
    Kind("ALTER FUNCTION", "ALTER FUNCTION f DEPENDS ON EXTENSION plpgsql", {"public.f(integer,pg_catalog.text)": "function"}, _F),
    Kind("DROP FUNCTION", "DROP FUNCTION f", {"public.f(integer,pg_catalog.text)": "function"}, _F),
    Kind("CREATE PROCEDURE", "CREATE PROCEDURE p(a int) LANGUAGE sql AS ''", {"public.p(integer)": "procedure"}),
    Kind("ALTER PROCEDURE", "ALTER PROCEDURE p SECURITY DEFINER", {"public.p(integer)": "procedure"}, _P),
    Kind("ALTER PROCEDURE", "ALTER PROCEDURE p RENAME TO q", {"public.q(integer)": "procedure"}, _P),
    Kind("DROP PROCEDURE", "DROP PROCEDURE p", {"public.p(integer)": "procedure"}, _P),
    Kind("ALTER ROUTINE", "ALTER ROUTINE f VOLATILE", {"public.f(integer,pg_catalog.text)": "function"}, _F),
    Kind("ALTER ROUTINE", "ALTER ROUTINE p RENAME TO q", {"public.q(integer)": "procedure"}, _P),
    Kind("DROP ROUTINE", "DROP ROUTINE f, p", {"public.f(integer,pg_catalog.text)": "function", "public.p(integer)": "procedure"}, _F + _P),
    Kind("CREATE AGGREGATE", "CREATE AGGREGATE a(int) (SFUNC = int4pl, STYPE = int)", {"public.a(integer)": "aggregate"}),
    Kind("ALTER AGGREGATE", "ALTER AGGREGATE a(int) RENAME TO b", {"public.b(integer)": "aggregate"}, _A),
    Kind("ALTER AGGREGATE", "ALTER AGGREGATE a(int) OWNER TO other", {"public.a(integer)": "aggregate"}, _A + _OTHER),
    Kind("DROP AGGREGATE", "DROP AGGREGATE a(int)", {"public.a(integer)": "aggregate"}, _A),
)  # fmt: skip

_OPERATORS = (
    Kind("CREATE OPERATOR", _O.rstrip(";"), {"public.===(integer,integer)": "operator"}),
    Kind(
        "ALTER OPERATOR", "ALTER OPERATOR === (int, int) SET (RESTRICT = eqsel)",
        {"public.===(integer,integer)": "operator"}, _O,
    ),
    Kind("ALTER OPERATOR", "ALTER OPERATOR === (int, int) SET SCHEMA n", {"n.===(integer,integer)": "operator"}, _O + _NEW),
    Kind("ALTER OPERATOR", "ALTER OPERATOR === (int, int) OWNER TO other", {"public.===(integer,integer)": "operator"}, _O + _OTHER),
    Kind("DROP OPERATOR", "DROP OPERATOR === (int, int)", {"public.===(integer,integer)": "operator"}, _O),
    Kind("CREATE OPERATOR FAMILY", _FAMILY.rstrip(";"), {"public.fam USING btree": "operator family"}),
    Kind(
        "ALTER OPERATOR FAMILY", "ALTER OPERATOR FAMILY fam USING btree ADD FUNCTION 1 (int, bigint) btint48cmp(int, bigint)",
        {"public.fam USING btree": "operator family"}, _FAMILY,
    ),
    Kind(
        "ALTER OPERATOR FAMILY", "ALTER OPERATOR FAMILY fam USING btree DROP FUNCTION 1 (int, bigint)",
        {"public.fam USING btree": "operator family", "function 1 (integer, bigint) of public.fam USING btree": "function of access method"},
        _FAMILY + "ALTER OPERATOR FAMILY fam USING btree ADD FUNCTION 1 (int, bigint) btint48cmp(int, bigint)",
    ),
    Kind("ALTER OPERATOR FAMILY", "ALTER OPERATOR FAMILY fam USING btree RENAME TO fan", {"public.fan USING btree": "operator family"}, _FAMILY),
    Kind("DROP OPERATOR FAMILY", "DROP OPERATOR FAMILY fam USING btree", {"public.fam USING btree": "operator family"}, _FAMILY),
    Kind("CREATE OPERATOR CLASS", _CLASS, {"public.cls USING btree": "operator class"}),
    Kind(
        "CREATE OPERATOR CLASS", _CLASS.replace(" AS ", " FAMILY fam AS "),
        {"public.cls USING btree": "operator class"}, _FAMILY,
    ),
    Kind("ALTER OPERATOR CLASS", "ALTER OPERATOR CLASS cls USING btree RENAME TO clt", {"public.clt USING btree": "operator class"}, _CLASS),
    Kind("DROP OPERATOR CLASS", "DROP OPERATOR CLASS cls USING btree", {"public.cls USING btree": "operator class"}, _CLASS),
)  # fmt: skip

_OTHERS = (
    Kind("CREATE CAST", "CREATE CAST (int AS c) WITH FUNCTION to_c(int)", {"(integer AS public.c)": "cast"}, _CAST_TYPE),
    Kind("DROP CAST", "DROP CAST (int AS c)", {"(integer AS public.c)": "cast"}, _CAST),
    Kind("CREATE TRANSFORM", _TRANSFORM, TRANSFORM, versions=TRANSFORM_VERSIONS),
    Kind("DROP TRANSFORM", "DROP TRANSFORM FOR int LANGUAGE sql", TRANSFORM, _TRANSFORM, versions=TRANSFORM_VERSIONS),
    Kind("CREATE LANGUAGE", _LANGUAGE, {"lang": "language"}),
    Kind("ALTER LANGUAGE", "ALTER LANGUAGE lang RENAME TO tongue", {"tongue": "language"}, _LANGUAGE),
    Kind("ALTER LANGUAGE", "ALTER LANGUAGE lang OWNER TO other", {"lang": "language"}, f"{_LANGUAGE};{_OTHER}"),
    Kind("DROP LANGUAGE", "DROP LANGUAGE lang", {"lang": "language"}, _LANGUAGE),
    Kind("CREATE ACCESS METHOD", _METHOD, {"heap2": "access method"}),
    Kind("DROP ACCESS METHOD", "DROP ACCESS METHOD heap2", {"heap2": "access method"}, _METHOD),
    Kind("CREATE CONVERSION", _CONVERSION, {"public.conv": "conversion"}),
    Kind("ALTER CONVERSION", "ALTER CONVERSION conv RENAME TO other", {"public.other": "conversion"}, _CONVERSION),
    Kind("DROP CONVERSION", "DROP CONVERSION conv", {"public.conv": "conversion"}, _CONVERSION),
)  # fmt: skip

KINDS = (*_FUNCTIONS, *_OPERATORS, *_OTHERS)
