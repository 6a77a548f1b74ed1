"""GRANT and REVOKE on each kind of object, ALTER DEFAULT PRIVILEGES, DROP OWNED, large objects."""

from __future__ import annotations

from tests.database.capture.ddl_kinds.kind import Kind

_T = "CREATE TABLE t (id int, code text);"
_F = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
_P = "CREATE PROCEDURE p(a int) LANGUAGE sql AS '';"
_SERVER = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w;"
_LARGE = "SELECT lo_create(4711);"

# What is granted, on what, what has to be there, and what is recorded.
_GRANTS = (
    ("SELECT, INSERT", "TABLE t", _T, {"public.t": "table"}),
    ("SELECT (id)", "t", _T, {"public.t": "table"}),
    ("ALL", "ALL TABLES IN SCHEMA public", _T, {"public.t": "table"}),
    ("USAGE", "SEQUENCE s", "CREATE SEQUENCE s", {"public.s": "sequence"}),
    ("USAGE", "DOMAIN d", "CREATE DOMAIN d AS int", {"public.d": "type"}),
    ("USAGE", "TYPE e", "CREATE TYPE e AS ENUM ()", {"public.e": "type"}),
    ("USAGE", "FOREIGN DATA WRAPPER w", _SERVER, {"w": "foreign-data wrapper"}),
    ("EXECUTE", "FUNCTION f(int)", _F, {"public.f(integer)": "function"}),
    ("EXECUTE", "PROCEDURE p(int)", _P, {"public.p(integer)": "procedure"}),
    ("EXECUTE", "ROUTINE f(int)", _F, {"public.f(integer)": "function"}),
    ("USAGE", "LANGUAGE plpgsql", "", {"plpgsql": "language"}),
    ("SELECT", "LARGE OBJECT 4711", _LARGE, {"4711": "large object"}),
    ("USAGE", "SCHEMA n", "CREATE SCHEMA n", {"n": "schema"}),
)
_DEFAULTS = {
    "TABLES": "tables",
    "SEQUENCES": "sequences",
    "FUNCTIONS": "functions",
    "ROUTINES": "functions",
    "TYPES": "types",
    "SCHEMAS": "schemas",
}


def _default(action: str, on: str = "", since: int = 15) -> Kind:
    objects = {f"for role postgres on {on}": "default acl"} if on else {}
    return Kind(
        "ALTER DEFAULT PRIVILEGES", f"ALTER DEFAULT PRIVILEGES {action}", objects, "CREATE ROLE other; CREATE SCHEMA n",
        since=since,
    )  # fmt: skip


KINDS = (
    *(Kind("GRANT", f"GRANT {what} ON {on} TO PUBLIC", objects, before) for what, on, before, objects in _GRANTS),
    *(Kind("REVOKE", f"REVOKE {what} ON {on} FROM PUBLIC", objects, before) for what, on, before, objects in _GRANTS),
    Kind("GRANT", "GRANT USAGE ON FOREIGN SERVER srv TO PUBLIC", {"srv": "server"}, _SERVER),
    Kind("REVOKE", "REVOKE USAGE ON FOREIGN SERVER srv FROM PUBLIC", {"srv": "server"}, _SERVER),
    *(_default(f"GRANT ALL ON {on} TO other", shown) for on, shown in _DEFAULTS.items()),
    _default("GRANT ALL ON LARGE OBJECTS TO other", "large objects", since=18),
    _default("FOR ROLE other IN SCHEMA n REVOKE ALL ON TABLES FROM PUBLIC"),
    Kind("ALTER LARGE OBJECT", "ALTER LARGE OBJECT 4711 OWNER TO other", {"4711": "large object"}, _LARGE + "CREATE ROLE other"),
    Kind(
        "DROP OWNED", "DROP OWNED BY other", {"n": "schema", "n.t": "table"},
        "CREATE ROLE other; CREATE SCHEMA n AUTHORIZATION other; CREATE TABLE n.t (); ALTER TABLE n.t OWNER TO other",
    ),
    Kind("DROP OWNED", "DROP OWNED BY other", {}, _T + "CREATE ROLE other; GRANT SELECT ON t TO other"),
)  # fmt: skip
