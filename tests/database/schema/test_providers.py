"""What a managed service allows and refuses, done on a plain server: installation, capture or the other ways, doctor's words.

A plain server lets no role but a superuser create an event trigger. Where a provider does, the login is a superuser for that moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.schema.providers import Provider, guess_provider, providers
from dbtrack.suspension import resume, suspend
from tests.support.command_line import run_dbtrack
from tests.support.servers.sandbox import RoleFactory
from tests.support.witness import Connection

_LOGGED = """2026-11-28 02:00:00 UTC:10.0.0.1(5432):{login}@{database}:[77]:ERROR:  relation "nothing" does not exist
2026-11-28 02:00:00 UTC:10.0.0.1(5432):{login}@{database}:[77]:STATEMENT:  ALTER TABLE nothing ADD COLUMN a int
2026-11-28 02:00:01 UTC:10.0.0.1(5432):{login}@{database}:[77]:LOG:  statement: CREATE ROLE analyst
"""
# One of each kind; the wide run takes all, on the newest server.
_WIDE = (pytest.mark.matrix, pytest.mark.newest)
_REFUSING = (
    "heroku",
    *(pytest.param(name, marks=_WIDE) for name in ("azure", "aiven", "digitalocean", "aurora")),
)
_ALLOWING = (
    "supabase",
    *(pytest.param(name, marks=_WIDE) for name in ("rds", "cloudsql", "alloydb", "neon")),
)


@pytest.fixture
def signed(request: pytest.FixtureRequest, connection: Connection) -> Iterator[Provider]:
    """A provider whose first sign the server shows."""
    provider = providers()[request.param]
    kind, name = provider.signs[0].split(":")
    made, undone = {
        "role": (f"CREATE ROLE {name}", f"DROP ROLE {name}"),
        "schema": (f"CREATE SCHEMA {name}", "SELECT 1"),
        "routine": (f"CREATE FUNCTION {name}() RETURNS text LANGUAGE sql AS 'SELECT ''16.1'''", "SELECT 1"),
    }[kind]
    connection.execute(made.encode())
    yield provider
    for statement in (f"DROP OWNED BY {name} CASCADE",) * (kind == "role") + (undone,):
        connection.execute(statement.encode())


@pytest.fixture
def main_login(connection: Connection, role: RoleFactory) -> str:
    """The login that a provider gives: it creates roles and databases, and is not a superuser."""
    login = role("main")
    connection.execute(f"ALTER ROLE {login} CREATEROLE CREATEDB".encode())
    connection.execute(f"ALTER DATABASE {connection.info.dbname} OWNER TO {login}".encode())
    connection.execute(f"GRANT ALL ON SCHEMA public TO {login}".encode())
    return login


def as_login(connection: Connection, login: str) -> str:
    info = connection.info
    return psycopg.conninfo.make_conninfo(host=info.host, port=info.port, dbname=info.dbname, user=login)


@contextmanager
def superuser(connection: Connection, login: str) -> Iterator[None]:
    """For the length of the block a login is a superuser, as a provider's own code makes it for one statement."""
    connection.execute(f"ALTER ROLE {login} SUPERUSER".encode())
    yield
    connection.execute(f"ALTER ROLE {login} NOSUPERUSER".encode())


def doctor(conninfo: str) -> dict[str, dict[str, str]]:
    done = run_dbtrack("doctor", "--provider", "auto", "--format", "json", "-d", conninfo)
    assert done.returncode == 0, done.stderr
    return {row["area"]: row for row in json.loads(done.stdout)["rows"]}


