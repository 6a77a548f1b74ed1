"""A database with webhooks, and the program that serves them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.command_line import clean_environment, run_dbtrack

KEY = "11" * 32


@dataclass
class Webhooked:
    """A database with dbtrack installed, and commands about its webhooks."""

    conninfo: str
    connection: psycopg.Connection[tuple[object, ...]]
    directory: Path
    certificates: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the programs need to know."""
        given = {
            "DBTRACK_DSN": self.conninfo,
            "DBTRACK_KEY": "test=env:WEBHOOK_TEST_KEY",
            "WEBHOOK_TEST_KEY": KEY,
            "DBTRACK_STATE": str(self.directory / "state"),
        }
        return given if self.certificates is None else given | {"SSL_CERT_FILE": str(self.certificates)}

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of dbtrack to its end."""
        return run_dbtrack(*words, environment=self.environment | environment)

    def add(self, name: str, url: str, *options: str, **environment: str) -> str:
        """Add a webhook that may deliver to this machine, and return what it printed."""
        result = self.run(
            "webhook", "add", name, url, "--allow-private", "--allow-plain", *options, **environment
        )
        assert result.returncode == 0, result.stderr
        assert result.stderr == "" or "alert add --ready all" in result.stderr
        return result.stdout.strip()

    def record(self, *names: str) -> None:
        """Record an operation of each name that fails."""
        for name in names:
            self.connection.execute(
                "SELECT script_tracking.complete_operation(script_tracking.track_operation(%s), false, 'no such table')",
                (name,),
            )

    def fails(self, count: int, prefix: str = "run") -> list[str]:
        """Record so many operations that fail, and return their names."""
        names = [f"{prefix}-{number}" for number in range(count)]
        self.record(*names)
        return names

    def once(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Deliver what is there, in a process."""
        return self.run("notify", "--once", *options, **environment)

    @contextmanager
    def serving(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Run `dbtrack notify` for as long as the block takes."""
        process = self.start(*options)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(30)
            if process.stderr is not None:
                process.stderr.close()

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start `dbtrack notify` with quick polls."""
        return subprocess.Popen(
            [sys.executable, "-m", "dbtrack", "notify", "--interval", "0.1", *options],
            env=clean_environment(self.environment) | {"PATH": os.environ["PATH"]},
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def value(self, query: str) -> object:
        """Return the first value of a query."""
        row = self.connection.execute(query.encode()).fetchone()
        return row[0] if row else None

    def skip_wait(self) -> None:
        """Make the next attempt due."""
        self.connection.execute("UPDATE script_tracking.webhook_delivery SET next_attempt_at = NULL")
