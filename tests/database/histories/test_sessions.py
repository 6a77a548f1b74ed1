"""Which DDL belongs to a row that its tool wrote in another transaction than its DDL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbtrack import histories
from dbtrack.db import Database
from dbtrack.errors import UsageError

pytestmark = pytest.mark.any_server

_KNEX = "CREATE TABLE public.knex_migrations (id serial PRIMARY KEY, name text, batch int, migration_time timestamptz)"
_NOTE = "INSERT INTO public.knex_migrations (name, batch, migration_time) VALUES (%(name)s, 1, clock_timestamp() + %(after)s::interval)"


@pytest.fixture
def person(installed: Database) -> Iterator[psycopg.Connection[Any]]:
    """Somebody in psql, in a session of their own."""
    with psycopg.connect(installed.raw.info.dsn, autocommit=True) as connection:
        yield connection


def _import(database: Database, **options: Any) -> list[tuple[Any, ...]]:
    [history] = histories.find_histories(database)
    return [(row[2], row[7], row[9]) for row in histories.import_history(database, history, **options).rows]


def _note(installed: Database, name: str, after: str = "0") -> None:
    installed.execute(_NOTE, {"name": name, "after": after})


def test_the_last_of_several_sessions_wrote_a_row_with_a_time(
    installed: Database, person: psycopg.Connection[Any]
) -> None:
    installed.execute(_KNEX)
    # The tool's own table, made with the other: no migration.
    installed.execute("CREATE TABLE public.knex_migrations_lock (is_locked int)")
    installed.execute("CREATE TABLE public.a (id int)")
    _note(installed, "first")
    person.execute("CREATE TABLE public.by_hand (id int)")
    person.execute("SELECT pg_sleep(1.1)")
    installed.execute("ALTER TABLE public.a ADD b int")
    _note(installed, "second")
    assert _import(installed) == [("first", 1, ["public.a"]), ("second", 1, ["public.a"])]


def test_sessions_at_once_and_rows_long_after_are_nobody_s(
    installed: Database, person: psycopg.Connection[Any]
) -> None:
    installed.execute(_KNEX)
    installed.execute("CREATE TABLE public.a (id int)")
    person.execute("CREATE TABLE public.by_hand (id int)")
    installed.execute("ALTER TABLE public.a ADD b int")
    _note(installed, "between")
    person.execute("ALTER TABLE public.by_hand ADD b int")
    installed.execute("ALTER TABLE public.a ADD c int")
    _note(installed, "two minutes later", "2 minutes")
    installed.execute("ALTER TABLE public.a ADD d int")
    _note(installed, "alone", "2 minutes")
    installed.execute("ALTER TABLE public.a ADD e int")
    _note(installed, "another day", "20 minutes")
    assert [row[:2] for row in _import(installed)] == [
        ("between", 0),
        ("two minutes later", 0),
        ("alone", 1),
        ("another day", 0),
    ]


def test_a_row_without_a_time_that_was_written_again_has_the_last_session_s(
    installed: Database, person: psycopg.Connection[Any]
) -> None:
    installed.execute("CREATE TABLE public.schema_migrations (version text PRIMARY KEY)")
    installed.execute("CREATE TABLE public.a (id int)")
    installed.execute("INSERT INTO public.schema_migrations VALUES ('1')")
    assert _import(installed) == [("dbmate 1", 1, ["public.a"])]
    person.execute("CREATE TABLE public.by_hand (id int)")
    person.execute("DROP TABLE public.a")
    assert _import(installed) == []
    installed.execute("DELETE FROM public.schema_migrations")
    installed.execute("SELECT pg_sleep(1.1)")
    installed.execute("CREATE TABLE public.a (id int, again int)")
    installed.execute("INSERT INTO public.schema_migrations VALUES ('1')")
    assert _import(installed) == [("dbmate 1", 1, ["public.a"])]
    # Without a time, a row that is new tells nothing of two sessions.
    person.execute("ALTER TABLE public.by_hand ADD b int")
    installed.execute("ALTER TABLE public.a ADD b int")
    installed.execute("INSERT INTO public.schema_migrations VALUES ('2')")
    assert _import(installed) == [("dbmate 2", 0, [])]
    assert _import(installed) == []


def test_a_table_without_rows_keeps_no_zone_unless_it_is_given(installed: Database) -> None:
    installed.execute("SET TIME ZONE 'UTC'")
    installed.execute(
        "CREATE TABLE public.goose_db_version (id int, version_id bigint, is_applied bool, tstamp timestamp)"
    )

    def kept() -> list[str | None]:
        return [zone for _tool, _table, zone in installed.call("get_imported_histories")]

    with pytest.raises(UsageError, match="Nowhere/Land"):
        _import(installed, zone="Nowhere/Land")
    assert kept() == []
    assert (_import(installed), kept()) == ([], [None])
    assert (_import(installed, zone="Asia/Tokyo"), kept()) == ([], ["Asia/Tokyo"])
    assert (_import(installed), kept()) == ([], ["Asia/Tokyo"])


@pytest.mark.parametrize(("zone", "distance"), [("Asia/Tokyo", "9:00 h after"), ("America/Caracas", "4:00 h before")])  # fmt: skip
def test_a_zone_that_is_not_the_tool_s_is_refused_before_it_is_kept(
    installed: Database, zone: str, distance: str
) -> None:
    installed.execute("SET TIME ZONE 'UTC'")
    installed.execute(
        "CREATE TABLE public.databasechangelog (id text, author text, filename text, dateexecuted timestamp, orderexecuted int,"
        " exectype text, md5sum text, description text, comments text)"
    )
    for name in ("one", "two"):
        installed.execute(f"CREATE TABLE public.{name} (id int)")
        installed.execute(
            "INSERT INTO public.databasechangelog VALUES"
            " (%(name)s, 'bob', 'c.sql', clock_timestamp() AT TIME ZONE %(zone)s, 1, 'EXECUTED', '9:x', 'sql', '')",
            {"name": name, "zone": zone},
        )
    with pytest.raises(UsageError, match=f"in the time zone UTC the times in .* are {distance} their DDL"):
        _import(installed)
    expected = [("c.sql::one::bob", 1, ["public.one"]), ("c.sql::two::bob", 1, ["public.two"])]
    assert _import(installed, zone=zone) == expected
    assert _import(installed) == []
