"""The server of `dbtrack serve` in this process, on a port of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import uvicorn
from psycopg.conninfo import make_conninfo

from dbtrack.config import ConnectionTarget
from dbtrack.serve.application import create_app
from dbtrack.serve.settings import ServeSettings


@dataclass
class Served:
    """A running server.

    Args:
        url: without a slash at its end.
        superuser: a connection to the database, in autocommit mode.
        login: of the server.
    """

    url: str
    superuser: psycopg.Connection[Any]
    login: str
    _server: uvicorn.Server = field(repr=False)

    def token(self, name: str, scope: str = "read", *tenants: str) -> str:
        """Return a new token."""
        row = self.superuser.execute(
            "SELECT script_tracking.create_api_token(%s, %s, %s)", (name, scope, list(tenants) or None)
        ).fetchone()
        assert row
        return str(row[0])

    def end(self) -> None:
        """Stop to answer."""
        self._server.should_exit = True


@contextmanager
def served(conninfo: str, login: str, **settings: Any) -> Iterator[Served]:
    """Serve a database.

    Args:
        conninfo: of the database, as superuser.
        login: a member of the role for the API.
        settings: of the server.
    """
    target = ConnectionTarget("test", conninfo=make_conninfo(conninfo, user=login))
    app = create_app(ServeSettings(target, **{"requests_per_minute": 100_000, **settings}))
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        yield Served(f"http://127.0.0.1:{port}", superuser, login, server)
    server.should_exit = True
    thread.join(30)
