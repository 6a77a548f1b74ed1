"""The tables that tools document are read: those that cannot be run here, and tables that mean harm."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from dbtrack import histories
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from tests.support.command_line import run_dbtrack
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

pytestmark = pytest.mark.any_server

# As the tools create and fill them, by their documentation or source; the page is named in sql/queries/histories/.
_TABLES = """
CREATE SCHEMA "Fly Way";
CREATE TABLE "Fly Way".flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200),
    type varchar(20), script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp DEFAULT now(),
    execution_time int, success boolean);
INSERT INTO "Fly Way".flyway_schema_history VALUES
    (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', '"Fly Way"', NULL, 'deploy', '2026-03-01 11:00', 0, true),
    (1, '1', 'orders', 'SQL', 'V1__orders.sql', -1234, 'deploy', '2026-03-01 12:00', 1500, true),
    (2, '2', 'broken', 'SQL', 'V2__broken.sql', 77, 'deploy', '2026-03-02 12:00', 20, false);
CREATE TABLE databasechangelog (id varchar(255), author varchar(255), filename varchar(255), dateexecuted timestamp,
    orderexecuted int, exectype varchar(10), md5sum varchar(35), description varchar(255), comments varchar(255), tag varchar(255),
    liquibase varchar(20), contexts varchar(255), labels varchar(255), deployment_id varchar(10));
INSERT INTO databasechangelog VALUES ('add-orders', 'bob', 'db/changelog.xml', '2026-03-01 12:00', 1, 'EXECUTED', '9:abc',
    'createTable tableName=orders', '', NULL, '4.29', NULL, NULL, '2222222222');
CREATE SCHEMA rails;
CREATE TABLE rails.schema_migrations (version varchar PRIMARY KEY);
CREATE TABLE rails.ar_internal_metadata (key varchar PRIMARY KEY, value varchar);
INSERT INTO rails.schema_migrations VALUES ('20260301120000');
CREATE SCHEMA dbmate;
CREATE TABLE dbmate.schema_migrations (version varchar(128) PRIMARY KEY);
INSERT INTO dbmate.schema_migrations VALUES ('20260301120001');
CREATE SCHEMA gomigrate;
CREATE TABLE gomigrate.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO gomigrate.schema_migrations VALUES (7, true);
CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64), finished_at timestamptz, migration_name varchar(255),
    logs text, rolled_back_at timestamptz, started_at timestamptz DEFAULT now(), applied_steps_count int DEFAULT 0);
INSERT INTO _prisma_migrations VALUES
    ('a', 'c1', '2026-03-01 12:00:02+00', '20260301120000_init', NULL, NULL, '2026-03-01 12:00:00+00', 1),
    ('b', 'c2', NULL, '20260302120000_bad', 'ERROR: password=hunter2 is wrong', NULL, '2026-03-02 12:00:00+00', 0),
    ('c', 'c3', NULL, '20260303120000_running', NULL, NULL, '2026-03-03 12:00:00+00', 0);
CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint, is_applied boolean, tstamp timestamp DEFAULT now());
INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES (0, true, '2026-03-01'), (1, true, '2026-03-01 12:00');
CREATE SCHEMA sqitch;
CREATE TABLE sqitch.events (event text, change_id text, change text, project text, note text, requires text[], conflicts text[],
    tags text[], committed_at timestamptz, committer_name text, committer_email text, planned_at timestamptz, planner_name text,
    planner_email text);
INSERT INTO sqitch.events VALUES
    ('fail', 'x1', 'users', 'shop', 'Adds users', '{}', '{}', '{}', '2026-03-01 12:00+00', 'Ann', 'ann@example.com'),
    ('deploy', 'x1', 'users', 'shop', 'Adds users', '{}', '{}', '{}', '2026-03-01 13:00+00', 'Ann', 'ann@example.com'),
    ('revert', 'x1', 'users', 'shop', 'Adds users', '{}', '{}', '{}', '2026-03-01 14:00+00', 'Ann', 'ann@example.com');
