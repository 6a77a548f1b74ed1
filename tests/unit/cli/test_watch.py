"""Watching, on a pseudo-terminal and off one, with a report and a connection that the test makes up."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.command_line import clean_environment

PROGRAM = """
import sys
from contextlib import contextmanager
from dbtrack.cli import main, watch
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.errors import NoConnectionError, QueryError

drawings, connections = [], []
plan = sys.argv[1]

@contextmanager
def connected(connection, **options):
    connections.append(1)
    if plan == "down" or plan == "restart" and len(connections) == 2:
        raise NoConnectionError("cannot connect: refused")
    yield "database"

def draw(database, stream):
    drawings.append(1)
    if plan == "restart" and len(drawings) == 2:
        raise NoConnectionError("the server went away")
    if plan == "broken" and len(drawings) == 2:
        raise QueryError("division by zero")
    stream.write(f"drawing {len(drawings)}\\n" + "row\\n" * (100 if plan == "long" else 0))

watch.connected = connected
main._run = lambda words: watch.watch(ConnectionArguments(), 0.05, draw)
sys.exit(main.main([]))
"""


@contextmanager
def watching(plan: str, stdout: int, stderr: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, plan],
        env=clean_environment({"LINES": "10", "COLUMNS": "40"}),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def read_until(descriptor: int, pattern: bytes, seconds: float = 20) -> bytes:
    text, deadline = b"", time.monotonic() + seconds
    while not re.search(pattern, text) and time.monotonic() < deadline:
        text += os.read(descriptor, 65536)
    assert re.search(pattern, text), text
    return text


def watched(plan: str, until: bytes, number: signal.Signals = signal.SIGINT) -> tuple[bytes, bytes, int]:
    """Watch off a terminal until something was written; return standard output, error and exit code."""
    with watching(plan, subprocess.PIPE, subprocess.PIPE) as process:
        assert process.stdout is not None
        seen = read_until(process.stdout.fileno(), until)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        return seen + out, err, process.returncode


def test_ctrl_c_ends_a_watch_with_success() -> None:
    out, err, code = watched("fine", b"drawing 3")
    assert (err, code) == (b"", 0)
    assert out.startswith(b"drawing 1\ndrawing 2\ndrawing 3\n")


def test_terminating_it_does_not() -> None:
    assert watched("fine", b"drawing 2", signal.SIGTERM)[2] == 143


def test_a_lost_connection_is_said_and_outlived() -> None:
    out, err, code = watched("restart", b"drawing 4")
    assert code == 0
    assert b"drawing 2" not in out
    lost, refused = err.decode().splitlines()
    assert lost.endswith("the server went away; trying again")
    assert refused.endswith("cannot connect: refused; trying again")


@pytest.mark.parametrize(
    ("plan", "code", "said"), [("down", 12, b"refused"), ("broken", 1, b"division by zero")]
)
def test_what_will_not_pass_ends_it(plan: str, code: int, said: bytes) -> None:
    with watching(plan, subprocess.PIPE, subprocess.PIPE) as process:
        _, err = process.communicate(timeout=20)
        assert process.returncode == code
    assert said in err


def on_terminal(plan: str, until: bytes) -> tuple[bytes, int]:
    master, slave = pty.openpty()
    try:
        with watching(plan, slave, subprocess.DEVNULL) as process:
            os.close(slave)
            seen = read_until(master, until)
            process.send_signal(signal.SIGINT)
            seen += read_until(master, rb"\x1b\[\?1049l")
            return seen, process.wait(timeout=20)
    finally:
        os.close(master)


def test_a_terminal_gets_its_screen_and_cursor_back() -> None:
    seen, code = on_terminal("fine", b"drawing 2")
    assert code == 0
    assert seen.startswith(b"\x1b[?1049h\x1b[?25l")
    assert seen.endswith(b"\x1b[?25h\x1b[?1049l")
    assert b"every 0.05 s; Ctrl-C ends" in seen


def test_what_is_longer_than_the_screen_is_counted() -> None:
    seen, _ = on_terminal("long", b"drawing 2")
    screens = seen.split(b"\x1b[H")[1:-1]
    assert {screen.count(b"\n") for screen in screens} == {9}
    assert all(b"... 94 more lines" in screen for screen in screens)
