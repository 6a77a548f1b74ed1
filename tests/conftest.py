"""Fixtures for all tests: servers of the majors asked for, databases, an installed dbtrack, roles."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.support.servers import SUPPORTED_MAJORS, Sandbox, Server, find_binaries, found_majors, start_server
from tests.support.servers.sandbox import RoleFactory, create_database, drop_database

if TYPE_CHECKING:
    from dbtrack.db import Database

_TEMPLATE = "dbtrack_template"
# Of these markers the nearest counts: that of a parameter before the function's, and that before the module's.
_SCOPES = ("any_server", "every_server", "newest")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of servers."""
    parser.addoption(
        "--servers",
        default=os.environ.get("DBTRACK_TEST_SERVERS"),
        metavar="all|15,16,…",
        help="run every database test on these majors, each of which must be there "
        "(default: the newest found)",
    )
    parser.addoption(
        "--rest",
        action="store_true",
        help="run on those majors what the default run leaves out",
    )


def pytest_configure() -> None:
    """Give the programs under test the signals of a shell's foreground job, wherever the tests themselves run.

    In a background job and under nohup SIGINT, SIGQUIT or SIGHUP are ignored from the start, and programs inherit
    that; a handler they do not inherit, and with it nohup still protects the tests.
    """
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that needs a server on each server that was asked for."""
    if "server" in metafunc.fixturenames:
        majors = _chosen_majors(metafunc.config.getoption("servers")) or _default_majors()
        metafunc.parametrize("server", majors, indirect=True, ids=str, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select what `--rest` asks for, and run slow tests first, so that no process works alone at the end."""
    if config.getoption("rest"):
        chosen: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            (chosen if _is_left_by_default(item) else others).append(item)
        config.hook.pytest_deselected(items=others)
        items[:] = chosen
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _is_left_by_default(item: pytest.Item) -> bool:
    """Return whether the default run leaves this test out, although it could have another result there."""
    parameters = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    major = parameters.get("server", 0)
    on_default_server = major in {0, *_default_majors()}
    is_matrix = item.get_closest_marker("matrix") is not None
    nearest_first = (mark.name for node in reversed(item.listchain()) for mark in reversed(node.own_markers))
    scope = next((name for name in nearest_first if name in _SCOPES), None)
    if scope in ("any_server", "newest"):
        return is_matrix and on_default_server
    if scope == "every_server":
        return is_matrix or not on_default_server
    # What holds on the oldest and the newest version holds between them.
    is_oldest = major == _found()[0]
    return (is_oldest and not on_default_server) or (is_matrix and (is_oldest or on_default_server))


@cache
def _found() -> list[int]:
    """Return the majors that this machine has; asked for each test, and looked up once."""
    return found_majors() or [SUPPORTED_MAJORS[-1]]


def _default_majors() -> list[int]:
    """Return where the default run runs the tests."""
    return _found()[-1:]


def _chosen_majors(choice: str | None) -> list[int]:
    if choice == "all":
        return list(SUPPORTED_MAJORS)
    return _listed_majors(choice) if choice else []


def _listed_majors(choice: str) -> list[int]:
    majors = [int(word) if word.strip().isdecimal() else 0 for word in choice.split(",")]
    if not set(majors) <= set(SUPPORTED_MAJORS):
        raise pytest.UsageError(f"--servers: {choice} is neither 'all' nor a list of {SUPPORTED_MAJORS}")
    return majors


class _Servers:
    """The servers of this process, started when first asked for, kept until the end.

    Under xdist each worker has its own: starting one takes a second, and nothing has to be agreed.
    """

    def __init__(self) -> None:
        self._running: dict[int, Server] = {}
        self._templates: dict[int, str | Exception] = {}

    def get(self, major: int) -> Server:
        """Return the server of this major."""
        if major not in self._running:
            bin_dir = find_binaries(major)
            if bin_dir is None:
                pytest.fail(f"PostgreSQL {major} was asked for and is not on this machine", pytrace=False)
            self._running[major] = start_server(major, bin_dir)
        return self._running[major]

    def template(self, server: Server) -> str:
        """Return the name of a database of this server that has dbtrack installed."""
        if server.major not in self._templates:
            try:
                _build_template(server)
                self._templates[server.major] = _TEMPLATE
            except Exception as error:
                self._templates[server.major] = error
                raise
        template = self._templates[server.major]
        if isinstance(template, Exception):
            pytest.fail(f"dbtrack could not be installed (see the first failure): {template}", pytrace=False)
        return template

    def stop(self) -> None:
        """Stop them all."""
        for server in self._running.values():
            server.stop()


def _build_template(server: Server) -> None:
    from dbtrack import schema
    from dbtrack.db import Database

    drop_database(server, _TEMPLATE)
    create_database(server, _TEMPLATE)
    with psycopg.connect(server.conninfo(_TEMPLATE), autocommit=True) as connection:
        schema.install(Database.wrap(connection))


@pytest.fixture(scope="session")
def _servers() -> Iterator[_Servers]:
    servers = _Servers()
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, _servers: _Servers) -> Server:
    """A running server, shared by all tests: what they make in it, they make by `sandbox`."""
    return _servers.get(request.param)


@pytest.fixture
def sandbox(server: Server) -> Iterator[Sandbox]:
    """Makes databases and roles that go when the test ends."""
    sandbox = Sandbox(server)
    yield sandbox
    sandbox.close()


@pytest.fixture
def empty_conninfo(sandbox: Sandbox) -> str:
    """An empty database, as superuser."""
    return sandbox.database()


@pytest.fixture
def database_conninfo(empty_conninfo: str) -> str:
    """The same as `empty_conninfo`."""
    return empty_conninfo


@pytest.fixture(scope="session")
def installed_template(_servers: _Servers, server: Server) -> str:
    """The name of a database with dbtrack installed, to copy."""
    return _servers.template(server)


@pytest.fixture
def installed_conninfo(installed_template: str, sandbox: Sandbox) -> str:
    """A database of its own with dbtrack installed, as superuser."""
    return sandbox.database(installed_template)


@pytest.fixture
def installed(installed_conninfo: str) -> Iterator[Database]:
    """A connection, as superuser, to a database of its own with dbtrack installed."""
    from dbtrack.db import Database

    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield Database.wrap(connection)


@pytest.fixture
def role(sandbox: Sandbox) -> RoleFactory:
    """Creates roles: `role(name, login=True, member_of=())` returns the unique name."""
    return sandbox.role