CREATE TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch int, migration_time timestamptz);
INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('20260301_users.js', 1, '2026-03-01 12:00+00');
CREATE SCHEMA atlas_schema_revisions;
CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (version varchar PRIMARY KEY, description varchar, type bigint, applied bigint,
    total bigint, executed_at timestamptz, execution_time bigint, error text, error_stmt text, hash varchar, partial_hashes jsonb,
    operator_version varchar);
INSERT INTO atlas_schema_revisions.atlas_schema_revisions VALUES
    ('.atlas_cloud_identifier', 'x', 2, 0, 0, '2026-03-01 12:00+00', 0, '', '', '', NULL, ''),
    ('20260301', 'init', 2, 3, 3, '2026-03-01 12:00+00', 2000000, '', '', 'h1:x', NULL, 'v0.30');
"""
_EXPECTED = {
    ("flyway", "V1__orders.sql", "COMPLETED", "2026-03-01T11:59:58.500000+00:00", "deploy", None),
    ("flyway", "V2__broken.sql", "FAILED", "2026-03-02T11:59:59.980000+00:00", "deploy", None),
    (
        "liquibase",
        "db/changelog.xml::add-orders::bob",
        "COMPLETED",
        "2026-03-01T12:00:00+00:00",
        "[unknown]",
        "bob",
    ),
    ("prisma", "20260301120000_init", "COMPLETED", "2026-03-01T12:00:00+00:00", "[unknown]", None),
    ("prisma", "20260302120000_bad", "FAILED", "2026-03-02T12:00:00+00:00", "[unknown]", None),
    ("goose", "goose 1", "COMPLETED", "2026-03-01T12:00:00+00:00", "[unknown]", None),
    ("sqitch", "shop:users", "FAILED", "2026-03-01T12:00:00+00:00", "[unknown]", "Ann <ann@example.com>"),
    ("sqitch", "shop:users", "COMPLETED", "2026-03-01T13:00:00+00:00", "[unknown]", "Ann <ann@example.com>"),
    (
        "sqitch",
        "shop:users revert",
        "COMPLETED",
        "2026-03-01T14:00:00+00:00",
        "[unknown]",
        "Ann <ann@example.com>",
    ),
    ("knex", "20260301_users.js", "COMPLETED", "2026-03-01T12:00:00+00:00", "[unknown]", None),
    ("atlas", "20260301_init", "COMPLETED", "2026-03-01T12:00:00+00:00", "[unknown]", None),
}
# They have no times: what is recorded is when the table was read.
_WITHOUT_TIME = {
    ("rails", "rails 20260301120000", "COMPLETED"),
    ("dbmate", "dbmate 20260301120001", "COMPLETED"),
    ("golang-migrate", "golang-migrate 7", "FAILED"),
}


def test_the_documented_tables_are_found_and_read(server: Server, installed_conninfo: str) -> None:
    environment = server.environment(str(conninfo_to_dict(installed_conninfo)["dbname"])) | {"PGTZ": "UTC"}
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_TABLES.encode())
        done = run_dbtrack("import", "--format", "json", environment=environment)
        assert done.returncode == 0, done.stderr
        rows = json.loads(done.stdout)["rows"]
        timed = [
            row
            for row in rows
            if (row["tool"], row["script_name"], row["execution_status"]) not in _WITHOUT_TIME
        ]
        assert len(rows) == len(_EXPECTED) + len(_WITHOUT_TIME)
        assert {
            (
                row["tool"],
                row["script_name"],
                row["execution_status"],
                row["execution_timestamp"],
                row["login"],
                row["author"],
            )
            for row in timed
        } == _EXPECTED
        checksums = connection.execute(
            "SELECT execution_duration_ms, metadata ->> 'migration_checksum' FROM script_tracking.script_execution_s"
            " WHERE script_name IN ('V1__orders.sql', '20260301_init') ORDER BY script_name COLLATE \"C\""
        ).fetchall()
        assert checksums == [(2, "h1:x"), (1500, "-1234")]
        secret = connection.execute(
            "SELECT count(*) FROM script_tracking.script_execution_s WHERE error_message LIKE '%hunter2%'"
        ).fetchone()
        assert secret == (0,)

        # One that ran meanwhile, and the one that has ended now.
        connection.execute("UPDATE _prisma_migrations SET finished_at = now() WHERE id = 'c'")
        connection.execute("UPDATE gomigrate.schema_migrations SET dirty = false")
        again = run_dbtrack("import", "--format", "json", environment=environment | {"PGTZ": "Asia/Tokyo"})
        names = {row["script_name"] for row in json.loads(again.stdout)["rows"]}
        assert names == {"20260303120000_running", "golang-migrate 7"}
        other = run_dbtrack("import", "flyway", "--timezone", "Asia/Tokyo", environment=environment)
        assert (other.returncode, "in the time zone UTC before" in other.stderr) == (2, True)


def test_what_is_asked_for_and_not_there_is_refused(server: Server, installed: Database) -> None:
    environment = server.environment(installed.name)
    for words, code, message in (
        (["import"], 1, "no migration tool has a table in"),
        (["import", "flyway"], 1, "flyway has no table in"),
        (["import", "excel"], 2, "unknown migration tool: excel"),
        (["import", "schemahero"], 2, "kubectl schemahero get migrations"),
        (["import", "--table", "x"], 2, "--table needs the tool"),
        (["import", "flyway", "--table", "nobody"], 2, "there is no table nobody"),
        (
            ["import", "flyway", "--table", "script_tracking.setting"],
            2,
            "it has no installed_rank, script, success",
        ),
    ):
        done = run_dbtrack(*words, environment=environment)
        assert (done.returncode, message in done.stderr) == (code, True), done.stderr


def test_a_table_of_another_name_and_without_a_privilege(installed: Database, role: RoleFactory) -> None:
    installed.execute('CREATE SCHEMA "My App"')
    installed.execute('CREATE TABLE "My App"."Version" (version_num varchar(32))')
    installed.execute('INSERT INTO "My App"."Version" VALUES (\'abc\')')
    admin = role("keeper", member_of=["dbtrack_admin"])
    installed.execute(f'GRANT USAGE ON SCHEMA "My App" TO {admin}')
    alembic = histories.find_tool("alembic")
    with psycopg.connect(installed.raw.info.dsn, user=admin, autocommit=True) as raw:
        database = Database.wrap(raw)
        history = histories.named_history(database, alembic, '"My App"."Version"')
        assert (history.table, history.is_readable) == ('"My App"."Version"', False)
        with pytest.raises(DbtrackError):
            histories.import_history(database, history)
        installed.execute(f'GRANT SELECT ON "My App"."Version" TO {admin}')
        [row] = histories.import_history(database, history).rows
        assert row[2] == "alembic abc"
        # From now on maintain knows the table; one that is gone does not fail.
        assert histories.import_known(database) == (0, [])
        installed.execute('DROP SCHEMA "My App" CASCADE')
        assert histories.import_known(database) == (0, [])


def test_a_table_cannot_make_the_administrator_run_its_owner_s_code(
    installed: Database, role: RoleFactory
) -> None:
    """A view, a policy and a cast to json would each run it with the rights of whoever imports."""
    owner, admin = role("mallory"), role("keeper", member_of=["dbtrack_admin", "pg_read_all_data"])
    installed.execute(f"CREATE SCHEMA trap AUTHORIZATION {owner}")
    dsn = installed.raw.info.dsn
    with psycopg.connect(dsn, user=owner, autocommit=True) as mallory:
        for statement in (
            "CREATE TABLE trap.log (who text)",
            "GRANT USAGE ON SCHEMA trap TO PUBLIC",
            (
                "CREATE FUNCTION trap.spring() RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
                " INSERT INTO trap.log VALUES (current_user); RETURN 'x'; END $$"
            ),
            "GRANT ALL ON trap.log TO PUBLIC",
            "CREATE VIEW trap.alembic_version AS SELECT trap.spring() AS version_num",
            "CREATE TYPE trap.pair AS (a int)",
            (
                "CREATE FUNCTION trap.as_json(trap.pair) RETURNS json LANGUAGE plpgsql AS $$ BEGIN"
                " PERFORM trap.spring(); RETURN '{}'; END $$"
            ),
            "CREATE CAST (trap.pair AS json) WITH FUNCTION trap.as_json(trap.pair)",
            "CREATE TABLE trap.schema_migrations (version varchar(128), more trap.pair)",
            "INSERT INTO trap.schema_migrations VALUES ('1', ROW(1))",
            "CREATE TABLE trap.django_migrations (app text, name text, applied timestamptz)",
            "INSERT INTO trap.django_migrations VALUES ('a', 'b', now())",
            "ALTER TABLE trap.django_migrations ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY p ON trap.django_migrations USING (trap.spring() = 'x')",
            "GRANT SELECT ON ALL TABLES IN SCHEMA trap TO PUBLIC",
        ):
            mallory.execute(statement.encode())
    with psycopg.connect(dsn, user=admin, autocommit=True) as raw:
        database = Database.wrap(raw)
        found = {history.tool.name: history for history in histories.find_histories(database)}
        assert set(found) == {"django", "dbmate"}
        assert [row[2] for row in histories.import_history(database, found["dbmate"]).rows] == ["dbmate 1"]
        with pytest.raises(DbtrackError, match="row-level security"):
            histories.import_history(database, found["django"])
        with pytest.raises(UsageError):
            histories.named_history(database, histories.find_tool("alembic"), "trap.alembic_version")
        with pytest.raises(DbtrackError, match="is not a table"):
            database.call("read_migration_history", p_table="trap.alembic_version")
    assert installed.rows("SELECT who FROM trap.log") == []


def test_only_an_administrator_imports(installed: Database, role: RoleFactory) -> None:
    operator = role("deploy", member_of=["dbtrack_operator"])
    with psycopg.connect(installed.raw.info.dsn, user=operator, autocommit=True) as raw:
        arguments: dict[str, Any] = {
            "p_tool": "x",
            "p_table": "pg_class",
            "p_rows": "[]",
            "p_time_zone": "UTC",
        }
        with pytest.raises(DbtrackError, match="permission denied"):
            Database.wrap(raw).call("import_migrations", **arguments)


def test_objects_from_before_the_record_are_found_by_xmin(installed: Database) -> None:
    """The catalogs name the transaction: the table of the migration, and not the tool's own, nor others."""
    installed.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    installed.execute("CREATE TABLE public.alembic_version (version_num varchar(32))")
    with installed.transaction():
        installed.execute("CREATE TABLE public.old_orders (id int)")
        installed.execute("INSERT INTO public.alembic_version VALUES ('v1')")
    installed.execute("CREATE TABLE public.other (id int)")
    [history] = histories.find_histories(installed)
    [row] = histories.import_history(installed, history).rows
    assert (row[8], row[9]) == ("catalog", ["public.old_orders"])


