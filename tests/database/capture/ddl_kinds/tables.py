"""CREATE TABLE in all its forms, DROP TABLE, and what makes tables without that name."""

from __future__ import annotations

from tests.database.capture.ddl_kinds.kind import Kind

_WHOLE = "CREATE TABLE whole (id int PRIMARY KEY) PARTITION BY RANGE (id);"

KINDS = (
    Kind("CREATE TABLE", "CREATE TABLE t ()", {"public.t": "table"}),
    Kind("CREATE TABLE", "CREATE UNLOGGED TABLE t (id int)", {"public.t": "table"}),
    Kind("CREATE TABLE", "CREATE TABLE IF NOT EXISTS t (id int)", {"public.t": "table"}),
    Kind(
        "CREATE TABLE",
        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, code text UNIQUE, CHECK (id > 0))",
        {"public.t": "table", "public.t_id_seq": "sequence", "public.t_code_key": "index"},
    ),
    Kind(
        "CREATE TABLE",
        "CREATE TABLE t (s_id int REFERENCES s, during tsrange, EXCLUDE USING gist (during WITH &&))",
        {"public.t": "table", "public.t_during_excl": "index"},
        before="CREATE TABLE s (id int PRIMARY KEY)",
    ),
    Kind(
        "CREATE TABLE",
        "CREATE TABLE t (LIKE s INCLUDING ALL)",
        {"public.t": "table", "public.t_pkey": "index", "public.t.id": "table column"},
        before="CREATE TABLE s (id int PRIMARY KEY); COMMENT ON COLUMN s.id IS 'x'",
    ),
    Kind(
        "CREATE TABLE",
        "CREATE TABLE child (extra int) INHERITS (t)",
        {"public.child": "table"},
        before="CREATE TABLE t (id int)",
    ),
    Kind("CREATE TABLE", "CREATE TABLE t OF c", {"public.t": "table"}, before="CREATE TYPE c AS (a int)"),
    Kind("CREATE TABLE", _WHOLE.rstrip(";"), {"public.whole": "table", "public.whole_pkey": "index"}),
    Kind(
        "CREATE TABLE",
        "CREATE TABLE part PARTITION OF whole FOR VALUES FROM (1) TO (2)",
        {"public.part": "table"},
        before=_WHOLE,
    ),
    Kind(
        "CREATE TABLE AS",
        "CREATE TABLE t AS SELECT 1 AS a",
        {"public.t": "table"},
    ),
    Kind("CREATE TABLE AS", "CREATE TABLE t (a) AS VALUES (1) WITH NO DATA", {"public.t": "table"}),
    Kind("CREATE TABLE AS", "CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a", {"public.t": "table"}),
    Kind(
        "CREATE TABLE AS",
        "CREATE TABLE t AS EXECUTE p(3)",
        {"public.t": "table"},
        before="PREPARE p(int) AS SELECT $1 AS a",
    ),
    Kind("SELECT INTO", "SELECT 1 AS a INTO t", {"public.t": "table"}),
    Kind("DROP TABLE", "DROP TABLE t", {"public.t": "table"}, before="CREATE TABLE t (id serial UNIQUE)"),
    Kind(
        "DROP TABLE",
        "DROP TABLE IF EXISTS t, absent, u",
        {"public.t": "table", "public.u": "table"},
        before="CREATE TABLE t (); CREATE TABLE u ()",
    ),
    Kind(
        "DROP TABLE",
        "DROP TABLE whole",
        {"public.whole": "table", "public.part": "table"},
        before=_WHOLE + "CREATE TABLE part PARTITION OF whole DEFAULT",
    ),
    Kind(
        "DROP TABLE",
        "DROP TABLE s CASCADE",
        {"public.s": "table", "t_id_fkey on public.t": "table constraint"},
        before="CREATE TABLE s (id int PRIMARY KEY); CREATE TABLE t (id int REFERENCES s)",
    ),
    Kind(
        "DROP TABLE",
        "DROP TABLE t CASCADE",
        {"public.t": "table", "public.child": "table", "public.f()": "function"},
        before="CREATE TABLE t (id int); CREATE TABLE child () INHERITS (t);"
        "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'",
    ),
)
