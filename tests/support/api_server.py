"""`dbtrack serve` as a process, and what a client of it needs."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from tests.support.command_line import clean_environment

PREFIX = "/api/v1/tracking"
_LISTENING = re.compile(r"dbtrack: listening on (https?://(\S+):(\d+))")


@dataclass
class ApiServer:
    """A running server.

    Args:
        url: with scheme, address and port.
        messages: what it has written to standard error.
    """

    url: str
    process: subprocess.Popen[str]
    messages: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.url.rpartition(":")[2])

    def client(self, token: str | None = None, *, tenant: str | None = None, **options: Any) -> httpx.Client:
        """Return a client whose paths begin after /api/v1/tracking."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if tenant is not None:
            headers["X-Tenant-ID"] = tenant
        return httpx.Client(base_url=self.url + PREFIX, headers=headers, timeout=30, **options)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(40)


@contextmanager
def serving(
    conninfo: str,
    *words: str,
    environment: dict[str, str] | None = None,
    command: tuple[str, ...] = ("serve",),
) -> Iterator[ApiServer]:
    """Run `dbtrack serve`, or another command, on a free port of the loopback address until the block ends."""
    command = (sys.executable, "-m", "dbtrack", *command, "-d", conninfo)
    if "--listen" not in words:
        command += ("--listen", "127.0.0.1:0")
    process = subprocess.Popen(
        [*command, *words],
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(environment),
        start_new_session=True,
    )
    assert process.stderr
    first = process.stderr.readline()
    match = _LISTENING.match(first)
    if match is None:
        process.kill()
        raise AssertionError(f"dbtrack serve did not start: {first}{process.stderr.read()}")
    server = ApiServer(match[1], process)
    reader = threading.Thread(target=lambda: server.messages.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        reader.join(5)
        process.stderr.close()


def create_token(
    superuser: psycopg.Connection[Any], name: str, scope: str, *tenants: str, rate: int | None = None
) -> str:
    """Create a token as an administrator does."""
    row = superuser.execute(
        "SELECT script_tracking.create_api_token(%s, %s, %s, 3600, %s)",
        (name, scope, list(tenants) or None, rate),
    ).fetchone()
    assert row
    return str(row[0])


def failure(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of an error, which must have the form of all errors."""
    body = json.loads(answer.content)
    assert body.keys() == {"success", "error", "error_code", "timestamp"}, body
    assert body["success"] is False
    assert "\n" not in body["error"]
    return answer.status_code, body["error_code"]


def data(answer: httpx.Response) -> Any:
    """Return the data of an answer that must be a success."""
    assert answer.status_code < 300, answer.text
    body = answer.json()
    assert body["success"] is True
    return body["data"]
