"""Install and upgrade: idempotent, all or nothing, honest about what could not be had."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, LockedError, PermissionDeniedError, UsageError
from dbtrack.schema.install_script import InstallOptions
from tests.support.golden_files import assert_golden
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

_TRIGGERS = "SELECT evtname, evtenabled FROM pg_event_trigger ORDER BY 1"
_ALWAYS = [
    ("et_ddl_command_end", "A"),
    ("et_ddl_command_start", "A"),
    ("et_sql_drop", "A"),
    ("et_table_rewrite", "A"),
]


def _open(conninfo: str, user: str | None = None) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(conninfo, autocommit=True, user=user)


@pytest.mark.every_server
def test_installs_triggers_that_always_fire(empty_conninfo: str) -> None:
    with _open(empty_conninfo) as connection:
        report = schema.install(Database.wrap(connection))
        assert report.has_capture
        assert report.from_version is None
        assert not report.warnings
        assert connection.execute(_TRIGGERS).fetchall() == _ALWAYS
        connection.execute("CREATE TABLE first (id int)")
        recorded = connection.execute(
            "SELECT affected_objects FROM script_tracking.script_execution_s"
        ).fetchall()
    assert recorded == [(["public.first"],)]


def test_a_second_install_changes_nothing_and_keeps_the_records(installed: Database) -> None:
    installed.execute("CREATE TABLE kept (id int)")
    before = installed.rows(
        "SELECT routine_identity, definition_hash FROM script_tracking.installed_routine ORDER BY 1"
    )
    report = schema.install(installed)
    after = installed.rows(
        "SELECT routine_identity, definition_hash FROM script_tracking.installed_routine ORDER BY 1"
    )
    assert after == before
    assert report.migrations == []
    assert report.from_version == report.to_version
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") == 1
    assert schema.diagnose(installed) == []


def test_the_printed_script_installs_the_same_by_psql(
    server: Server, empty_conninfo: str, tmp_path: Path
) -> None:
    script = tmp_path / "install.sql"
    script.write_text(schema.install_script())
    for _again in range(2):
        subprocess.run(
            [
                server.bin_dir / "psql",
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                empty_conninfo,
                "-f",
                script,
            ],
            check=True,
            capture_output=True,
        )
    with _open(empty_conninfo) as connection:
        assert schema.diagnose(Database.wrap(connection)) == []
        assert connection.execute(_TRIGGERS).fetchall() == _ALWAYS


def test_the_installers_own_work_is_not_captured(installed: Database) -> None:
    schema.install(installed)
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") == 0


def test_without_event_triggers_all_the_rest_is_installed(
    empty_conninfo: str, installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("plain")  # another database of the cluster has made the roles already
    with _open(empty_conninfo) as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {connection.info.dbname} TO {login}")
        for group in ("owner", "reader", "operator", "admin"):
            connection.execute(f"GRANT dbtrack_{group} TO {login}")
    with _open(empty_conninfo, user=login) as connection:
        report = schema.install(Database.wrap(connection))
        assert not report.has_capture
        assert any("may not create event triggers" in warning for warning in report.warnings)
        key = connection.execute("SELECT script_tracking.track_operation('by hand')").fetchone()
        assert key is not None
        assert connection.execute("SELECT script_tracking.complete_operation(%s)", key).fetchone() == (True,)


def test_require_capture_leaves_nothing_behind(
    empty_conninfo: str, installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("plain")
    with _open(empty_conninfo) as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {connection.info.dbname} TO {login}")
        connection.execute(f"GRANT dbtrack_owner TO {login}")
    with _open(empty_conninfo, user=login) as connection:
        with pytest.raises(DbtrackError, match="nothing was installed"):
            schema.install(Database.wrap(connection), InstallOptions(require_capture=True))
        assert connection.execute("SELECT to_regnamespace('script_tracking')").fetchone() == (None,)


def test_a_role_without_rights_gets_the_grant_it_needs(empty_conninfo: str, role: RoleFactory) -> None:
    with (
        _open(empty_conninfo, user=role("plain")) as connection,
        pytest.raises((DbtrackError, PermissionDeniedError), match="may not create a schema") as caught,
    ):
        schema.install(Database.wrap(connection))
    assert "GRANT CREATE ON DATABASE" in str(caught.value.hint)


def test_no_login_can_keep_an_install_away_by_an_advisory_lock(
    empty_conninfo: str, role: RoleFactory
) -> None:
    with _open(empty_conninfo, user=role("anybody")) as holder, _open(empty_conninfo) as installer:
        holder.execute("SELECT pg_advisory_lock(hashtextextended('dbtrack install', 0))")
        for _again in range(2):
            schema.install(Database.wrap(installer), InstallOptions(lock_timeout_seconds=1))


@pytest.mark.every_server
def test_installs_at_once_wait_for_each_other(empty_conninfo: str) -> None:
    def run(_number: int) -> object:
        with _open(empty_conninfo) as connection:
            return schema.install(Database.wrap(connection), InstallOptions(lock_timeout_seconds=60))

    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(run, range(4)))) == 4
    with _open(empty_conninfo) as connection:
        assert schema.diagnose(Database.wrap(connection)) == []


def test_an_install_that_cannot_get_a_lock_names_who_holds_it(installed_conninfo: str) -> None:
    with psycopg.connect(installed_conninfo) as holder, _open(installed_conninfo) as second:
        holder.execute("LOCK TABLE script_tracking.schema_migration -- with 'a secret'")
        with pytest.raises(LockedError, match="nothing was installed") as caught:
            schema.install(Database.wrap(second), InstallOptions(lock_timeout_seconds=1))
        process = holder.info.backend_pid
    assert f"process {process} (postgres) has held a lock since" in caught.value.message
    assert "LOCK TABLE script_tracking.schema_migration" in caught.value.message
    assert "a secret" not in caught.value.message


def test_an_install_that_waits_for_a_prepared_transaction_names_it(installed_conninfo: str) -> None:
    with _open(installed_conninfo) as holder, _open(installed_conninfo) as second:
        holder.execute("BEGIN; LOCK TABLE script_tracking.schema_migration; PREPARE TRANSACTION 'forgotten'")
        try:
            with pytest.raises(LockedError, match="prepared transaction forgotten"):
                schema.install(Database.wrap(second), InstallOptions(lock_timeout_seconds=1))
        finally:
            holder.execute("ROLLBACK PREPARED 'forgotten'")


def test_an_install_waits_for_a_transaction_that_has_recorded(installed_conninfo: str) -> None:
    with _open(installed_conninfo) as holder, _open(installed_conninfo) as second:
        with holder.transaction():
            holder.execute("CREATE TABLE recorded ()")
            with pytest.raises(LockedError, match="nothing was installed"):
                schema.install(Database.wrap(second), InstallOptions(lock_timeout_seconds=1))
            holder.execute("CREATE TABLE recorded_too ()")
        schema.install(Database.wrap(second), InstallOptions(lock_timeout_seconds=1))


def test_a_role_prefix_that_is_not_a_name_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot begin the name of a role"):
        InstallOptions(role_prefix="Robert'); --")


def test_own_role_names(empty_conninfo: str, role: RoleFactory) -> None:
    prefix = role("own", login=False)[:40]
    names = [f"{prefix}_{purpose}" for purpose in ("owner", "reader", "operator", "admin")]
    with _open(empty_conninfo) as connection:
        schema.install(Database.wrap(connection), InstallOptions(role_prefix=prefix))
        owners = connection.execute(
            "SELECT DISTINCT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'script_tracking'::regnamespace"
        ).fetchall()
        assert owners == [(names[0],)]
        schema.uninstall(Database.wrap(connection), keep_data=False)
        for name in names:
            connection.execute(f"DROP OWNED BY {name}")
            connection.execute(f"DROP ROLE {name}")


def test_another_role_prefix_later_is_not_silently_ignored(installed: Database) -> None:
    report = schema.install(installed, InstallOptions(role_prefix="other"))
    assert report.warnings == [
        "the roles of this installation keep their names: --role-prefix other was not applied"
    ]


def test_a_changed_migration_is_refused(installed: Database) -> None:
    installed.execute(
        "UPDATE script_tracking.schema_migration SET checksum = 'other' WHERE migration_number = 1"
    )
    with pytest.raises(DbtrackError, match="0001_tables was applied in another form"):
        schema.install(installed)


def test_an_older_program_leaves_a_newer_database_as_it_is(installed: Database) -> None:
    installed.execute(
        "INSERT INTO script_tracking.schema_migration (migration_number, migration_name, checksum, dbtrack_version)"
        " VALUES (9999, '9999_later', 'x', '99.0')"
    )
    with pytest.raises(DbtrackError, match="newer dbtrack than this program") as caught:
        schema.install(installed)
    assert "pip install --upgrade dbtrack" in str(caught.value.hint)


def test_routines_of_an_earlier_version_go(installed: Database) -> None:
    for old in ("retired()", "parse_moment(moment text, zone text)"):
        installed.execute(f"CREATE FUNCTION script_tracking.{old} RETURNS int LANGUAGE sql AS 'SELECT 1'")
        installed.execute(f"ALTER FUNCTION script_tracking.{old} OWNER TO dbtrack_owner")
        installed.execute(
            "INSERT INTO script_tracking.installed_routine SELECT max(oid)::regprocedure::text, 'x' FROM pg_proc"
        )
    # As an upgrade finds it: the present signature is the younger one.
    installed.execute("DROP FUNCTION script_tracking.parse_moment(text)")
    schema.install(installed)
    names = "SELECT oid::regprocedure::text FROM pg_proc WHERE proname IN ('retired', 'parse_moment')"
    assert installed.rows(names) == [("script_tracking.parse_moment(text)",)]
    assert schema.diagnose(installed) == []


def test_uninstall_leaves_nothing_but_the_roles(installed: Database) -> None:
    installed.execute("CREATE TABLE theirs (id int)")
    preview = schema.uninstall_preview(installed, keep_data=False)
    assert "the schema script_tracking with 1 recorded executions" in preview
    schema.uninstall(installed, keep_data=False)
    assert installed.rows("SELECT evtname FROM pg_event_trigger") == []
    assert installed.value("SELECT to_regnamespace('script_tracking')") is None
    installed.execute("CREATE TABLE still_works (id int)")


def test_uninstall_can_keep_the_records_and_install_takes_them_up(installed: Database) -> None:
    installed.execute("CREATE TABLE theirs (id int)")
    functions = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'script_tracking'::regnamespace"
    before = installed.value(functions)
    assert schema.uninstall_kept(installed) == ["the tables with 1 recorded executions"]
    report = schema.uninstall(installed, keep_data=True)
    kept = installed.value(functions)
    assert report.lines == [
        "removed 4 event triggers",
        f"removed {before - kept} functions in schema script_tracking",
        "kept the tables with 1 recorded executions; dbtrack install uses them again",
        f"kept {kept} functions that row security or objects outside dbtrack need",
    ]
    assert schema.uninstall(installed, keep_data=True).lines[:2] == [
        "removed 0 event triggers",
        "removed 0 functions in schema script_tracking",
    ]
    installed.execute("CREATE TABLE unseen (id int)")
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_h") == 1
    schema.install(installed)
    installed.execute("CREATE TABLE seen (id int)")
    names = installed.value("SELECT array_agg(affected_objects[1]) FROM script_tracking.current_execution")
    assert sorted(names) == ["public.seen", "public.theirs"]


def test_the_tables_are_as_the_golden_file_says(server: Server, installed_conninfo: str) -> None:
    dump = subprocess.run(
        [server.bin_dir / "pg_dump", "-d", installed_conninfo, "-s", "-O", "-x", "-t", "script_tracking.*",
         "-T", "script_tracking.*_20??_??"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert_golden("schema/tables.sql", _normal(dump))


def _normal(dump: str) -> str:
    # Views are no tables, and 15 writes their columns out otherwise.
    dump = re.sub(r"^CREATE VIEW .*?;$", "", dump, flags=re.MULTILINE | re.DOTALL)
    lines = [line for line in dump.splitlines() if not line.startswith(("--", "SET ", "\\")) and line.strip()]
    # From PostgreSQL 18 on NOT NULL has a name, which only it writes out.
    return "".join(re.sub(r" CONSTRAINT \w+_not_null(?= NOT NULL)", "", line) + "\n" for line in lines)
