"""DDL of a wrapped command whose connections do not take PGOPTIONS is linked anyway, or a warning reports it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dbtrack.db import Database
from tests.support.command_line import clean_environment
from tests.support.servers import Server
from tests.support.wrapped import Track, only_execution

# As Django's OPTIONS do it.
OWN_OPTIONS = (
    "import sys, psycopg; psycopg.connect(sys.argv[1], options='-c jit=off', autocommit=True).execute({!r})"
)


@pytest.fixture
def track(installed_conninfo: str, server: Server) -> Track:
    return Track(installed_conninfo, server)


def own_options(conninfo: str, statement: str) -> tuple[str, ...]:
    return (sys.executable, "-c", OWN_OPTIONS.format(statement), conninfo)


def test_a_connection_with_options_of_its_own_is_linked_by_its_application_name(
    track: Track, installed: Database, installed_conninfo: str
) -> None:
    installed.execute("CREATE TABLE before ()")
    done = track(*own_options(installed_conninfo, "CREATE TABLE a (id int)"))
    assert (done.returncode, done.stderr) == (0, b"")
    installed.execute("CREATE TABLE after ()")
    [child] = only_execution(installed).children
    assert (child.affected_objects, child.is_proven) == (("public.a",), True)


def test_ddl_that_is_linked_already_is_linked_once(
    track: Track, installed: Database, installed_conninfo: str
) -> None:
    track("psql", "-X", "-q", installed_conninfo, "-c", "CREATE TABLE a (id int)")
    assert len(only_execution(installed).children) == 1
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_parent_l") == 1


def test_ddl_of_another_login_is_not_linked(
    track: Track, installed: Database, installed_conninfo: str, server: Server
) -> None:
    installed.execute("CREATE ROLE link_other LOGIN SUPERUSER")
    try:
        track(*own_options(f"{installed_conninfo} user=link_other", "CREATE TABLE a (id int)"))
        assert only_execution(installed).children == ()
    finally:
        installed.execute("DROP OWNED BY link_other")
        installed.execute("DROP ROLE link_other")


def test_where_two_operations_of_one_name_run_at_once_it_is_said(
    track: Track, installed: Database, installed_conninfo: str
) -> None:
    command = [sys.executable, "-m", "dbtrack", "track", "-d", installed_conninfo, "job", "--", "cat"]
    with subprocess.Popen(
        command, env=clean_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin
        assert other.stdout
        other.stdin.write(b"begun\n")
        other.stdin.flush()
        other.stdout.readline()
        done = track(*own_options(installed_conninfo, "CREATE TABLE a (id int)"))
        other.stdin.close()
    assert done.returncode == 0
    assert b"dbtrack: 1 DDL statement(s) of a command called job are not linked" in done.stderr
    assert installed.value("SELECT count(*) FROM script_tracking.script_execution_parent_l") == 0


@pytest.mark.parametrize(
    "name", ["größe ändern 漢", "a name of more than sixty-three characters, which the server would cut off"]
)
def test_a_name_that_the_server_shows_otherwise_links_too(
    name: str, track: Track, installed: Database, installed_conninfo: str
) -> None:
    command = own_options(installed_conninfo, "CREATE TABLE a (id int)")
    done = track(*command, name=name)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(only_execution(installed).children) == 1
