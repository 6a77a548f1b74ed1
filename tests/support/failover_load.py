"""Programs that work while another server takes over: psql's like, the API's clients, `track`, cron."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import httpx
import psycopg

_PAUSE_SECONDS = 0.1
_CRON_SECONDS = 3.0


@dataclass(frozen=True)
class Program:
    """dbtrack, with the environment of one of its users."""

    environment: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "dbtrack", *words],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "dbtrack", *words],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


class Worker(threading.Thread, ABC):
    """Does one thing again and again until it is told to stop."""

    pause_seconds: ClassVar[float] = _PAUSE_SECONDS

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, float] = {}
        self._stop_now = threading.Event()

    def run(self) -> None:
        """Work."""
        while not self._stop_now.is_set():
            self.step()
            self._stop_now.wait(self.pause_seconds)

    def end(self) -> None:
        """Let it finish what it does."""
        self._stop_now.set()
        self.join(60)
        assert not self.is_alive(), f"{type(self).__name__} hangs"
        self.close()

    def close(self) -> None:
        """Close what it has opened."""

    @abstractmethod
    def step(self) -> None:
        """Do it once."""

    @property
    def away_seconds(self) -> float:
        """The longest time between two acknowledgements."""
        moments = list(self.acknowledged.values())
        return max((later - earlier for earlier, later in pairwise(moments)), default=0.0)


class DdlWorker(Worker):
    """Creates tables, over one connection as long as it lasts."""

    def __init__(self, conninfo: str, prefix: str) -> None:
        super().__init__()
        self._conninfo, self._prefix, self._number = conninfo, prefix, 0
        self._connection: psycopg.Connection[Any] | None = None

    def step(self) -> None:
        """Create one table; a name is never used again, whether or not the server answered."""
        self._number += 1
        name = f"{self._prefix}_{self._number}"
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._conninfo, autocommit=True)
            self._connection.execute(f"CREATE TABLE {name} ()".encode())
            self.acknowledged[name] = time.monotonic()
        except psycopg.Error:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()


class ApiWorker(Worker):
    """Records operations by the API; repeats a request with its Idempotency-Key until it is acknowledged."""

    def __init__(self, url: str, token: str, prefix: str) -> None:
        super().__init__()
        self._client = httpx.Client(
            base_url=f"{url}/api/v1/tracking", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        self._prefix, self._number = prefix, 0

    def step(self) -> None:
        """Start and complete one operation."""
        self._number += 1
        name = f"{self._prefix}-{self._number}"
        while not self._stop_now.is_set():
            started = self._posted("start", {"script_name": name}, name)
            if started is None:
                continue
            closed = self._posted("complete", {"execution_key": started["data"]["execution_key"]}, name)
            if closed is not None:
                self.acknowledged[name] = time.monotonic()
                return

    def _posted(self, what: str, body: dict[str, str], key: str) -> dict[str, Any] | None:
        headers = {"Idempotency-Key": key} if what == "start" else {}
        try:
            answer = self._client.post(f"/operations/{what}", json=body, headers=headers)
        except httpx.HTTPError:
            answer = None
        # A completion that was repeated because its answer was lost is refused: it is closed already.
        if answer is not None and answer.status_code in {200, 201, 409}:
            document: dict[str, Any] = answer.json()
            return document
        self._stop_now.wait(0.2)
        return None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class TrackWorker(Worker):
    """Wraps commands in `dbtrack track`."""

    def __init__(self, program: Program, prefix: str) -> None:
        super().__init__()
        self._program, self._prefix, self._number = program, prefix, 0
        self.messages: Counter[str] = Counter()
        self.spooled: set[str] = set()

    def step(self) -> None:
        """Run one command."""
        self._number += 1
        name = f"{self._prefix}-{self._number}"
        result = self._program.run("track", name, "--", "true")
        assert result.returncode == 0, result.stderr
        self.acknowledged[name] = time.monotonic()
        if "waits in the spool" in result.stderr:
            self.spooled.add(name)
        self.messages.update(without_details(line, name) for line in result.stderr.splitlines())


class CronWorker(Worker):
    """Runs `maintain` on all nodes at once, as cron does there: each over its own server's address."""

    pause_seconds = _CRON_SECONDS

    def __init__(self, programs: list[Program]) -> None:
        super().__init__()
        self._programs = programs
        self.complaints: Counter[str] = Counter()

    def step(self) -> None:
        """Run it once on each node."""
        running = [program.start("maintain") for program in self._programs]
        for process in running:
            _, message = process.communicate(timeout=60)
            if message or process.returncode:
                self.complaints[f"exit {process.returncode}: {without_details(message.strip())}"] += 1


def without_details(message: str, name: str = "") -> str:
    """Return a message without what differs from run to run."""
    text = message.replace(name, "NAME") if name else message
    return re.sub(r"\d{4,}", "N", text)
