"""An auditor reads until its time has passed, and what it reads is noted, whatever it tries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.reports import REPORTS, run
from tests.support.logging_server import wait_for
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Connection, Tenancy, seen, values

pytestmark = pytest.mark.any_server

_NOTED = "SELECT DISTINCT report_name FROM script_tracking.access_log WHERE db_session_user = %s ORDER BY 1"
_ALL = ["secret of acme", "secret of globex", "secret of the platform"]
_HUB = "SELECT count(*) FROM script_tracking.script_execution_h"


def add(tenancy: Tenancy, login: str, *tenants: str, seconds: int = 3600) -> None:
    """Make a login an auditor."""
    tenancy.superuser.execute(
        "SELECT script_tracking.add_auditor(%s, clock_timestamp() + make_interval(secs => %s), %s),"
        " script_tracking.enter_auditor(%s)",
        (login, seconds, list(tenants) or None, login),
    )


def expire(tenancy: Tenancy, login: str) -> None:
    """Let the time of an auditor pass."""
    tenancy.superuser.execute(
        "UPDATE script_tracking.auditor SET expires_at = clock_timestamp() WHERE login_name = %s", (login,)
    )


def noted(tenancy: Tenancy, login: str) -> list[str]:
    return [row[0] for row in tenancy.superuser.execute(_NOTED, (login,))]


@pytest.fixture
def ines(tenancy: Tenancy, role: RoleFactory) -> str:
    """The login of an auditor of acme."""
    login = role("ines")
    add(tenancy, login, "acme")
    return login


@pytest.fixture
def audit(tenancy: Tenancy, ines: str) -> Iterator[Connection]:
    """A connection of hers."""
    with tenancy.connect(ines) as connection:
        yield connection


def refused(connection: Connection, statement: str, message: str = "") -> None:
    """Assert that a statement fails with this message."""
    with pytest.raises(psycopg.Error, match=message):
        connection.execute(statement.encode())


def test_an_auditor_reads_what_it_was_given_until_its_time_has_passed(
    tenancy: Tenancy, role: RoleFactory
) -> None:
    ines, ida = role("ines"), role("ida")
    add(tenancy, ines, "acme")
    add(tenancy, ida)
    with tenancy.connect(ines) as some, tenancy.connect(ida) as everything:
        assert seen(some) == ["secret of acme"]
        assert seen(everything) == _ALL
        database = Database.wrap(everything)
        for report in ("history", "dashboard", "performance", "health", "errors", "forecast", "advise"):
            list(run(database, REPORTS[report], {}))
        (total,) = values(
            everything, "SELECT metric_value FROM script_tracking.get_enterprise_dashboard() LIMIT 1"
        )
        assert total >= 3
        assert {"history", "dashboard", "table script_execution_s"} <= {*noted(tenancy, ida)}
        assert noted(tenancy, ines) == ["table script_execution_s"]
        for login in (ines, ida):
            expire(tenancy, login)
        for connection in (some, everything):
            refused(connection, "SELECT * FROM script_tracking.current_execution", "its time ended at")
            refused(connection, "SELECT * FROM script_tracking.get_recent_errors()", "its time ended at")
            refused(connection, "SELECT * FROM script_tracking.get_own_executions()", "its time ended at")
            refused(connection, "SELECT * FROM dbtrack_mart.executions", "its time ended at")
            assert values(connection, "SELECT script_tracking.caller_tenants()") == [[]]
    add(tenancy, ines)
    with tenancy.connect(ines) as again:
        assert seen(again) == _ALL
        tenancy.superuser.execute("SELECT script_tracking.remove_auditor(%s)", (ines,))
        refused(again, _HUB, "is not an auditor")
        tenancy.superuser.execute("SELECT script_tracking.leave_auditor(%s)", (ines,))
        refused(again, _HUB, "permission denied")
    assert values(
        tenancy.superuser,
        "SELECT auditor_status || coalesce(tenants::text, '') FROM script_tracking.list_auditors()"
        f" WHERE login_name = '{ines}' ORDER BY added_at",
    ) == ["REMOVED{acme}", "REMOVED"]


def test_an_auditor_writes_nothing_but_a_review(tenancy: Tenancy, audit: Connection, ines: str) -> None:
    for statement in (
        "SELECT script_tracking.track_operation('x')",
        "SELECT script_tracking.resolve_execution('\\x00', 'x')",
        "SELECT script_tracking.add_auditor(session_user::text, now() + interval '1 year')",
        "SELECT script_tracking.set_setting('access.recording', 'off')",
        "DELETE FROM script_tracking.access_log",
        "UPDATE script_tracking.auditor SET expires_at = 'infinity'",
        "SELECT * FROM script_tracking.auditor",
        "INSERT INTO script_tracking.access_log DEFAULT VALUES",
    ):
        refused(audit, statement, "permission denied")
    audit.execute(
        "SELECT script_tracking.sign_review('last day', now() - interval '1 day', now(), 'Ines', 'All examined.')"
    )
    with tenancy.acme() as acme:
        assert values(acme, "SELECT login FROM script_tracking.review") == [ines]
    with tenancy.connect(tenancy.logins["globex"]) as globex:
        assert values(globex, "SELECT login FROM script_tracking.review") == []
    expire(tenancy, ines)
    refused(
        audit,
        "SELECT script_tracking.sign_review('x', now() - interval '1 day', now(), 'Ines')",
        "its time ended at",
    )


def test_no_way_around_the_tenants_and_the_time(tenancy: Tenancy, audit: Connection, ines: str) -> None:
    acme = ["secret of acme"]
    for setting in (
        "SET ROLE dbtrack_auditor",
        "SET dbtrack.tenant_token = '000000000000.0.all.' || ''",
        "SET search_path = pg_temp, script_tracking",
        "SET plan_cache_mode = force_generic_plan",
        "SET default_transaction_isolation = 'serializable'",
        "SET default_transaction_read_only = on",
    ):
        audit.execute(setting.replace(" || ''", "").encode())
        assert seen(audit) == acme, setting
        audit.execute("RESET ALL")
        audit.execute("RESET ROLE")
    audit.execute("SET row_security = off")
    refused(audit, _HUB, "row-level security")
    audit.execute("RESET row_security")
    for name in ("dbtrack_reader", "dbtrack_operator", "dbtrack_admin", "dbtrack_owner"):
        refused(audit, f"SET ROLE {name}", "permission denied")
    refused(audit, "SET log_min_messages = panic", "permission denied")
    # What it creates cannot take the place of what row security uses, and does not hide from it.
    audit.execute(
        "CREATE FUNCTION pg_temp.note_auditor(text) RETURNS bool LANGUAGE sql AS 'SELECT true';"
        "CREATE FUNCTION pg_temp.own_audit() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION pg_temp.spy(text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS"
        " $$BEGIN RAISE NOTICE 'spied %', $1; RETURN true; END$$;"
        "CREATE TEMP VIEW own AS SELECT * FROM script_tracking.current_execution"
    )
    notices: list[str] = []
    audit.add_notice_handler(lambda notice: notices.append(notice.message_primary or ""))
    rows = audit.execute(
        "SELECT script_name FROM own WHERE pg_temp.spy(script_name) AND script_type = 'MANUAL'"
    ).fetchall()
    assert [row[0] for row in rows] == acme
    assert [notice for notice in notices if "globex" in notice or "platform" in notice] == []
    # An open transaction does not prolong the time, whatever its snapshot; what a cursor holds was read before.
    audit.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    assert seen(audit) == acme
    assert audit.execute("SELECT script_tracking.note_auditor('x')").fetchone() == (True,)
    audit.execute("COMMIT")
    short = "UPDATE script_tracking.auditor SET expires_at = clock_timestamp() + interval '3 seconds' WHERE login_name = %s"
    tenancy.superuser.execute(short, (ines,))
    audit.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    assert seen(audit) == acme
    audit.execute(
        "DECLARE held CURSOR WITH HOLD FOR SELECT script_name FROM script_tracking.script_execution_s"
    )
    audit.execute("SELECT pg_sleep(3.1)")
    refused(audit, _HUB, "its time ended at")
    audit.execute("ROLLBACK")
    audit.execute("PREPARE whole AS SELECT count(*) FROM script_tracking.script_execution_h")
    for statement in ("EXECUTE whole", "SELECT * FROM own", "TABLE script_tracking.script_execution_s"):
        refused(audit, statement, "its time ended at")
    refused(
        audit,
        "DECLARE held CURSOR WITH HOLD FOR SELECT * FROM script_tracking.script_execution_s",
        "ended at",
    )


def test_a_view_of_an_auditors_shows_others_nothing(
    tenancy: Tenancy, audit: Connection, ines: str, role: RoleFactory
) -> None:
    tenancy.run(f"CREATE SCHEMA audit AUTHORIZATION {ines}")
    tenancy.run("GRANT USAGE ON SCHEMA audit TO PUBLIC")
    audit.execute("CREATE VIEW audit.leak AS SELECT script_name FROM script_tracking.script_execution_s")
    audit.execute("GRANT SELECT ON audit.leak TO PUBLIC")
    for login in (role("mallory"), role("reader", member_of=("dbtrack_reader",)), tenancy.logins["globex"]):
        with tenancy.connect(login) as connection:
            refused(connection, "SELECT * FROM audit.leak", "permission denied for function note_auditor")
    assert values(audit, "SELECT * FROM audit.leak") != []


def test_what_the_access_log_cannot_hold_is_in_the_servers_log(
    server: Server, tenancy: Tenancy, audit: Connection, ines: str
) -> None:
    def logged() -> int:
        return server.log_path.read_text(errors="replace").count(
            f'the auditor "{ines}" reads script_execution_s'
        )

    ways = {
        "BEGIN": "ROLLBACK",
        "BEGIN READ ONLY": "COMMIT",
        "BEGIN ISOLATION LEVEL SERIALIZABLE": f"PREPARE TRANSACTION '{ines}'",
    }
    for number, (begin, end) in enumerate(ways.items()):
        audit.execute(begin.encode())
        assert seen(audit) == ["secret of acme"]
        audit.execute(end.encode())
        wait_for(partial(lambda least: logged() >= least, number + 1))
    audit.execute(f"ROLLBACK PREPARED '{ines}'".encode())
    with audit.transaction(force_rollback=True):
        audit.execute(
            "SELECT script_tracking.note_auditor(%(name)s), script_tracking.record_access(%(name)s)",
            {"name": "x\nLOG:  forged"},
        )
    assert noted(tenancy, ines) == []
    expire(tenancy, ines)
    refused(audit, _HUB, "its time ended at")
    assert "\n\tLOG:  forged" not in server.log_path.read_text(errors="replace")
    wait_for(lambda: f'dbtrack refuses the auditor "{ines}"' in server.log_path.read_text(errors="replace"))


def test_the_name_of_an_auditor_alone_lets_nobody_read(tenancy: Tenancy, role: RoleFactory) -> None:
    again, left = role("again"), role("left")
    status = "SELECT login_name || ' ' || auditor_status FROM script_tracking.list_auditors() ORDER BY 1"
    for login in (again, left):
        add(tenancy, login)
    tenancy.run(f"REVOKE dbtrack_auditor FROM {left}")
    tenancy.run(f"GRANT dbtrack_reader TO {left}")
    tenancy.run(f"DROP ROLE {again}")
    tenancy.run(f"CREATE ROLE {again} LOGIN")
    assert values(tenancy.superuser, status) == [f"{again} INVALID", f"{left} INVALID"]
    tenancy.run(f"GRANT dbtrack_auditor TO {again}")
    with tenancy.connect(left) as reader, tenancy.connect(again) as other:
        assert seen(reader) == []
        refused(other, _HUB, "is not an auditor")
        for connection in (reader, other):
            assert values(connection, "SELECT script_tracking.auditor_sees_all()") == [False]
            assert values(connection, "SELECT script_tracking.caller_tenants()") == [[]]
    add(tenancy, again)
    with tenancy.connect(again) as other:
        assert seen(other) == _ALL


@pytest.mark.parametrize(
    ("login", "message"),
    [("postgres", "superuser"), ("nobody at all", "no role"), ("acme", "is a member of dbtrack_operator")],
)
def test_who_cannot_be_an_auditor(tenancy: Tenancy, login: str, message: str) -> None:
    refused(
        tenancy.superuser,
        f"SELECT script_tracking.add_auditor('{tenancy.logins.get(login, login)}', now() + interval '1 day')",
        message,
    )
