"""What fires an event trigger, and what it is shown: PostgreSQL's behaviour, which capture leans on."""

from __future__ import annotations

import pytest

from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection, Sighting, Witness

pytestmark = pytest.mark.every_server


def only(sightings: list[Sighting], event: str) -> Sighting:
    found = [seen for seen in sightings if seen.event == event]
    assert len(found) == 1
    return found[0]


def test_shared_objects_and_maintenance_fire_nothing(witness: Witness, role: RoleFactory) -> None:
    name = role("shared")
    witness.connection.execute("CREATE TABLE clustered (id int PRIMARY KEY)")
    database = witness.connection.info.dbname
    events = witness.events(
        f"ALTER ROLE {name} CONNECTION LIMIT 5",
        f"COMMENT ON ROLE {name} IS 'x'",
        f"GRANT pg_monitor TO {name}",
        f"ALTER DATABASE {database} SET work_mem = '5MB'",
        f"GRANT CONNECT ON DATABASE {database} TO {name}",
        f"COMMENT ON DATABASE {database} IS 'x'",
        "ALTER SYSTEM RESET work_mem",
        f"REASSIGN OWNED BY {name} TO postgres",
        "CLUSTER clustered USING clustered_pkey",
        "VACUUM FULL clustered",
        "TRUNCATE clustered",
        "ALTER EVENT TRIGGER witness_start ENABLE ALWAYS",
    )
    assert events == []


def test_reindex_fires_from_17(witness: Witness, server: Server) -> None:
    witness.connection.execute("CREATE TABLE t (id int PRIMARY KEY)")
    events = witness.events("REINDEX TABLE t")
    assert events == (["ddl_command_start REINDEX", "ddl_command_end REINDEX"] if server.major >= 17 else [])


def test_a_drop_is_shown_to_sql_drop_only_and_with_its_parts(witness: Witness) -> None:
    witness.connection.execute("CREATE TABLE t (id serial PRIMARY KEY, code text UNIQUE)")
    sightings = witness.sees("DROP TABLE t")
    assert [seen.event for seen in sightings] == ["ddl_command_start", "sql_drop", "ddl_command_end"]
    assert sightings[-1].commands == []
    dropped = only(sightings, "sql_drop").dropped
    assert len(dropped) > 8, "toast, types, defaults, indexes"
    assert [d["object_identity"] for d in dropped if d["original"]] == ["public.t"]
    normal = [(d["object_type"], d["object_identity"]) for d in dropped if d["normal"]]
    assert normal == [("default value", "for public.t.id")], (
        "a serial's default is normal, and no object of its own"
    )


def test_what_goes_by_cascade_is_normal(witness: Witness) -> None:
    witness.connection.execute("CREATE TABLE t (id int); CREATE VIEW v AS SELECT * FROM t")
    dropped = only(witness.sees("DROP TABLE t CASCADE"), "sql_drop").dropped
    normal = [(d["object_type"], d["object_identity"]) for d in dropped if d["normal"]]
    assert normal == [("view", "public.v"), ("rule", '"_RETURN" on public.v')], "a view comes with its rule"


def test_one_create_table_is_shown_as_several_objects(witness: Witness) -> None:
    seen = only(witness.sees("CREATE TABLE t (id serial PRIMARY KEY, code text UNIQUE)"), "ddl_command_end")
    assert [command["command_tag"] for command in seen.commands] == [
        "CREATE SEQUENCE", "CREATE TABLE", "CREATE INDEX", "CREATE INDEX", "ALTER SEQUENCE",
    ]  # fmt: skip


def test_a_statement_that_did_nothing_fires_with_no_objects(witness: Witness) -> None:
    witness.connection.execute("CREATE TABLE t (id int)")
    sightings = witness.sees("CREATE TABLE IF NOT EXISTS t (id int)", "DROP TABLE IF EXISTS absent")
    assert [(seen.event, seen.tag) for seen in sightings] == [
        ("ddl_command_start", "CREATE TABLE"),
        ("ddl_command_end", "CREATE TABLE"),
        ("ddl_command_start", "DROP TABLE"),
        ("ddl_command_end", "DROP TABLE"),
    ]
    assert [seen.commands for seen in sightings] == [[], [], [], []]


@pytest.mark.parametrize(
    "statement",
    ["GRANT SELECT ON t TO PUBLIC", "REVOKE ALL ON t FROM PUBLIC",
     "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC"],
)  # fmt: skip
def test_privileges_are_shown_without_their_object(witness: Witness, statement: str) -> None:
    witness.connection.execute("CREATE TABLE t (id int)")
    [command] = only(witness.sees(statement), "ddl_command_end").commands
    assert command["command_tag"] in statement
    for key in ("classid", "objid", "schema_name", "object_identity"):
        assert command[key] is None


def test_a_rename_shows_the_new_name_only(witness: Witness) -> None:
    witness.connection.execute("CREATE TABLE before (id int)")
    [command] = only(witness.sees("ALTER TABLE before RENAME TO after"), "ddl_command_end").commands
    assert command["object_identity"] == "public.after"


