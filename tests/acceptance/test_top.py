"""`dbtrack top` on a terminal: what somebody sees and types."""

from __future__ import annotations

import os
import signal
import time

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.command_line import clean_environment
from tests.support.proxy import Proxy
from tests.support.servers import Server
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

_FAILED = "SELECT script_tracking.complete_operation(script_tracking.track_operation('V42'), false, 'no space left')"
_DONE = "SELECT script_tracking.complete_operation(script_tracking.track_operation('V43'))"
# The settings of the terminal before and after; the screen of before is there again.
_SCRIPT = 'stty cols 100 rows 30; before=$(stty -g); dbtrack "$@"; echo "code=$?"; [ "$(stty -g)" = "$before" ] && echo "as before"'


@pytest.fixture
def conninfo(installed_conninfo: str) -> str:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_FAILED)
        connection.execute(_DONE)
    return installed_conninfo


def _top(conninfo: str, *words: str) -> Terminal:
    environment = clean_environment({"DBTRACK_DSN": conninfo, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})
    del environment["COLUMNS"]
    return Terminal(_SCRIPT, ("top", *words), environment)


def _screen(terminal: Terminal) -> str:
    """Return the latest frame."""
    return terminal.look().rpartition("\x1b[H")[2]


def test_keys_filter_open_and_quit(conninfo: str) -> None:
    with _top(conninfo) as terminal:
        terminal.wait_for("V43")
        terminal.wait_for("q quit")
        terminal.press(b"\x1b[B\r")
        terminal.wait_for("not seen to succeed since")
        terminal.press(b"\x1b")
        terminal.press(b"/v43\r")
        terminal.wait_for("/v43")
        wait_until(lambda: "V42" not in _screen(terminal))
        terminal.press(b"y")
        terminal.wait_for("copied ")
        terminal.press(b"?")
        terminal.wait_for("only what failed")
        terminal.press(b"q")
        terminal.wait_for("code=0")
        terminal.wait_for("as before")
        assert "\x1b[?1049h" in terminal.seen
        assert terminal.seen.rindex("\x1b[?1049l") > terminal.seen.rindex("\x1b[?1049h")


@pytest.mark.parametrize(("keys", "number", "code"), [(b"\x03", 0, 0), (b"", signal.SIGTERM, 143)])
def test_the_terminal_is_given_back_however_it_ends(
    conninfo: str, keys: bytes, number: int, code: int
) -> None:
    with _top(conninfo) as terminal:
        terminal.wait_for("q quit")
        if keys:
            terminal.press(keys)
        else:
            os.kill(terminal.child(), number)
        terminal.wait_for(f"code={code}")
        terminal.wait_for("as before")


def test_it_stops_and_continues_and_follows_the_window(conninfo: str) -> None:
    script = "set -m; " + _SCRIPT.replace(
        'dbtrack "$@";', 'dbtrack "$@"; echo stopped; stty -a | grep -c " echo "; fg;'
    )
    environment = clean_environment({"DBTRACK_DSN": conninfo, "TERM": "xterm", "LC_ALL": "C.UTF-8"})
    with Terminal(script, ("top",), environment) as terminal:
        terminal.wait_for("q quit")
        terminal.press(b"\x1a")
        terminal.wait_for("stopped\r\n1\r\n")
        frames = terminal.seen.count("q quit")
        wait_until(lambda: terminal.look().count("q quit") > frames)
        terminal.resize(60, 20)
        wait_until(lambda: "─" * 60 in _screen(terminal) and "─" * 61 not in _screen(terminal))
        terminal.press(b"q")
        terminal.wait_for("as before")


def test_a_lost_connection_is_reported_and_tried_again(conninfo: str) -> None:
    with _top(make_conninfo(conninfo, application_name="top"), "--every", "0.5") as terminal:
        terminal.wait_for("V43")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'top'"
            )
            terminal.wait_for("trying again")
            connection.execute(_DONE.replace("V43", "V44"))
        terminal.wait_for("V44")
        terminal.press(b"q")
        terminal.wait_for("code=0")


def test_it_can_be_quit_while_the_server_is_silent(conninfo: str, server: Server) -> None:
    with Proxy(server.port) as proxy:
        target = make_conninfo(conninfo, host="127.0.0.1", port=proxy.port)
        with _top(target, "--every", "0.5") as terminal:
            terminal.wait_for("V43")
            proxy.stall()
            time.sleep(1)
            terminal.press(b"q")
            terminal.wait_for("code=0", seconds=20)


def test_a_first_connection_that_fails_ends_it(conninfo: str) -> None:
    with _top("host=/nowhere") as terminal:
        terminal.wait_for("code=12")
        terminal.wait_for("as before")
