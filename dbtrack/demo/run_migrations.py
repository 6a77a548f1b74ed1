"""Runs the history: each migration by psql, inside a tracked operation, as its tenant's own login."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from typing import IO

from dbtrack.demo.scenario import MIGRATIONS_FOLDER, DemoMigration, history
from dbtrack.demo.server import DemoPlace
from dbtrack.errors import DbtrackError, ExitCode
from dbtrack.terminal.progress import ProgressLine

_PSQL_SCRIPT_FAILED = 3
_CANCELLED = "canceling statement due to user request"
_STDERR = 2


def play(place: DemoPlace, progress: ProgressLine) -> None:
    """Run the migrations, then what a DBA's cron would run.

    Raises:
        DbtrackError: a command did not end as it should.
    """
    migrations = history()
    # psql names the file in each error as it was given: there, a long path says nothing.
    with chdir(MIGRATIONS_FOLDER):
        for number, migration in enumerate(migrations, 1):
            progress.show(f"[{number}/{len(migrations)}] {migration.name} ({migration.tenant.title})")
            _migrate(place, migration)
    progress.show("Backing up …")
    _keep(place)


def _migrate(place: DemoPlace, migration: DemoMigration) -> None:
    user = migration.tenant.deployer
    command = [str(place.program("psql")), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    command += ["-d", place.conninfo(user), "-f", migration.path.name]
    _run(place, migration.name, command, "MIGRATION", user, migration.tenant.business_key)


def _keep(place: DemoPlace) -> None:
    vacuum = [str(place.program("vacuumdb")), "--quiet", "--analyze", "-d", place.conninfo()]
    _run(place, "nightly-vacuum", vacuum, "MAINTENANCE")
    dump = [str(place.program("pg_dump")), "--schema-only", "--file", os.devnull, "-d", place.conninfo()]
    _run(place, "nightly-backup", dump, "BACKUP")


def _run(
    place: DemoPlace,
    name: str,
    command: list[str],
    script_type: str,
    user: str | None = None,
    tenant: str | None = None,
) -> None:
    from dbtrack import wrapper

    own: list[str] = []
    with _held_stderr() as said:
        code = wrapper.run_command(
            place.target(user), name, command, script_type=script_type, tenant=tenant, talk=own.append
        )
        said.seek(0)
        message = "\n".join([said.read().decode(errors="replace").strip(), *own])
    # psql takes a Ctrl-C during a statement for an error of the script.
    if code == ExitCode.SIGNALLED + signal.SIGINT or (code == _PSQL_SCRIPT_FAILED and _CANCELLED in message):
        raise KeyboardInterrupt
    # Two of the migrations are meant to fail; whatever else happens is not part of the story.
    if code not in (0, _PSQL_SCRIPT_FAILED):
        raise DbtrackError(f"{name} ended with exit code {code}: {message}")


@contextmanager
def _held_stderr() -> Iterator[IO[bytes]]:
    """Keep what the commands write to standard error: the errors report shows it where it belongs."""
    if sys.stderr is not None:
        sys.stderr.flush()
    kept = os.dup(_STDERR)
    try:
        with tempfile.TemporaryFile() as held:
            os.dup2(held.fileno(), _STDERR)
            yield held
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
