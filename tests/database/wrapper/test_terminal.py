"""On a terminal a wrapped command is recorded as off it, and finds all that it expects of a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dbtrack.db import Database
from tests.support.command_line import clean_environment
from tests.support.servers import Server
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until
from tests.support.wrapped import only_execution

pytestmark = pytest.mark.any_server

# Says what it takes its stderr for, whenever the size of the window changes.
SHOW_SIZE = """
import os, signal, sys, time
def show(*_):
    size = os.get_terminal_size(2)
    os.write(2, f"size {size.columns}x{size.lines};".encode())
signal.signal(signal.SIGWINCH, show)
show()
while not os.path.exists(sys.argv[1]):
    time.sleep(0.02)
"""

LOOP = 'for number in 1 2 3; do "$@"; echo "next"; done'
WAIT = "(open(sys.argv[1], 'w').close(), __import__('time').sleep(60))"


@pytest.fixture
def environment(server: Server) -> dict[str, str]:
    path = f"{server.bin_dir}{os.pathsep}{os.environ['PATH']}"
    return clean_environment({"PATH": path, "TERM": "xterm", "PAGER": "cat", "LC_ALL": "C.UTF-8"})


def words(conninfo: str, *command: str, options: tuple[str, ...] = ()) -> list[str]:
    return [sys.executable, "-m", "dbtrack", "track", "-d", conninfo, "job", *options, "--", *command]


@pytest.mark.parametrize("colour", ["never", "always"])
def test_errors_that_psql_hides_are_noticed_on_a_terminal_as_off_it(
    colour: str, installed: Database, installed_conninfo: str, environment: dict[str, str], tmp_path: Path
) -> None:
    script = tmp_path / "bad.sql"
    script.write_text("SELECT 1/0;\nSELECT 1;\n")
    psql = ("psql", "-X", "-q", installed_conninfo, "-f", str(script))
    command = words(installed_conninfo, *psql, options=("--strict",))
    with Terminal('"$@"; echo "code=$?"', command, {**environment, "PG_COLOR": colour}) as terminal:
        terminal.wait_for("code=3")
    assert "psql exited 0 after 1 error(s)" in terminal.seen
    current = only_execution(installed).current
    assert (current.status, current.metadata["psql_errors"]) == ("FAILED", 1)
    assert current.metadata["cause"] == "division by zero"
    assert current.error_message == f"psql:{script}:1: ERROR:  division by zero"


def test_what_a_command_says_on_a_terminal_is_kept(
    installed: Database, installed_conninfo: str, environment: dict[str, str], tmp_path: Path
) -> None:
    coloured = tmp_path / "coloured"
    coloured.write_text("\033[31mone\033[0m\ntwo\n")
    command = words(installed_conninfo, "sh", "-c", f"cat {coloured} >&2; exit 7")
    with Terminal('"$@"; echo "code=$?"', command, environment) as terminal:
        terminal.wait_for("code=7")
    # The terminal itself puts the carriage returns in, once.
    assert "\033[31mone\033[0m\r\ntwo\r\n" in terminal.seen
    assert "\r\r" not in terminal.seen
    assert only_execution(installed).current.error_message == "one\ntwo"


def test_the_size_of_the_window_is_passed_on(
    installed_conninfo: str, environment: dict[str, str], tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    command = words(installed_conninfo, sys.executable, "-c", SHOW_SIZE, str(flag))
    with Terminal('stty cols 90 rows 30; "$@"; echo "code=$?"', command, environment) as terminal:
        terminal.wait_for("size 90x30;")
        terminal.resize(70, 20)
        terminal.wait_for("size 70x20;")
        flag.touch()
        terminal.wait_for("code=0")


def test_a_pager_that_reads_keys_from_its_stderr_works(
    installed_conninfo: str, environment: dict[str, str], tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    lines.write_text("".join(f"line {number}\n" for number in range(100)))
    script = 'stty cols 80 rows 24; before=$(stty -g); "$@"; echo "code=$?"; [ "$before" = "$(stty -g)" ] && echo same'
    with Terminal(script, words(installed_conninfo, "more", str(lines)), environment) as terminal:
        terminal.wait_for("More")
        assert "line 30" not in terminal.seen
        terminal.press(b" ")
        terminal.wait_for("line 30")
        terminal.press(b"q")
        terminal.wait_for("code=0")
        terminal.wait_for("same")


def test_a_prompt_on_the_terminal_itself_works(
    installed: Database, installed_conninfo: str, environment: dict[str, str]
) -> None:
    ask = "exec </dev/tty >/dev/tty; read -r -s -p 'Password: ' word; echo \"<$word>\"; exit 4"
    with Terminal(
        '"$@"; echo "code=$?"', words(installed_conninfo, "bash", "-c", ask), environment
    ) as terminal:
        terminal.wait_for("Password: ")
        terminal.press(b"open sesame\n")
        terminal.wait_for("code=4")
    assert "<open sesame>" in terminal.seen
    assert terminal.seen.count("open sesame") == 1


def test_an_interactive_shell_keeps_its_job_control(
    installed: Database, installed_conninfo: str, environment: dict[str, str]
) -> None:
    command = words(installed_conninfo, "bash", "--norc", "-i")
    with Terminal('set -m; PS1=ready "$@"; echo "code=$?"', command, environment) as terminal:
        terminal.wait_for("ready")
        terminal.press(b"sh -c 'printf be%s gun; exec sleep 60'\n")
        terminal.wait_for("begun")
        terminal.press(b"\x1a")
        terminal.wait_for("Stopped")
        # The shell refuses to exit as long as it has a stopped job; brought to the front, it is waited for.
        terminal.press(b"kill -KILL %1; fg %1; exit 5\n")
        terminal.wait_for("code=5")
    assert "no job control" not in terminal.seen
    assert only_execution(installed).current.metadata["stderr"] == "not read"


def test_ctrl_c_ends_the_loop_of_a_shell_around_a_wrapped_command(
    installed: Database, installed_conninfo: str, environment: dict[str, str], tmp_path: Path
) -> None:
    started = tmp_path / "started"
    command = words(installed_conninfo, "sh", "-c", f"echo begun >> {started}; exec sleep 60")
    with Terminal(LOOP, command, environment) as terminal:
        wait_until(lambda: started.exists() and started.read_text() != "", "the command is started")
        terminal.press(b"\x03")
        terminal.process.wait(timeout=20)
    assert "next" not in terminal.seen
    assert started.read_text() == "begun\n"
    current = only_execution(installed).current
    assert (current.status, current.error_message) == ("CANCELLED", "killed by SIGINT")


def test_ctrl_c_ends_the_loop_of_a_shell_around_any_command(
    environment: dict[str, str], tmp_path: Path
) -> None:
    started = tmp_path / "started"
    code = f"import sys; from dbtrack.cli import main as m; m._run = lambda _: {WAIT}; sys.exit(m.main())"
    with Terminal(LOOP, [sys.executable, "-c", code, str(started)], environment) as terminal:
        wait_until(started.exists, "the command is started")
        terminal.press(b"\x03")
        terminal.process.wait(timeout=20)
    assert "next" not in terminal.seen


def test_the_first_process_of_a_container_exits_where_the_signal_does_not_end_it(
    installed_conninfo: str, environment: dict[str, str]
) -> None:
    unshare = ["unshare", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to make a process namespace")
    command = [*unshare, *words(installed_conninfo, "sh", "-c", "kill -TERM $$")]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 143


def test_what_nobody_reads_is_recorded_all_the_same(
    installed: Database, installed_conninfo: str, environment: dict[str, str], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    script = f"echo begun >&2; while [ ! -e {go} ]; do sleep 0.05; done; echo last words >&2; exit 7"
    with Terminal(
        '"$@"; echo "code=$?"', words(installed_conninfo, "sh", "-c", script), environment
    ) as terminal:
        terminal.wait_for("begun")
        terminal.press(b"\x13")  # Ctrl-S: the terminal shows nothing more
        go.touch()
        wait_until(lambda: only_execution(installed).current.status == "FAILED", "the end is recorded")
        assert "last words" not in terminal.seen
        terminal.press(b"\x11")
        terminal.wait_for("code=7")
    assert "last words" in terminal.seen
    assert only_execution(installed).current.error_message == "begun\nlast words"


def test_an_error_in_psql_used_by_hand_is_not_a_failure(
    installed: Database, installed_conninfo: str, environment: dict[str, str]
) -> None:
    command = words(installed_conninfo, "psql", "-X", "-d", installed_conninfo)
    with Terminal('"$@"; echo "code=$?"', command, environment) as terminal:
        terminal.wait_for("=#")
        terminal.press(b"SELECT 1/0;\n")
        terminal.wait_for("division by zero")
        terminal.press(b"\\q\n")
        terminal.wait_for("code=0")
    current = only_execution(installed).current
    assert (current.status, current.metadata["stderr"]) == ("COMPLETED", "not read")
