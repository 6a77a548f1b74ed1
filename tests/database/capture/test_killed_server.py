"""The server is killed with SIGKILL in the middle, again and again: every acknowledged operation is there once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from dbtrack import schema
from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from tests.database.capture.test_concurrency import check_nothing_lost
from tests.support.clients import Journal, change_schema, maintain, track, working
from tests.support.kills import kill, start_again
from tests.support.servers import Server, find_binaries, found_majors, start_server

_KILLS = int(os.environ.get("DBTRACK_STRESS_KILLS", "3"))
_CREW = [change_schema] * 3 + [track] * 3 + [maintain]


@pytest.fixture
def mortal() -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    major = found_majors()[-1]
    binaries = find_binaries(major)
    assert binaries
    server = start_server(major, binaries)
    yield server
    server.stop()


def _database(server: Server) -> Database:
    options = ConnectionOptions(dbname=server.conninfo())
    return Database.connect(resolve_target(options, {}))


@pytest.mark.slow
@pytest.mark.timeout(120 + 20 * _KILLS)
def test_what_was_acknowledged_survives_each_kill(mortal: Server) -> None:
    with _database(mortal) as database:
        schema.install(database)
        database.execute("CREATE SCHEMA work")
    journals: list[Journal] = []
    for _ in range(_KILLS):
        with working(mortal.conninfo(), _CREW) as running:
            time.sleep(1)
            kill(mortal)
        journals += running
        start_again(mortal)
    assert sum(len(journal.captured) for journal in journals) > 0
    assert sum(len(journal.tracked) for journal in journals) > 0
    assert [error for journal in journals for error in journal.errors] == []
    with _database(mortal) as database:
        check_nothing_lost(database, journals)
        assert schema.diagnose(database) == []
