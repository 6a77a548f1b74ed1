"""What reaches outside the database: foreign data, publications, subscriptions, extensions."""

from __future__ import annotations

from tests.database.capture.ddl_kinds.kind import Kind

_W = "CREATE FOREIGN DATA WRAPPER w;"
_SERVER = _W + "CREATE SERVER srv FOREIGN DATA WRAPPER w;"
_MAPPING = _SERVER + "CREATE USER MAPPING FOR postgres SERVER srv;"
_FT = _SERVER + "CREATE FOREIGN TABLE ft (id int) SERVER srv;"
_T = "CREATE TABLE t (id int, code text);"
_PUBLICATION = _T + "CREATE PUBLICATION pu;"
_CREATE_SUBSCRIPTION = (
    "CREATE SUBSCRIPTION su CONNECTION 'host=nowhere password=hidden' PUBLICATION pu WITH (connect = false)"
)
_SUBSCRIPTION = _CREATE_SUBSCRIPTION + "; ALTER SUBSCRIPTION su SET (slot_name = NONE);"
_OTHER = "CREATE ROLE other"
_NO_CONTRIB = frozenset({16})

_FOREIGN = (
    Kind("CREATE FOREIGN DATA WRAPPER", "CREATE FOREIGN DATA WRAPPER w", {"w": "foreign-data wrapper"}),
    Kind("ALTER FOREIGN DATA WRAPPER", "ALTER FOREIGN DATA WRAPPER w OPTIONS (debug 'true')", {"w": "foreign-data wrapper"}, _W, stored="ALTER FOREIGN DATA WRAPPER w OPTIONS (debug '')"),
    Kind("ALTER FOREIGN DATA WRAPPER", "ALTER FOREIGN DATA WRAPPER w RENAME TO x", {"x": "foreign-data wrapper"}, _W),
    Kind("DROP FOREIGN DATA WRAPPER", "DROP FOREIGN DATA WRAPPER w", {"w": "foreign-data wrapper"}, _W),
    Kind(
        "CREATE SERVER", "CREATE SERVER srv FOREIGN DATA WRAPPER w OPTIONS (host 'h')", {"srv": "server"}, _W,
        stored="CREATE SERVER srv FOREIGN DATA WRAPPER w OPTIONS (host '')",
    ),
    Kind("ALTER SERVER", "ALTER SERVER srv VERSION '2'", {"srv": "server"}, _SERVER),
    Kind("ALTER SERVER", "ALTER SERVER srv OWNER TO other", {"srv": "server"}, _SERVER + _OTHER),
    Kind("DROP SERVER", "DROP SERVER srv", {"srv": "server"}, _SERVER),
    Kind("DROP SERVER", "DROP SERVER srv CASCADE", {"srv": "server", "public.ft": "foreign table", "postgres on server srv": "user mapping"}, _FT + "CREATE USER MAPPING FOR postgres SERVER srv"),
    Kind(
        "CREATE USER MAPPING", "CREATE USER MAPPING FOR postgres SERVER srv OPTIONS (password 'hidden')",
        {"postgres on server srv": "user mapping"}, _SERVER,
        stored="CREATE USER MAPPING FOR postgres SERVER srv OPTIONS (password '')",
    ),
    Kind(
        "ALTER USER MAPPING", "ALTER USER MAPPING FOR postgres SERVER srv OPTIONS (ADD password 'hidden')",
        {"postgres on server srv": "user mapping"}, _MAPPING,
        stored="ALTER USER MAPPING FOR postgres SERVER srv OPTIONS (ADD password '')",
    ),
    Kind("DROP USER MAPPING", "DROP USER MAPPING FOR postgres SERVER srv", {"postgres on server srv": "user mapping"}, _MAPPING),
    Kind("CREATE FOREIGN TABLE", "CREATE FOREIGN TABLE ft (id int) SERVER srv", {"public.ft": "foreign table"}, _SERVER),
    Kind("ALTER FOREIGN TABLE", "ALTER FOREIGN TABLE ft ADD code text", {"public.ft": "foreign table"}, _FT),
    Kind("ALTER FOREIGN TABLE", "ALTER FOREIGN TABLE ft RENAME TO fu", {"public.fu": "foreign table"}, _FT),
    Kind("ALTER FOREIGN TABLE", "ALTER FOREIGN TABLE ft RENAME id TO no", {"public.ft.no": "foreign table column"}, _FT),
    Kind("ALTER FOREIGN TABLE", "ALTER FOREIGN TABLE ft OPTIONS (ADD x 'y')", {"public.ft": "foreign table"}, _FT, stored="ALTER FOREIGN TABLE ft OPTIONS (ADD x '')"),
    Kind("DROP FOREIGN TABLE", "DROP FOREIGN TABLE ft", {"public.ft": "foreign table"}, _FT),
)  # fmt: skip

