"""A Prometheus of the test's own, which scrapes one address."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

from tests.support.required import required_program

_WAIT_SECONDS = 60
_CONFIGURATION = """
global:
  scrape_interval: 1s
  evaluation_interval: 1s
{rules}
scrape_configs:
  - job_name: dbtrack
    metrics_path: /metrics
    authorization:
      credentials_file: {token}
    static_configs:
      - targets: ["{target}"]
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Prometheus:
    """Answers queries."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:
        """Return the data of an answer of its API; None while it does not answer."""
        try:
            with urlopen(f"{self._address}{path}", timeout=10) as answer:  # noqa: S310
                return json.load(answer)["data"]
        except (URLError, OSError):
            return None

    def value(self, query: str) -> float | None:
        """Return the value of a query that has one; None without one."""
        found = self.get(f"/api/v1/query?query={quote(query)}")
        result = found["result"] if found else []
        return float(result[0]["value"][1]) if result else None

    def wait_for(self, query: str, value: float) -> None:
        """Wait until a query has a value."""
        deadline = time.monotonic() + _WAIT_SECONDS
        seen = None
        while seen != value:
            assert time.monotonic() < deadline, (query, seen, self.get("/api/v1/targets"))
            time.sleep(0.2)
            seen = self.value(query)


@contextmanager
def running_prometheus(
    directory: Path, target: str, token: str, rules: Path | None = None
) -> Iterator[Prometheus]:
    """Run one, with its data in a directory, until the end of the block."""
    program = required_program("prometheus")
    (directory / "token").write_text(token)
    listed = f"rule_files: ['{rules}']" if rules else ""
    configuration = directory / "prometheus.yml"
    configuration.write_text(_CONFIGURATION.format(rules=listed, token=directory / "token", target=target))
    port = free_port()
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                program,
                f"--config.file={configuration}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        yield Prometheus(port)
    finally:
        process.terminate()
        process.wait(30)
