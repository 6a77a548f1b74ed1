"""What real migration tools ran without `dbtrack track` is attributed to their migrations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support.command_line import run_dbtrack
from tests.support.migration_tools import Alembic, apply_yoyo, migrate_django
from tests.support.servers import Sandbox, Server

pytestmark = [pytest.mark.any_server, pytest.mark.slow]


class Site(NamedTuple):
    """A database in which the tools have run, and then the first import."""

    environment: dict[str, str]
    connection: psycopg.Connection[Any]
    alembic: Alembic
    first: dict[str, Any]


@pytest.fixture(scope="module")
def site(server: Server, installed_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    sandbox = Sandbox(server)
    conninfo = sandbox.database(installed_template)
    name = str(conninfo_to_dict(conninfo)["dbname"])
    environment = server.environment(name)
    directory = tmp_path_factory.mktemp("tools")
    alembic = Alembic(directory / "alembic", server, name)
    alembic.add("aaa1", "CREATE TABLE public.orders (order_id int PRIMARY KEY)")
    alembic.run("upgrade", "head")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        # Not a migration: it must stay what it is.
        connection.execute("ALTER TABLE public.orders ADD COLUMN by_hand int")
        migrate_django(directory / "django", server, name)
        apply_yoyo(
            directory / "yoyo",
            server,
            name,
            {
                "0001.parcels": "CREATE TABLE public.parcels (parcel_id int)",
                "0002.weight": "ALTER TABLE public.parcels ADD COLUMN weight int",
            },
        )
        tried = _json(environment, "import", "--dry-run")
        first = _json(environment, "import")
        assert [row["execution_key"] for row in tried] == [row["execution_key"] for row in first]
        yield Site(environment, connection, alembic, {row["script_name"]: row for row in first})
    sandbox.close()


def _json(environment: dict[str, str], *words: str) -> Any:
    done = run_dbtrack(*words, "--format", "json", environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)["rows"]


def _blame(site: Site, table: str) -> dict[str, str]:
    rows = _json(site.environment, "blame", table)
    columns = [row for row in rows if row["kind"] == "column" and not row["is_dropped"]]
    return {row["name"]: row["changed_name"] for row in columns}


def test_blame_names_the_migration_of_each_tool(site: Site) -> None:
    assert _blame(site, "public.orders") == {"order_id": "alembic aaa1", "by_hand": "ALTER TABLE"}
    users = _blame(site, "public.auth_user")
    assert users["username"] == "auth.0008_alter_user_username_max_length"
    # Django commits before it notes a migration with indexes that it defers.
    assert users["password"] == "auth.0001_initial"
    assert _blame(site, "public.parcels") == {"parcel_id": "0001.parcels", "weight": "0002.weight"}
    known = {name: site.first[name]["attributed_by"] for name in ("alembic aaa1", "auth.0001_initial")}
    assert known == {"alembic aaa1": "transaction", "auth.0001_initial": "session"}


def test_an_execution_says_what_the_tool_says(site: Site) -> None:
    applied = dict(
        site.connection.execute("SELECT app || '.' || name, applied FROM django_migrations").fetchall()
    )
    stored = site.connection.execute(
        "SELECT script_name, script_type, execution_status, (metadata ->> 'applied_at')::timestamptz, db_session_user,"
        " split_part(record_source, '@', 1), execution_timestamp <= (metadata ->> 'applied_at')::timestamptz"
        " FROM script_tracking.script_execution_s WHERE metadata ->> 'migration_tool' = 'django'"
    ).fetchall()
    assert {name: moment for name, _, _, moment, _, _, _ in stored} == applied
    assert {row[1:3] + row[5:] for row in stored} == {("MIGRATION", "COMPLETED", "history_import", True)}
    # What a migration without DDL ran as is not in the record.
    assert {row[4] for row in stored} == {"postgres", "[unknown]"}
    [author] = site.connection.execute(
        "SELECT metadata ->> 'migration_author' FROM script_tracking.script_execution_s WHERE script_name = '0002.weight'"
    ).fetchone() or [None]
    assert "@" in author


def test_every_link_is_confirmed_by_the_record(site: Site) -> None:
    unproven = site.connection.execute(
        "SELECT p.script_name, c.script_name FROM script_tracking.script_execution_parent_l AS l"
        " CROSS JOIN script_tracking.execution_versions(l.parent_execution_hk) AS p"
        " CROSS JOIN script_tracking.execution_versions(l.child_execution_hk) AS c"
        " WHERE NOT script_tracking.is_proven_link(l.link_type, p, c)"
    ).fetchall()
    assert unproven == []


def test_only_what_is_new_is_recorded_by_import_and_by_maintain(site: Site) -> None:
    again = run_dbtrack("import", environment=site.environment)
    assert (again.returncode, again.stdout) == (0, "")
    assert "recorded 0 of 1 rows of public.alembic_version (alembic)" in again.stderr

    site.alembic.add(
        "bbb2",
        "ALTER TABLE public.orders ADD COLUMN due_on date",
        "ALTER TABLE public.orders DROP COLUMN due_on",
    )
    site.alembic.run("upgrade", "head")
    shown = run_dbtrack("maintain", "-v", environment=site.environment)
    assert "migrations: done, 1 recorded from migration tools" in shown.stderr
    assert _blame(site, "public.orders")["due_on"] == "alembic bbb2"

    # The same revision once more: Alembic's table has no time, but there is DDL that is nobody's yet.
    site.alembic.run("downgrade", "-1")
    run_dbtrack("maintain", environment=site.environment)
    site.alembic.run("upgrade", "head")
    run_dbtrack("maintain", environment=site.environment)
    runs = _json(site.environment, "history", "--name", "alembic bbb2", "--limit", "9")
    assert len(runs) == 2
    assert _blame(site, "public.orders")["due_on"] == "alembic bbb2"
    assert _json(site.environment, "import") == []


def test_a_migration_of_a_wrapped_run_belongs_to_that_run(site: Site) -> None:
    site.alembic.add("ccc3", "ALTER TABLE public.orders ADD COLUMN wrapped int")
    site.alembic.run("upgrade", "head", prefix=["dbtrack", "track", "deploy", "--ticket", "OPS-1", "--"])
    [row] = _json(site.environment, "import", "alembic")
    assert (row["script_name"], row["changes"], row["attributed_by"]) == ("alembic ccc3", 1, "transaction")
    assert _blame(site, "public.orders")["wrapped"] == "deploy"
    inside = site.connection.execute(
        "SELECT c.script_name, script_tracking.is_proven_link(l.link_type, p, c)"
        " FROM script_tracking.script_execution_parent_l AS l"
        " CROSS JOIN script_tracking.execution_versions(l.parent_execution_hk) AS p"
        " CROSS JOIN script_tracking.execution_versions(l.child_execution_hk) AS c"
        " WHERE p.script_name = 'deploy' AND p.load_end_date IS NULL ORDER BY c.script_type"
    ).fetchall()
    assert inside == [("ALTER TABLE", True), ("alembic ccc3", True)]