@pytest.mark.parametrize("signed", _REFUSING, indirect=True)
def test_where_event_triggers_are_refused_the_other_ways_record(
    signed: Provider, connection: Connection, main_login: str, tmp_path: Path
) -> None:
    conninfo = as_login(connection, main_login)
    # Before anything is installed it says what will be captured.
    assert doctor(conninfo)["DDL"]["here"] == "dbtrack is not installed"
    done = run_dbtrack("install", "--role-prefix", f"t_{signed.name}", "-d", conninfo)
    assert done.returncode == 0, done.stderr
    assert f"{main_login} may not create event triggers" in done.stderr
    ddl = doctor(conninfo)["DDL"]
    assert (ddl["provider"], ddl["here"]) == (signed.name, "the event triggers are missing")
    assert ddl["captured"] in {"no", "not checked"}

    with psycopg.connect(conninfo, autocommit=True) as session:
        database = Database.wrap(session)
        found = [finding for finding in schema.diagnose(database) if finding.subject.startswith("et_")]
        assert {finding.remedy_sql for finding in found} == {signed.remedy}
        assert f"doctor --provider {signed.name}" in signed.remedy
        schema.reconcile(database)
        session.execute("CREATE TABLE unseen (id int)")
        assert "public.unseen" in {row[1] for row in schema.reconcile(database).unattributed}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("ALTER SYSTEM SET log_statement = 'ddl'")
        with pytest.raises(DbtrackError, match="nothing to suspend"):
            suspend(database, "major upgrade")
    log = tmp_path / "postgresql.log"
    log.write_text(_LOGGED.format(login=main_login, database=connection.info.dbname))
    done = run_dbtrack("ingest", str(log), "--prefix", "%t:%r:%u@%d:[%p]:", "-d", conninfo)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(conninfo) as session:
        rows = session.execute(
            "SELECT script_name, execution_status FROM script_tracking.current_execution WHERE script_type = 'DDL_LOG'"
        ).fetchall()
    assert sorted(rows) == [("ALTER TABLE", "FAILED"), ("CREATE ROLE", "COMPLETED")]


@pytest.mark.parametrize("signed", _ALLOWING, indirect=True)
def test_where_the_main_user_may_create_them_they_capture(
    signed: Provider, connection: Connection, main_login: str
) -> None:
    conninfo = as_login(connection, main_login)
    if signed.name == "supabase":
        connection.execute(
            f"ALTER DATABASE {connection.info.dbname} SET supautils.reserved_roles = 'supabase_admin'".encode()
        )
    words = ("install", "-q", "--role-prefix", f"t_{signed.name}", "-d", conninfo)
    run_dbtrack(*words)
    with psycopg.connect(conninfo, autocommit=True) as session:
        database = Database.wrap(session)
        remedies = {
            finding.remedy_sql for finding in schema.diagnose(database) if finding.subject.startswith("et_")
        }
        assert remedies == {f"dbtrack install # as {signed.installer}"}
        with superuser(connection, main_login):
            assert run_dbtrack(*words).returncode == 0
        session.execute("CREATE TABLE seen (id int)")
        assert database.value(
            "SELECT affected_objects FROM script_tracking.current_execution WHERE script_type = 'DDL_AUTO'"
        ) == ["public.seen"]
        assert doctor(conninfo)["DDL"]["here"] == "the event triggers are there"
        if signed.name == "supabase":
            assert [finding.subject for finding in schema.diagnose(database)] == ["supautils"]
        # Their owner removes them without being a superuser. Where they may not come back, capture stays suspended, with a message.
        suspend(database, "major upgrade")
        session.execute("CREATE TABLE meanwhile (id int)")
        with pytest.raises(DbtrackError, match="capture stays suspended"):
            resume(database)
        with superuser(connection, main_login):
            found = resume(database).found
        assert "public.meanwhile" in {row[1] for row in found.unattributed}
        session.execute("CREATE TABLE afterwards (id int)")
        assert "public.afterwards" not in {row[1] for row in schema.reconcile(database).unattributed}


def test_a_plain_server_is_no_providers(installed: Database, installed_conninfo: str) -> None:
    assert guess_provider(installed) is None
    done = run_dbtrack("doctor", "--provider", "auto", "-d", installed_conninfo)
    assert done.returncode == 1
    assert "name it with --provider" in done.stderr
    done = run_dbtrack("doctor", "--provider", "oracle", "-d", installed_conninfo)
    assert (done.returncode, done.stdout) == (2, "")
    done = run_dbtrack("doctor", "--provider", "rds", "-d", installed_conninfo)
    assert done.returncode == 0
    assert done.stdout.startswith("Amazon RDS for PostgreSQL: install as the main user")
    assert "do: dbtrack suspend in each database before, dbtrack resume afterwards" in done.stdout
    assert "EventTriggers.html (2026-11-28)" in done.stdout
