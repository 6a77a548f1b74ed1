"""Two servers with dbtrack and logical replication between them, for the tests of what arrives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from dbtrack import schema
from dbtrack.db import Database
from tests.support.servers import Server, find_binaries, start_server

_WAIT_SECONDS = 30


@dataclass(frozen=True)
class Node:
    """One of the servers, and a superuser's connection to its database."""

    server: Server
    database: Database

    @property
    def conninfo(self) -> str:
        """How to connect to it."""
        return self.server.conninfo(tcp=True)

    def publish(self, what: str) -> None:
        """Make the publication of this name's node."""
        self.database.raw.execute(f"CREATE PUBLICATION shop FOR {what}".encode())

    def subscribe(self, other: Node, options: str) -> None:
        """Take in what the other publishes."""
        connection = f"'{other.conninfo}'"
        self.database.raw.execute(
            f"CREATE SUBSCRIPTION of_other CONNECTION {connection} PUBLICATION shop WITH ({options})".encode()
        )

    def pause(self, *, is_on: bool) -> None:
        """Stop taking in, or go on."""
        self.database.raw.execute(f"ALTER SUBSCRIPTION of_other {'DISABLE' if is_on else 'ENABLE'}".encode())

    def errors(self) -> list[str]:
        """Return what the server's log has of errors of replication."""
        return [
            line
            for line in self.server.log_path.read_text().splitlines()
            if "ERROR:" in line and ("replic" in line or "duplicate key" in line or "row-level" in line)
        ]


@contextmanager
def two_nodes(major: int) -> Iterator[tuple[Node, Node]]:
    """Start two servers of a major version, each with dbtrack and a table `cust`."""
    bin_dir = find_binaries(major)
    assert bin_dir
    servers = [start_server(major, bin_dir, f"cluster_name = 'node{number}'\n") for number in (1, 2)]
    try:
        nodes = [Node(server, _prepared(server)) for server in servers]
        yield nodes[0], nodes[1]
        for node in nodes:
            node.database.raw.close()
    finally:
        for server in servers:
            server.stop()


def _prepared(server: Server) -> Database:
    database = Database.wrap(psycopg.connect(server.conninfo(), autocommit=True))
    schema.install(database)
    database.execute("CREATE TABLE cust (id int PRIMARY KEY, node text)")
    return database


def caught_up(publisher: Node, subscriber: Node) -> None:
    """Wait until the subscriber has all that the publisher wrote, the first copies of all tables included."""
    eventually(
        lambda: (
            not subscriber.database.value("SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'")
        ),
        lambda: "\n".join(subscriber.errors()[-3:]),
    )
    number = publisher.database.value("INSERT INTO cust SELECT 1000 + count(*) FROM cust RETURNING id")
    eventually(
        lambda: subscriber.database.value("SELECT count(*) FROM cust WHERE id = %(id)s", {"id": number}) == 1,
        lambda: "\n".join(subscriber.errors()[-3:]),
    )


def eventually(holds: Callable[[], bool], explanation: Callable[[], str] = lambda: "") -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, explanation()
        time.sleep(0.05)