def test_transactions_say_which_ddl_a_migration_ran(installed: Database) -> None:
    """Several rows in one transaction, a row in a savepoint, a row after the commit, and two sessions at once."""

    def note(name: str) -> None:
        installed.execute(
            f"INSERT INTO public.django_migrations VALUES ('shop', '{name}', clock_timestamp())"
        )

    installed.execute("CREATE TABLE public.django_migrations (app text, name text, applied timestamptz)")
    with installed.transaction():
        installed.execute("CREATE TABLE public.one (id int)")
        note("0001")
        installed.execute("CREATE TABLE public.two (id int)")
        note("0002")
    with installed.transaction():
        installed.execute("CREATE TABLE public.three (id int)")
        with installed.transaction():
            note("0003")
    installed.execute("CREATE TABLE public.four (id int)")
    note("0004")
    installed.execute("CREATE TABLE public.five (id int)")
    with psycopg.connect(installed.raw.info.dsn, autocommit=True) as other:
        other.execute("CREATE TABLE public.noise (id int)")
    note("0005")
    [history] = histories.find_histories(installed)
    found = {row[2]: (row[8], row[9]) for row in histories.import_history(installed, history).rows}
    assert found == {
        "shop.0001": ("transaction", ["public.one"]),
        "shop.0002": ("transaction", ["public.two"]),
        "shop.0003": ("session", ["public.three"]),
        "shop.0004": ("session", ["public.four"]),
        "shop.0005": (None, []),
    }
