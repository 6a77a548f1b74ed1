"""What is done to a database while its server is down for everybody else."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.servers import Server
from tests.support.servers.account import server_account
from tests.support.servers.server import _process_options


def run_in_single_user_mode(server: Server, dbname: str, statement: str) -> None:
    """Stop the server, run a statement in single-user mode, and start the server again."""
    data = server.directory / "data"
    _program(server, "pg_ctl", "stop", "--wait", "--pgdata", data)
    _program(server, "postgres", "--single", "-D", data, dbname, stdin=f"{statement}\n")
    _program(server, "pg_ctl", "start", "--wait", "--pgdata", data, "--log", server.log_path)


def _program(server: Server, *words: str | Path, stdin: str | None = None) -> None:
    options = _process_options(server.directory, server_account())
    command = [str(server.bin_dir / words[0]), *map(str, words[1:])]
    subprocess.run(command, check=True, input=stdin, stdout=subprocess.DEVNULL, text=True, **options)
