"""What needs a terminal, or lasts."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TextIO

import psycopg
import pytest

from tests.support.command_line import clean_environment, run_dbtrack

pytestmark = pytest.mark.any_server

# Ctrl-C becomes a signal only on the terminal that controls the process.
ON_TERMINAL = """
import fcntl, sys, termios
from dbtrack.cli.main import main
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.exit(main())
"""


@pytest.mark.parametrize(("answer", "code", "left"), [(b"yes\n", 0, 10), (b"\n", 1, 0), (b"\x03", -2, 0)])
def test_uninstall_asks_on_a_terminal(answer: bytes, code: int, left: int, installed_conninfo: str) -> None:
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, "uninstall", "-d", installed_conninfo],
        env=clean_environment(),
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    seen = b""
    while b"Type 'yes' to remove it: " not in seen:
        seen += os.read(terminal, 1000)
    os.write(terminal, answer)
    assert process.wait(timeout=20) == code
    os.close(terminal)
    assert run_dbtrack("dashboard", "-d", installed_conninfo).returncode == left


def test_a_dumb_terminal_is_asked_for_its_width(installed_conninfo: str) -> None:
    environment = clean_environment({"TERM": "dumb"})
    del environment["COLUMNS"]
    terminal, inside = pty.openpty()
    termios.tcsetwinsize(inside, (24, 60))
    process = subprocess.Popen(
        [sys.executable, "-m", "dbtrack", "dashboard", "-d", installed_conninfo],
        env=environment,
        stdout=inside,
    )
    os.close(inside)
    seen = b""
    while b"dashboard --watch 2" not in seen:
        seen += os.read(terminal, 1000)
    assert process.wait(timeout=20) == 0
    os.close(terminal)
    assert max(map(len, seen.decode(errors="replace").splitlines())) <= 60
    assert b"\x1b" not in seen


def start_watching(conninfo: str, stderr: TextIO) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dbtrack", "dashboard", "--watch", "0.1", "--format", "jsonl"],
        env=clean_environment({"DBTRACK_DSN": conninfo, "PGAPPNAME": "watcher"}),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def test_a_watch_outlives_a_lost_connection(installed_conninfo: str, tmp_path: Path) -> None:
    said = tmp_path / "stderr"
    with said.open("w") as stderr:
        watching = start_watching(installed_conninfo, stderr)
    assert watching.stdout is not None
    assert "metric_name" in watching.stdout.readline()
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'watcher' AND datname = current_database()"
        )
    deadline = time.monotonic() + 20
    while "trying again" not in said.read_text() and time.monotonic() < deadline:
        watching.stdout.readline()
    for _ in range(100):  # more than what the pipe can still hold of the time before
        assert "metric_name" in watching.stdout.readline()
    watching.send_signal(2)
    watching.communicate(timeout=20)
    assert watching.returncode == 0
    (line,) = said.read_text().splitlines()
    assert line.startswith("dbtrack: warning: ")
