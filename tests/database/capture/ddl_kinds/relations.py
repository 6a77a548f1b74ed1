"""Views, materialized views, sequences, indexes, statistics, schemas; triggers, rules and policies on tables."""

from __future__ import annotations

from tests.database.capture.ddl_kinds.kind import Kind

_T = "CREATE TABLE t (id int, code text);"
_V = "CREATE VIEW v AS SELECT 1 AS a;"
_M = "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;"
_S = "CREATE SEQUENCE s;"
_I = _T + "CREATE INDEX i ON t (id);"
# Without a column that is kept out of line: the index of its toast table would be listed too.
_U = "CREATE TABLE u (id int); CREATE INDEX i ON u (id);"
_STATISTICS = _T + "CREATE STATISTICS st ON id, code FROM t;"
_TRIGGER_FUNCTION = _T + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
_TRIGGER = _TRIGGER_FUNCTION + "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f();"
_RULE = _T + "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;"
_POLICY = _T + "CREATE POLICY p ON t;"
_WHOLE = "CREATE TABLE whole (id int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF whole DEFAULT;"

_VIEWS = (
    Kind("CREATE VIEW", "CREATE VIEW v AS SELECT 1 AS a", {"public.v": "view"}),
    Kind("CREATE VIEW", "CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b", {"public.v": "view"}, _V),
    Kind(
        "CREATE VIEW",
        "CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v WHERE n < 3",
        {"public.v": "view"},
    ),
    Kind("ALTER VIEW", "ALTER VIEW v RENAME TO w", {"public.w": "view"}, _V),
    Kind("ALTER VIEW", "ALTER VIEW v RENAME a TO b", {"public.v.b": "view column"}, _V),
    Kind("ALTER VIEW", "ALTER VIEW v ALTER a SET DEFAULT 1", {"public.v": "view"}, _V),
    Kind("ALTER VIEW", "ALTER VIEW v SET (security_barrier)", {"public.v": "view"}, _V),
    Kind("ALTER VIEW", "ALTER VIEW v OWNER TO other", {"public.v": "view"}, _V + "CREATE ROLE other"),
    Kind("ALTER VIEW", "ALTER VIEW v SET SCHEMA n", {"n.v": "view"}, _V + "CREATE SCHEMA n"),
    Kind("DROP VIEW", "DROP VIEW v", {"public.v": "view"}, _V),
    Kind("CREATE MATERIALIZED VIEW", "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a", {"public.m": "materialized view"}),
    Kind(
        "CREATE MATERIALIZED VIEW",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a WITH NO DATA",
        {"public.m": "materialized view"},
    ),
    Kind("ALTER MATERIALIZED VIEW", "ALTER MATERIALIZED VIEW m RENAME TO n", {"public.n": "materialized view"}, _M),
    Kind(
        "ALTER MATERIALIZED VIEW", "ALTER MATERIALIZED VIEW m SET (fillfactor = 70)",
        {"public.m": "materialized view"}, _M,
    ),
    Kind("DROP MATERIALIZED VIEW", "DROP MATERIALIZED VIEW m", {"public.m": "materialized view"}, _M),
    Kind("REFRESH MATERIALIZED VIEW", "REFRESH MATERIALIZED VIEW m", {"public.m": "materialized view"}, _M),
    Kind("REFRESH MATERIALIZED VIEW", "REFRESH MATERIALIZED VIEW m WITH NO DATA", {"public.m": "materialized view"}, _M),
    Kind(
        "REFRESH MATERIALIZED VIEW", "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        {"public.m": "materialized view"}, _M + "CREATE UNIQUE INDEX ON m (a)",
    ),
)  # fmt: skip

_SEQUENCES = (
    Kind("CREATE SEQUENCE", "CREATE SEQUENCE s", {"public.s": "sequence"}),
    Kind("CREATE SEQUENCE", "CREATE SEQUENCE s OWNED BY t.id", {"public.s": "sequence"}, _T),
    Kind("ALTER SEQUENCE", "ALTER SEQUENCE s RESTART 5", {"public.s": "sequence"}, _S),
    Kind("ALTER SEQUENCE", "ALTER SEQUENCE s RENAME TO r", {"public.r": "sequence"}, _S),
    Kind(
        "ALTER SEQUENCE",
        "ALTER SEQUENCE s OWNER TO other",
        {"public.s": "sequence"},
        _S + "CREATE ROLE other",
    ),
    Kind("ALTER SEQUENCE", "ALTER SEQUENCE s SET UNLOGGED", {"public.s": "sequence"}, _S),
    Kind("DROP SEQUENCE", "DROP SEQUENCE s", {"public.s": "sequence"}, _S),
)