_REPLICATION = (
    Kind("CREATE PUBLICATION", "CREATE PUBLICATION pu FOR ALL TABLES", {"pu": "publication"}),
    Kind("CREATE PUBLICATION", "CREATE PUBLICATION pu FOR TABLE t", {"pu": "publication"}, _T),
    Kind(
        "ALTER PUBLICATION", "ALTER PUBLICATION pu ADD TABLE t",
        {"public.t in publication pu": "publication relation"}, _PUBLICATION,
    ),
    Kind(
        "ALTER PUBLICATION", "ALTER PUBLICATION pu DROP TABLE t",
        {"public.t in publication pu": "publication relation"}, _PUBLICATION + "ALTER PUBLICATION pu ADD TABLE t",
    ),
    Kind(
        "ALTER PUBLICATION", "ALTER PUBLICATION pu ADD TABLES IN SCHEMA public",
        {"public in publication pu": "publication namespace"}, _PUBLICATION,
    ),
    Kind("ALTER PUBLICATION", "ALTER PUBLICATION pu SET (publish = 'insert')", {"pu": "publication"}, _PUBLICATION),
    Kind("ALTER PUBLICATION", "ALTER PUBLICATION pu RENAME TO pv", {"pv": "publication"}, _PUBLICATION),
    Kind("ALTER PUBLICATION", "ALTER PUBLICATION pu OWNER TO other", {"pu": "publication"}, _PUBLICATION + _OTHER),
    Kind("DROP PUBLICATION", "DROP PUBLICATION pu", {"pu": "publication"}, _PUBLICATION),
    Kind(
        "CREATE SUBSCRIPTION", _CREATE_SUBSCRIPTION, {"su": "subscription"},
        stored="CREATE SUBSCRIPTION su CONNECTION '' PUBLICATION pu WITH (connect = false)",
    ),
    Kind("ALTER SUBSCRIPTION", "ALTER SUBSCRIPTION su SET (binary = true)", {"su": "subscription"}, _SUBSCRIPTION),
    Kind(
        "ALTER SUBSCRIPTION", "ALTER SUBSCRIPTION su CONNECTION 'password=hidden'", {"su": "subscription"}, _SUBSCRIPTION,
        stored="ALTER SUBSCRIPTION su CONNECTION ''",
    ),
    Kind("ALTER SUBSCRIPTION", "ALTER SUBSCRIPTION su RENAME TO sv", {"sv": "subscription"}, _SUBSCRIPTION),
    Kind("DROP SUBSCRIPTION", "DROP SUBSCRIPTION su", {"su": "subscription"}, _SUBSCRIPTION),
)  # fmt: skip

_EXTENSIONS = (
    Kind("CREATE EXTENSION", "CREATE EXTENSION hstore", {"hstore": "extension"}, extension="hstore", lacking=_NO_CONTRIB, members=50),
    Kind("CREATE EXTENSION", "CREATE EXTENSION vector", {"vector": "extension"}, extension="vector", lacking=frozenset({15, 17}), members=50),
    Kind(
        "CREATE EXTENSION", "CREATE EXTENSION earthdistance CASCADE", {"earthdistance": "extension", "cube": "extension"},
        extension="earthdistance", lacking=_NO_CONTRIB, members=50,
    ),
    Kind(
        "ALTER EXTENSION", "ALTER EXTENSION pg_stat_statements UPDATE TO '1.10'", {"pg_stat_statements": "extension"},
        "CREATE EXTENSION pg_stat_statements VERSION '1.4'", extension="pg_stat_statements", lacking=_NO_CONTRIB, members=3,
    ),
    Kind("ALTER EXTENSION", "ALTER EXTENSION hstore SET SCHEMA n", {"hstore": "extension"}, "CREATE EXTENSION hstore; CREATE SCHEMA n", extension="hstore", lacking=_NO_CONTRIB, members=50),
    Kind(
        "DROP EXTENSION", "DROP EXTENSION hstore", {"hstore": "extension"},
        "CREATE EXTENSION hstore; CREATE TABLE t (id serial PRIMARY KEY, v int); CREATE INDEX ON t (v);"
        "ALTER EXTENSION hstore ADD TABLE t", extension="hstore", lacking=_NO_CONTRIB, members=50,
    ),
    Kind("ALTER EXTENSION", "ALTER EXTENSION plpgsql ADD TABLE t", {"plpgsql": "extension"}, _T),
    Kind("ALTER EXTENSION", "ALTER EXTENSION plpgsql DROP TABLE t", {"plpgsql": "extension"}, _T + "ALTER EXTENSION plpgsql ADD TABLE t"),
    Kind("DROP EXTENSION", "DROP EXTENSION hstore", {"hstore": "extension"}, "CREATE EXTENSION hstore", extension="hstore", lacking=_NO_CONTRIB),
    Kind(
        "DROP EXTENSION", "DROP EXTENSION cube CASCADE", {"cube": "extension", "earthdistance": "extension"},
        "CREATE EXTENSION earthdistance CASCADE", extension="earthdistance", lacking=_NO_CONTRIB,
    ),
)  # fmt: skip

KINDS = (*_FOREIGN, *_REPLICATION, *_EXTENSIONS)
