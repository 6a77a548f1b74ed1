"""pg_upgrade from 15 to 17, and from there to 18."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.support.moves.watch import Row, watching
from tests.support.servers import Server, find_binaries, start_server
from tests.support.upgraded import upgrade_server

MAJORS = (15, 17, 18)


def upgrade() -> Iterator[Row]:
    """Upgrade one server twice."""
    with (
        tempfile.TemporaryDirectory(prefix="dbtrack-moves-") as directory,
        watching(Path(directory)) as watch,
    ):
        servers: list[Server] = []
        try:
            for major in MAJORS:
                binaries = find_binaries(major)
                assert binaries, f"PostgreSQL {major} is not installed"
                servers.append(start_server(major, binaries))
            first = servers[0].conninfo(tcp=True)
            watch.begin(first)
            for old, new in pairwise(servers):
                before, after = old.conninfo(tcp=True), new.conninfo(tcp=True)
                watch.work(before, f"before_{new.major}")
                watch.start_operations(before, after)
                watch.hand_over(before)
                upgrade_server(old, new)
                yield watch.look("one server", f"pg_upgrade from {old.major} to {new.major}", after)
        finally:
            for server in servers:
                server.stop()