_INDEXES = (
    Kind("CREATE INDEX", "CREATE INDEX i ON t (id) INCLUDE (code) WHERE id > 0", {"public.i": "index"}, _T),
    Kind("CREATE INDEX", "CREATE INDEX i ON whole (id)", {"public.i": "index"}, _WHOLE),
    Kind("CREATE INDEX", "CREATE INDEX CONCURRENTLY i ON t (id)", {"public.i": "index"}, _T, alone=True),
    Kind("ALTER INDEX", "ALTER INDEX i RENAME TO j", {"public.j": "index"}, _I),
    Kind("ALTER INDEX", "ALTER INDEX i SET (fillfactor = 70)", {"public.i": "index"}, _I),
    Kind("ALTER INDEX", "ALTER INDEX e ALTER 1 SET STATISTICS 9", {"public.e": "index"}, _T + "CREATE INDEX e ON t ((id + 1))"),
    Kind(
        "ALTER INDEX", "ALTER INDEX w ATTACH PARTITION i", {"public.w": "index", "public.i": "index"},
        _WHOLE + "CREATE INDEX w ON ONLY whole (id); CREATE INDEX i ON part (id)",
    ),
    Kind("DROP INDEX", "DROP INDEX i", {"public.i": "index"}, _I),
    Kind("DROP INDEX", "DROP INDEX CONCURRENTLY i", {"public.i": "index"}, _I, alone=True),
    Kind("REINDEX", "REINDEX INDEX i", {"public.i": "index"}, _I, since=17),
    Kind("REINDEX", "REINDEX TABLE u", {"public.i": "index"}, _U, since=17),
    Kind("REINDEX", "REINDEX TABLE CONCURRENTLY u", {"public.i": "index"}, _U, since=17, alone=True),
    Kind("REINDEX", "REINDEX TABLE whole", {"public.part_id_idx": "index"}, _WHOLE + "CREATE INDEX i ON whole (id)", since=17, alone=True),
    Kind("REINDEX", "REINDEX SCHEMA n", {"n.i": "index", "n.j": "index"}, "CREATE SCHEMA n; CREATE TABLE n.t (id int); CREATE INDEX i ON n.t (id); CREATE TABLE n.u (id int); CREATE INDEX j ON n.u (id)", since=17, alone=True),
)  # fmt: skip

_STATISTICS_KINDS = (
    Kind(
        "CREATE STATISTICS", "CREATE STATISTICS st ON id, code FROM t", {"public.st": "statistics object"}, _T
    ),
    Kind(
        "ALTER STATISTICS",
        "ALTER STATISTICS st SET STATISTICS 5",
        {"public.st": "statistics object"},
        _STATISTICS,
    ),
    Kind(
        "ALTER STATISTICS",
        "ALTER STATISTICS st RENAME TO su",
        {"public.su": "statistics object"},
        _STATISTICS,
    ),
    Kind("DROP STATISTICS", "DROP STATISTICS st", {"public.st": "statistics object"}, _STATISTICS),
)

_SCHEMAS = (
    Kind("CREATE SCHEMA", "CREATE SCHEMA n", {"n": "schema"}),
    Kind("CREATE SCHEMA", "CREATE SCHEMA AUTHORIZATION other", {"other": "schema"}, "CREATE ROLE other"),
    Kind(
        "CREATE SCHEMA",
        "CREATE SCHEMA n CREATE TABLE t (id int PRIMARY KEY) CREATE VIEW v AS SELECT * FROM n.t GRANT SELECT ON v TO PUBLIC",
        {"n": "schema", "n.t": "table", "n.t_pkey": "index", "n.v": "view"},
    ),
    Kind("ALTER SCHEMA", "ALTER SCHEMA n RENAME TO o", {"o": "schema"}, "CREATE SCHEMA n"),
    Kind("ALTER SCHEMA", "ALTER SCHEMA n OWNER TO other", {"n": "schema"}, "CREATE SCHEMA n; CREATE ROLE other"),
    Kind("DROP SCHEMA", "DROP SCHEMA n", {"n": "schema"}, "CREATE SCHEMA n"),
    Kind(
        "DROP SCHEMA", "DROP SCHEMA n CASCADE",
        {"n": "schema", "n.t": "table", "n.t_id_seq": "sequence", "n.f()": "function", "n.e": "type", "n.v": "view"},
        "CREATE SCHEMA n; CREATE TABLE n.t (id serial PRIMARY KEY); CREATE VIEW n.v AS SELECT id FROM n.t;"
        "CREATE TYPE n.e AS ENUM (); CREATE FUNCTION n.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ),
)  # fmt: skip

_ON_TABLES = (
    Kind("CREATE TRIGGER", "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f()", {"tr on public.t": "trigger"}, _TRIGGER_FUNCTION),
    Kind(
        "CREATE TRIGGER", "CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()",
        {"tr on public.t": "trigger"}, _TRIGGER_FUNCTION,
    ),
    Kind(
        "CREATE TRIGGER", "CREATE TRIGGER tr AFTER INSERT ON whole FOR EACH ROW EXECUTE FUNCTION f()",
        {"tr on public.whole": "trigger"}, _TRIGGER_FUNCTION + _WHOLE,
    ),
    Kind("ALTER TRIGGER", "ALTER TRIGGER tr ON t RENAME TO ts", {"ts on public.t": "trigger"}, _TRIGGER),
    Kind("ALTER TRIGGER", "ALTER TRIGGER tr ON t DEPENDS ON EXTENSION plpgsql", {"tr on public.t": "trigger"}, _TRIGGER),
    Kind("DROP TRIGGER", "DROP TRIGGER tr ON t", {"tr on public.t": "trigger"}, _TRIGGER),
    Kind("CREATE RULE", "CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", {"r on public.t": "rule"}, _T),
    Kind("ALTER RULE", "ALTER RULE r ON t RENAME TO q", {"q on public.t": "rule"}, _RULE),
    Kind("DROP RULE", "DROP RULE r ON t", {"r on public.t": "rule"}, _RULE),
    Kind("CREATE POLICY", "CREATE POLICY p ON t", {"p on public.t": "policy"}, _T),
    Kind("ALTER POLICY", "ALTER POLICY p ON t USING (id > 0)", {"p on public.t": "policy"}, _POLICY),
    Kind("ALTER POLICY", "ALTER POLICY p ON t RENAME TO q", {"q on public.t": "policy"}, _POLICY),
    Kind("DROP POLICY", "DROP POLICY p ON t", {"p on public.t": "policy"}, _POLICY),
)  # fmt: skip

KINDS = (*_VIEWS, *_SEQUENCES, *_INDEXES, *_STATISTICS_KINDS, *_SCHEMAS, *_ON_TABLES)
