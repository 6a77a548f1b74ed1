"""Migrations that nobody here wrote: all of Wagtail's and Django's, by `manage.py migrate`."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.schemas import (
    captured,
    database_name,
    existing_objects,
    existing_tables,
    logged_statements,
    makers_of,
    operations,
    schema_dump,
)
from tests.acceptance.wagtail_site import make_site
from tests.support.command_line import run_dbtrack
from tests.support.required import missing
from tests.support.servers import Server

pytestmark = [pytest.mark.any_server, pytest.mark.slow, pytest.mark.timeout(400)]

_MIGRATE_SECONDS = 180


@pytest.fixture
def migrate(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The command that brings the site's database up to date."""
    if importlib.util.find_spec("wagtail") is None:
        missing("Wagtail", "pip install -e '.[realworld]'")
    manage = make_site(tmp_path, {"server_side_binding": request.param})
    return [sys.executable, str(manage), "migrate", "--verbosity=0"]


@pytest.mark.parametrize(
    "migrate",
    [
        pytest.param(False, id="bound by the client", marks=[pytest.mark.matrix, pytest.mark.any_server]),
        pytest.param(True, id="bound by the server", marks=[pytest.mark.matrix, pytest.mark.release]),
    ],
    indirect=True,
)
def test_migrate_is_recorded_whole_and_the_schema_is_as_without(
    server: Server, empty_conninfo: str, installed_conninfo: str, migrate: list[str]
) -> None:
    plain, tracked = database_name(empty_conninfo), database_name(installed_conninfo)
    server.psql(f"ALTER DATABASE {tracked} SET log_statement = 'ddl'")
    subprocess.run(migrate, env=server.environment(plain), check=True, timeout=_MIGRATE_SECONDS)
    environment = server.environment(tracked)
    words = ["track", "wagtail", "--", *migrate]
    result = run_dbtrack(*words, environment=environment, timeout_seconds=_MIGRATE_SECONDS)
    assert (result.returncode, result.stderr) == (0, "")

    assert schema_dump(server, installed_conninfo) == schema_dump(server, empty_conninfo)
    assert operations(installed_conninfo) == [("wagtail", "MIGRATION", "COMPLETED")]
    record = captured(installed_conninfo)
    assert {(command.status, command.operation) for command in record} == {("COMPLETED", "wagtail")}
    # The server's own log is the witness: every statement once.
    assert len(record) == len(logged_statements(server, installed_conninfo))
    assert len(record) > 400

    named = {identity for command in record for identity in command.objects}
    assert [identity for _, identity in existing_objects(empty_conninfo) if identity not in named] == []
    tables = existing_tables(empty_conninfo)
    assert len(tables) > 50
    assert set(makers_of(tables, record).values()) == {"wagtail"}
