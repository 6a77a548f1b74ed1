"""A server of an earlier major version that pg_upgrade turns into one of a later version."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.servers import Server
from tests.support.servers.account import server_account
from tests.support.servers.server import _process_options

# PostgreSQL 15.20 gives each column an option that no version up to 18.6 restores: then pg_upgrade refuses any table. An
# administrator has the same two ways: a newer minor release there, or this.
_FORGET_ATTRIBUTE_VERSIONS = "UPDATE pg_attribute SET attoptions = NULL WHERE attoptions[1] LIKE 'pg_attver=%' AND attoptions[2] IS NULL"


def upgrade_server(old: Server, new: Server) -> None:
    """Run pg_upgrade from the one to the other, which must be empty; the new one runs afterwards.

    Raises:
        AssertionError: pg_upgrade refused; the message is what it said.
    """
    old_data, new_data = ((server.directory / "data").resolve() for server in (old, new))
    for name in old.psql("SELECT datname FROM pg_database WHERE datallowconn").splitlines():
        old.psql(_FORGET_ATTRIBUTE_VERSIONS, name)
    for server in (old, new):
        _program(server, "pg_ctl", "stop", "--wait", "--mode", "fast", "--pgdata", server.directory / "data")
    # initdb of 18 switches checksums on, that of 15 does not, and pg_upgrade refuses clusters that differ.
    if new.major >= 18 > old.major:
        _program(old, "pg_checksums", "--enable", "--no-sync", "--pgdata", old_data)
    words: list[str | Path] = [
        "-b",
        old.bin_dir,
        "-B",
        new.bin_dir,
        "-d",
        old_data,
        "-D",
        new_data,
        "-U",
        "postgres",
    ]
    _program(new, "pg_upgrade", *words, "--no-sync", "-s", new.directory)
    _program(new, "pg_ctl", "start", "--wait", "--pgdata", new_data, "--log", new.log_path)


def _program(server: Server, *words: str | Path) -> None:
    options = _process_options(server.directory, server_account())
    command = [str(server.bin_dir / words[0]), *map(str, words[1:])]
    # A server that is started would keep a pipe open.
    with (server.directory / "program.log").open("w") as output:
        done = subprocess.run(command, check=False, stdout=output, stderr=subprocess.STDOUT, **options)
    assert done.returncode == 0, "\n".join(
        [(server.directory / "program.log").read_text(), *_reasons(server)]
    )


def _reasons(server: Server) -> list[str]:
    """What pg_upgrade wrote into files that it only names: the last lines of each."""
    logs = (server.directory / "data").resolve().glob("pg_upgrade_output.d/*/log/*.log")
    return [f"{log.name}: {log.read_text()[-800:]}" for log in sorted(logs) if "rror" in log.read_text()]
