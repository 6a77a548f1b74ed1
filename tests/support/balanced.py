"""`serve` on three nodes, each through a PgBouncer in transaction mode, and HAProxy in front: no request sticks to one."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.support.api_server import PREFIX, ApiServer, serving
from tests.support.failovers import Site
from tests.support.pooler import pooling
from tests.support.required import required_program
from tests.support.servers.server import _free_port

NODES = 3
_SESSIONS = 4
_ATTEMPTS = 50
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Balanced:
    """The servers of the API, and the port at which HAProxy hands requests out in turn."""

    servers: tuple[ApiServer, ...]
    port: int


@dataclass
class Pairs:
    """What clients did at a port.

    Args:
        names: the operations that were acknowledged to be closed.
        repeated: how many requests were sent again, because no answer came or a server was away.
    """

    names: list[str]
    repeated: int
    seconds: float


@contextmanager
def balanced(here: Site) -> Iterator[Balanced]:
    """Run three servers of the API, each with a PgBouncer, in front of the leader of a cluster."""
    program = required_program("pgbouncer", "apt-get install pgbouncer")
    address = f"host=127.0.0.1 port={here.cluster.write_port}"
    with ExitStack() as running:
        servers = []
        for _ in range(NODES):
            pooler = running.enter_context(pooling(program, address, ["web", "postgres"], sessions=_SESSIONS))
            conninfo = pooler.conninfo("app", "web")
            servers.append(running.enter_context(serving(conninfo, "--rate", "1000000")))
        port = _free_port()
        with here.cluster.balancing(port, [server.port for server in servers]):
            yield Balanced(tuple(servers), port)


def work(port: int, token: str, prefix: str, *, clients: int, seconds: float) -> Pairs:
    """Let clients start and complete operations one after another, and repeat what is not answered."""
    until = time.monotonic() + seconds
    begun = time.monotonic()
    with ThreadPoolExecutor(clients) as threads:
        parts = list(
            threads.map(lambda number: _client(port, token, f"{prefix}-{number}", until), range(clients))
        )
    taken = time.monotonic() - begun
    return Pairs([name for names, _ in parts for name in names], sum(again for _, again in parts), taken)


def _client(port: int, token: str, prefix: str, until: float) -> tuple[list[str], int]:
    names: list[str] = []
    again = 0
    while time.monotonic() < until:
        name = f"{prefix}-{len(names)}"
        started, tries = _posted(port, token, "start", {"script_name": name}, name)
        key = json.loads(started)["data"]["execution_key"]
        _, more = _posted(port, token, "complete", {"execution_key": key}, None)
        names.append(name)
        again += tries + more
    return names, again


def _posted(port: int, token: str, what: str, body: dict[str, str], key: str | None) -> tuple[bytes, int]:
    """Post until there is an answer that counts; return it, and how often the request was repeated.

    Each request has a connection of its own, so that nothing but the database connects it with the one before.
    """
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    for attempt in range(_ATTEMPTS):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("POST", f"{PREFIX}/operations/{what}", json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            time.sleep(_PAUSE_SECONDS)
        else:
            # 409: it is closed already, by the request whose answer was lost.
            if answer.status in {200, 201, 409}:
                return content, attempt
            time.sleep(_PAUSE_SECONDS)
        finally:
            connection.close()
    raise AssertionError(f"{what} was not answered {_ATTEMPTS} times")
