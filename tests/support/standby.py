"""A streaming standby of a test server."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support.servers.account import server_account
from tests.support.servers.server import (
    Server,
    ServerError,
    _free_port,
    _place_data,
    _process_options,
    _start_guard,
)


def start_standby(primary: Server) -> Server:
    """Start a standby that streams from `primary`, in a directory of its own, with all that was committed by now.

    Raises:
        ServerError: it could not be made.
    """
    account = server_account()
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-", dir="/tmp"))
    account.own(directory)
    _place_data(directory, account)
    port = _free_port()
    command = [str(primary.bin_dir / "pg_basebackup"), "--dbname", primary.conninfo()]
    command += [
        "--pgdata",
        str(directory / "data"),
        "--checkpoint=fast",
        "--write-recovery-conf",
        "--no-sync",
    ]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, **_process_options(directory, account)
    )
    if done.returncode != 0:
        shutil.rmtree((directory / "data").resolve(), ignore_errors=True)
        shutil.rmtree(directory)
        raise ServerError(f"pg_basebackup: {done.stderr}")
    with (directory / "data" / "postgresql.conf").open("a") as settings:
        settings.write(f"port = {port}\nunix_socket_directories = '{directory}'\n")
    guard = _start_guard(primary.bin_dir, directory, account)
    return Server(primary.major, primary.bin_dir, directory, port, guard)
