"""Running `dbtrack track NAME -- COMMAND…` against a database, and finding what it recorded."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from dbtrack import operations
from dbtrack.db import Database
from dbtrack.operations import Execution
from tests.support.command_line import clean_environment, run_process
from tests.support.servers import Server


@dataclass(frozen=True)
class Track:
    """Wraps commands; the server's own programs come first in their PATH."""

    conninfo: str
    server: Server

    def __call__(
        self,
        *command: str,
        name: str = "job",
        options: tuple[str, ...] = (),
        environment: dict[str, str] | None = None,
        stdin: bytes = b"",
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one command to its end."""
        return run_process(
            self.words(*command, name=name, options=options)[3:], self.environment(environment), stdin
        )

    def words(self, *command: str, name: str = "job", options: tuple[str, ...] = ()) -> list[str]:
        """Return the command line that wraps one command."""
        return [sys.executable, "-m", "dbtrack", "track", "-d", self.conninfo, name, *options, "--", *command]

    def environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """Return the variables that it is run with."""
        path = {"PATH": f"{self.server.bin_dir}{os.pathsep}{os.environ['PATH']}"}
        return clean_environment(path | (more or {}))


def only_execution(database: Database) -> Execution:
    """Return the one execution that is not a captured DDL."""
    keys = database.rows(
        "SELECT script_execution_hk FROM script_tracking.current_execution WHERE script_type <> 'DDL_AUTO'"
    )
    assert len(keys) == 1
    return operations.find_execution(database, bytes(keys[0][0]))
