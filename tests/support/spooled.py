"""A database that can be made unreachable, and the spool where the records of its commands wait meanwhile."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from tests.support.command_line import run_dbtrack
from tests.support.servers import Server

RECORDED = """
SELECT script_execution_hk, script_name, execution_status, execution_duration_ms, error_message, metadata
FROM script_tracking.current_execution WHERE script_type NOT IN ('DDL_AUTO', 'MAINTENANCE') ORDER BY execution_timestamp
"""


@dataclass(frozen=True)
class Place:
    """A database and its spool."""

    server: Server
    conninfo: str
    spool: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"DBTRACK_DSN": self.conninfo, "DBTRACK_SPOOL": str(self.spool)}

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        name = conninfo_to_dict(self.conninfo)["dbname"]
        self.server.psql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            yield
        finally:
            self.server.psql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_dbtrack(*words, environment=self.environment)

    def spooled(self, *command: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        with self.unreachable():
            return self.run("track", "job", *options, "--", *command)

    def files(self, suffix: str = ".jsonl") -> list[Path]:
        return sorted(self.spool.glob(f"*{suffix}"))

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in self.files()]
