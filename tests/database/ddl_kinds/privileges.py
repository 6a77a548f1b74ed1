"""GRANT and REVOKE on each kind of object, ALTER DEFAULT PRIVILEGES, DROP OWNED, large objects."""

from __future__ import annotations

from tests.database.ddl_kinds.kind import Kind

_T = "CREATE TABLE t (id int, code text);"
_F = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
_P = "CREATE PROCEDURE p(a int) LANGUAGE sql AS '';"
_SERVER = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w;"
_LARGE = "SELECT lo_create(4711);"

# What is granted, on what, and what has to be there.
_GRANTS = (
    ("SELECT, INSERT", "TABLE t", _T),
    ("SELECT (id)", "t", _T),
    ("ALL", "ALL TABLES IN SCHEMA public", _T),
    ("USAGE", "SEQUENCE s", "CREATE SEQUENCE s"),
    ("USAGE", "DOMAIN d", "CREATE DOMAIN d AS int"),
    ("USAGE", "TYPE e", "CREATE TYPE e AS ENUM ()"),
    ("USAGE", "FOREIGN DATA WRAPPER w", _SERVER),
    ("EXECUTE", "FUNCTION f(int)", _F),
    ("EXECUTE", "PROCEDURE p(int)", _P),
    ("EXECUTE", "ROUTINE f(int)", _F),
    ("USAGE", "LANGUAGE plpgsql", ""),
    ("SELECT", "LARGE OBJECT 4711", _LARGE),
    ("USAGE", "SCHEMA n", "CREATE SCHEMA n"),
)
_DEFAULTS = ("TABLES", "SEQUENCES", "FUNCTIONS", "ROUTINES", "TYPES", "SCHEMAS")


def _default(action: str, since: int = 15) -> Kind:
    return Kind(
        "ALTER DEFAULT PRIVILEGES", f"ALTER DEFAULT PRIVILEGES {action}", {}, "CREATE ROLE other; CREATE SCHEMA n",
        since=since,
    )  # fmt: skip


KINDS = (
    *(Kind("GRANT", f"GRANT {what} ON {on} TO PUBLIC", {}, before) for what, on, before in _GRANTS),
    *(Kind("REVOKE", f"REVOKE {what} ON {on} FROM PUBLIC", {}, before) for what, on, before in _GRANTS),
    Kind("GRANT", "GRANT USAGE ON FOREIGN SERVER srv TO PUBLIC", {}, _SERVER),
    Kind("REVOKE", "REVOKE USAGE ON FOREIGN SERVER srv FROM PUBLIC", {}, _SERVER),
    *(_default(f"GRANT ALL ON {on} TO other") for on in _DEFAULTS),
    _default("GRANT ALL ON LARGE OBJECTS TO other", since=18),
    _default("FOR ROLE other IN SCHEMA n REVOKE ALL ON TABLES FROM PUBLIC"),
    Kind("ALTER LARGE OBJECT", "ALTER LARGE OBJECT 4711 OWNER TO other", {"4711": "large object"}, _LARGE + "CREATE ROLE other"),
    Kind(
        "DROP OWNED", "DROP OWNED BY other", {"n": "schema", "n.t": "table"},
        "CREATE ROLE other; CREATE SCHEMA n AUTHORIZATION other; CREATE TABLE n.t (); ALTER TABLE n.t OWNER TO other",
    ),
    Kind("DROP OWNED", "DROP OWNED BY other", {}, _T + "CREATE ROLE other; GRANT SELECT ON t TO other"),
)  # fmt: skip
