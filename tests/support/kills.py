"""Servers that are killed with SIGKILL and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.servers import Server
from tests.support.servers.account import server_account


def kill(server: Server) -> None:
    """Kill a server and all its processes at once, as if the machine had failed."""
    postmaster = int((server.directory / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in [postmaster, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)


def start_again(server: Server) -> None:
    """Start a killed server, which recovers."""
    command = [str(server.bin_dir / "pg_ctl"), "start", "--silent", "--wait"]
    command += [f"--pgdata={server.directory / 'data'}", f"--log={server.log_path}"]
    message = ""
    for _ in range(50):
        # What is left of the killed one holds the shared memory for a moment.
        done = subprocess.run(
            command, check=False, capture_output=True, cwd="/", **server_account().process_options()
        )
        if done.returncode == 0:
            return
        message = done.stderr.decode()
        time.sleep(0.1)
    pytest.fail(f"the server did not come back: {message}")