def test_an_extensions_members_are_marked(witness: Witness, extension: str) -> None:
    sightings = witness.sees(f"CREATE EXTENSION {extension}")
    assert (sightings[0].event, sightings[0].tag) == ("ddl_command_start", "CREATE EXTENSION")
    ends = [seen for seen in sightings if seen.event == "ddl_command_end"]
    assert len(ends) > 20, "its script's commands fire inside it"
    assert all(command["in_extension"] for seen in ends[:-1] for command in seen.commands)
    outside = [command["command_tag"] for command in ends[-1].commands if not command["in_extension"]]
    assert outside == ["CREATE EXTENSION"]


def test_dropping_an_extension_names_it_as_original(witness: Witness, extension: str) -> None:
    witness.connection.execute(f"CREATE EXTENSION {extension}".encode())
    dropped = only(witness.sees(f"DROP EXTENSION {extension}"), "sql_drop").dropped
    assert len(dropped) > 20
    assert [d["object_identity"] for d in dropped if d["original"]] == [extension]
    assert len([d for d in dropped if d["normal"]]) > 20, "its members are normal too"


def test_temporary_objects_say_so(witness: Witness) -> None:
    sightings = witness.sees("CREATE TEMPORARY TABLE t (id int)", "DROP TABLE t")
    [command] = sightings[1].commands
    assert command["schema_name"] == "pg_temp"
    assert only(sightings, "sql_drop").dropped[0]["is_temporary"]


def test_a_temporary_table_goes_at_commit_unseen(witness: Witness) -> None:
    events = witness.events("CREATE TEMPORARY TABLE t (id int) ON COMMIT DROP")
    assert events == ["ddl_command_start CREATE TABLE", "ddl_command_end CREATE TABLE"]


def test_the_query_is_the_clients_whole_string(witness: Witness) -> None:
    text = "SELECT 1; CREATE TABLE t (id int); SELECT 2"
    assert {seen.query for seen in witness.sees(text)} == {text}


def test_the_query_of_ddl_in_a_function_is_the_call(witness: Witness) -> None:
    witness.connection.execute(
        "CREATE FUNCTION make_it() RETURNS void LANGUAGE plpgsql AS 'BEGIN CREATE TABLE made (id int); END'"
    )
    assert {seen.query for seen in witness.sees("SELECT make_it()")} == {"SELECT make_it()"}


def test_ddl_in_a_function_that_a_ddl_calls_fires_inside_it(witness: Witness) -> None:
    witness.connection.execute(
        "CREATE FUNCTION make_it() RETURNS int LANGUAGE plpgsql AS "
        "'BEGIN CREATE TABLE made (id int); RETURN 1; END'"
    )
    assert witness.events("CREATE TABLE outside AS SELECT make_it()") == [
        "ddl_command_start CREATE TABLE AS",
        "ddl_command_start CREATE TABLE",
        "ddl_command_end CREATE TABLE",
        "ddl_command_end CREATE TABLE AS",
    ]


def test_triggers_of_one_event_fire_in_order_of_name(witness: Witness) -> None:
    connection = witness.connection
    connection.execute("CREATE TABLE witness.names (id serial, name text)")
    for name in ("zebra", "ant"):
        connection.execute(
            f"CREATE FUNCTION {name}() RETURNS event_trigger LANGUAGE plpgsql AS "
            f"$$BEGIN INSERT INTO witness.names (name) VALUES ('{name}'); END$$;"
            f"CREATE EVENT TRIGGER {name} ON ddl_command_start EXECUTE FUNCTION {name}()"
        )
    connection.execute("TRUNCATE witness.names")
    connection.execute("CREATE TABLE t (id int)")
    names = connection.execute("SELECT name FROM witness.names ORDER BY id").fetchall()
    assert names == [("ant",), ("zebra",)]


def test_a_rewrite_is_shown_for_alter_table_only(witness: Witness) -> None:
    witness.connection.execute("CREATE TABLE t (id int PRIMARY KEY)")
    assert "table_rewrite ALTER TABLE" in witness.events("ALTER TABLE t ALTER id TYPE bigint")
    assert witness.events("VACUUM FULL t") == []


def test_a_replica_session_skips_triggers_that_are_not_always(witness: Witness) -> None:
    connection = witness.connection
    connection.execute("ALTER EVENT TRIGGER witness_end ENABLE ALWAYS")
    connection.execute("SET session_replication_role = replica")
    assert witness.events("CREATE TABLE t (id int)") == ["ddl_command_end CREATE TABLE"]


def test_a_superuser_can_switch_all_event_triggers_off_from_17(witness: Witness, server: Server) -> None:
    if server.major < 17:
        pytest.skip("there is no setting event_triggers before 17")
    assert witness.events("SET event_triggers = off", "CREATE TABLE t (id int)") == []


def test_ordinary_users_cannot_switch_event_triggers_off(
    connection: Connection, server: Server, role: RoleFactory
) -> None:
    name = role("ordinary")
    connection.execute(f"SET ROLE {name}")
    settings = ["session_replication_role"] + (["event_triggers"] if server.major >= 17 else [])
    for setting in settings:
        row = connection.execute("SELECT context FROM pg_settings WHERE name = %s", (setting,)).fetchone()
        assert row == ("superuser",)


@pytest.fixture
def extension(connection: Connection) -> str:
    available = {row[0] for row in connection.execute("SELECT name FROM pg_available_extensions")}
    return "hstore" if "hstore" in available else "vector"
