"""Servers that refuse event triggers in words of their own, or skip them for some roles, as supautils does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.reports import REPORTS, run
from dbtrack.schema import reconcile
from dbtrack.schema.install_script import InstallOptions
from tests.support.label_provider import build_event_trigger_refusal, server_headers
from tests.support.required import missing
from tests.support.servers import Server

_REFUSAL = "Superuser owned event trigger must execute a superuser owned function"


@pytest.fixture
def refusing(server: Server, empty_conninfo: str) -> Iterator[Database]:
    """A session of a superuser to which event triggers are refused with XX000."""
    if server_headers(server) is None:
        pytest.skip(f"the PostgreSQL {server.major} of these tests brings no headers")
    library = build_event_trigger_refusal(server)
    if library is None:
        missing("A C compiler", "apt-get install gcc libc6-dev")
    assert isinstance(library, Path)
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        connection.execute(f"LOAD '{library}'".encode())
        yield Database.wrap(connection)
    library.unlink()


@pytest.fixture
def platform(installed_conninfo: str) -> Iterator[Database]:
    """A database whose sessions have the settings of supautils."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(
            f"ALTER DATABASE {connection.info.dbname} SET supautils.reserved_roles = 'platform_admin, storage_admin*'".encode()
        )
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield Database.wrap(connection)


def test_a_refusal_of_any_sqlstate_leaves_the_rest_installed(refusing: Database) -> None:
    report = schema.install(refusing)
    assert not report.has_capture
    assert len(report.warnings) == 1
    assert _REFUSAL in report.warnings[0]
    assert refusing.value("SELECT script_tracking.track_operation('by hand')")
    assert {finding.subject for finding in schema.diagnose(refusing)} == {
        "et_ddl_command_start",
        "et_ddl_command_end",
        "et_sql_drop",
        "et_table_rewrite",
    }


def test_require_capture_fails_then(refusing: Database) -> None:
    with pytest.raises(DbtrackError, match="the server refused event triggers"):
        schema.install(refusing, InstallOptions(require_capture=True))
    assert refusing.value("SELECT to_regnamespace('script_tracking')") is None


def test_somebody_elses_trigger_is_not_a_refusal(installed: Database) -> None:
    installed.run_script(
        "DROP EVENT TRIGGER et_sql_drop;"
        " CREATE FUNCTION public.theirs() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        " CREATE EVENT TRIGGER et_sql_drop ON sql_drop EXECUTE FUNCTION public.theirs()"
    )
    with pytest.raises(DbtrackError, match="already exists"):
        schema.install(installed)


def test_who_is_not_captured_is_found_until_somebody_looks_for_their_changes(platform: Database) -> None:
    (finding,) = schema.diagnose(platform)
    assert finding.message.endswith("platform_admin, postgres, storage_admin")
    assert str(finding.remedy_sql).startswith("dbtrack reconcile")
    health = {row[1]: row[2:4] for row in run(platform, REPORTS["health"], {})}
    assert health["uncaptured_roles"][0] == "WARNING"
    assert "platform_admin, postgres, storage_admin" in health["uncaptured_roles"][1]
    reconcile(platform)
    assert schema.diagnose(platform) == []
    health = {row[1]: row[2:4] for row in run(platform, REPORTS["health"], {})}
    assert health["uncaptured_roles"][0] == "OK"


def test_elsewhere_nothing_is_said_of_it(installed: Database) -> None:
    assert installed.value("SELECT script_tracking.uncaptured_roles()") is None
    assert "uncaptured_roles" not in {row[1] for row in run(installed, REPORTS["health"], {})}
