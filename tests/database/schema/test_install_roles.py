"""The roles that install makes: with names of one's own, and where it may make none."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo

from dbtrack import retention, schema
from dbtrack.db import Database
from dbtrack.db.errors import grant_hint
from dbtrack.reports import REPORTS, run
from dbtrack.schema import InstallOptions
from dbtrack.tenants import tenants
from tests.support.command_line import run_dbtrack
from tests.support.servers.sandbox import RoleFactory


def test_a_login_that_may_not_create_roles_has_dbtrack_for_itself_and_is_warned(
    empty_conninfo: str, role: RoleFactory
) -> None:
    login = role("plain")
    options = InstallOptions(role_prefix=f"no_{login}")
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {connection.info.dbname} TO {login}".encode())
    with psycopg.connect(make_conninfo(empty_conninfo, user=login), autocommit=True) as connection:
        database = Database.wrap(connection)
        warnings = schema.install(database, options).warnings
        assert f"{login} may not create roles: no_{login}_reader is missing" in warnings
        assert any(f"nobody but {login} can use dbtrack" in warning for warning in warnings)
        tenants.add_tenant(database, "acme")
        database.execute("SELECT script_tracking.track_operation('load')")
        assert [row[1] for row in run(database, REPORTS["history"], {"type": "MANUAL"})] == ["load"]
        assert retention.maintain(database).tasks
        missing = {finding.subject for finding in schema.diagnose(database) if "role" in finding.message}
        assert missing == {
            f"no_{login}_{purpose}" for purpose in ("reader", "operator", "admin", "api", "auditor")
        }
        schema.uninstall(database, keep_data=False)


def test_a_missing_right_names_the_roles_that_are_installed(empty_conninfo: str, role: RoleFactory) -> None:
    prefix, outsider = role("own", login=False), role("outsider")
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        database = Database.wrap(connection)
        schema.install(database, InstallOptions(role_prefix=prefix))
        environment = {"DBTRACK_DSN": make_conninfo(empty_conninfo, user=outsider)}
        for words in (["history"], ["doctor"]):
            result = run_dbtrack(*words, environment=environment)
            assert f"GRANT {prefix}_reader TO your login" in result.stderr
            assert result.stderr.count("\n") == 1
        connection.execute(f"GRANT {prefix}_operator TO {outsider}".encode())
        result = run_dbtrack("tenant", "add", "acme", environment=environment)
        assert f"GRANT {prefix}_admin TO your login" in result.stderr
        schema.uninstall(database, keep_data=False)
        for purpose in ("api", "auditor", "reader", "operator", "admin", "owner"):
            connection.execute(f"DROP OWNED BY {prefix}_{purpose}".encode())
            connection.execute(f"DROP ROLE {prefix}_{purpose}".encode())


def test_what_administrators_alone_may_read_asks_for_their_role(installed: Database) -> None:
    relations = installed.rows(
        "SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, c.relname FROM pg_class AS c"
        " WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relname <> 'installed_routine'"
        " AND has_table_privilege('dbtrack_admin', c.oid, 'SELECT')"
        " AND NOT has_table_privilege('dbtrack_operator', c.oid, 'SELECT') AND c.relkind IN ('r', 'p', 'v')"
    )
    assert len(relations) > 10
    for kind, name in relations:
        assert "GRANT dbtrack_admin TO" in grant_hint(f"permission denied for {kind} {name}"), name
    for name in ("track_operation", "receive_outbox"):
        assert "GRANT dbtrack_operator TO" in grant_hint(f"permission denied for function {name}"), name


def test_a_login_that_may_not_install_or_uninstall_learns_who_may(
    installed_conninfo: str, role: RoleFactory
) -> None:
    login = role("operator", member_of=("dbtrack_operator",))
    for command in (["install"], ["uninstall", "--yes"]):
        done = run_dbtrack(*command, "-d", make_conninfo(installed_conninfo, user=login))
        assert done.returncode == 1
        assert "connect as a superuser, or as the role that installed dbtrack" in done.stderr
