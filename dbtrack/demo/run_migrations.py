"""Run the migrations of the demonstration: each by psql, in a tracked operation, as its tenant's login."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from typing import IO, TYPE_CHECKING

from dbtrack.config import ConnectionTarget
from dbtrack.demo.scenario import MIGRATIONS_FOLDER, DemoMigration, migrations_in_order
from dbtrack.demo.server import DemoServer
from dbtrack.errors import DbtrackError, ExitCode
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.operations import NewOperation

_PSQL_SCRIPT_FAILED = 3
_CANCELLED = "canceling statement due to user request"
_STDERR = 2


def run_migrations(server: DemoServer, progress: ProgressLine) -> None:
    """Run the migrations, then a vacuum and a backup as a DBA's cron job would.

    Raises:
        DbtrackError: a command failed that should have succeeded.
    """
    migrations = migrations_in_order()
    # psql repeats the name of the file in each error as it was given: short names read better.
    with chdir(MIGRATIONS_FOLDER):
        for number, migration in enumerate(migrations, 1):
            progress.show(f"[{number}/{len(migrations)}] {migration.name} ({migration.tenant.title})")
            _migrate(server, migration)
    progress.show("Backing up …")
    _maintain_and_back_up(server)


def _migrate(server: DemoServer, migration: DemoMigration) -> None:
    from dbtrack.operations import NewOperation

    user = migration.tenant.deployer
    command = [str(server.program("psql")), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    command += ["-d", server.conninfo(user), "-f", migration.path.name]
    operation = NewOperation(migration.name, "MIGRATION", migration.tenant.business_key)
    _run(server.target(user), operation, command)


def _maintain_and_back_up(server: DemoServer) -> None:
    from dbtrack.operations import NewOperation

    vacuum = [str(server.program("vacuumdb")), "--quiet", "--analyze", "-d", server.conninfo()]
    _run(server.target(), NewOperation("nightly-vacuum", "MAINTENANCE"), vacuum)
    dump = [str(server.program("pg_dump")), "--schema-only", "--file", os.devnull, "-d", server.conninfo()]
    _run(server.target(), NewOperation("nightly-backup", "BACKUP"), dump)


def _run(target: ConnectionTarget, operation: NewOperation, command: list[str]) -> None:
    from dbtrack import wrapper

    said: list[str] = []
    with _captured_stderr() as stderr:
        code = wrapper.run_command(target, operation, command, say=said.append)
        stderr.seek(0)
        message = "\n".join([stderr.read().decode(errors="replace").strip(), *said])
    # psql reports a Ctrl-C during a statement as an error of the script.
    if code == ExitCode.SIGNALLED + signal.SIGINT or (code == _PSQL_SCRIPT_FAILED and _CANCELLED in message):
        raise KeyboardInterrupt
    # Two of the migrations are meant to fail; any other failure is a fault of the demonstration.
    if code not in (0, _PSQL_SCRIPT_FAILED):
        raise DbtrackError(f"{operation.name} ended with exit code {code}: {message}")


@contextmanager
def _captured_stderr() -> Iterator[IO[bytes]]:
    """Keep what the commands write to standard error off the terminal: the errors report shows it."""
    if sys.stderr is not None:
        sys.stderr.flush()
    own_stderr = os.dup(_STDERR)
    try:
        with tempfile.TemporaryFile() as captured:
            os.dup2(captured.fileno(), _STDERR)
            yield captured
    finally:
        os.dup2(own_stderr, _STDERR)
        os.close(own_stderr)
