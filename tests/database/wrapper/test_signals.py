"""Signals, terminals and accidents around a wrapped command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals

import pytest

from dbtrack import operations
from dbtrack.db import Database
from dbtrack.operations import Version
from tests.support.command_line import clean_environment
from tests.support.sessions import end_other_sessions
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

# Notes each signal it gets, and ends half a second after the first one, so that a second delivery is seen.
LISTENER = """
import os, signal, sys, time
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
caught = []
def note(number, frame):
    caught.append(number)
    os.write(log, signal.Signals(number).name.encode() + b"\\n")
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1):
    if signal.getsignal(number) != signal.SIG_IGN:
        signal.signal(number, note)
os.write(log, b"ready\\n")
while not caught:
    time.sleep(0.02)
deadline = time.monotonic() + 0.5
while time.monotonic() < deadline:
    time.sleep(0.02)
sys.exit(9)
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def lines(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def words(conninfo: str, *command: str) -> list[str]:
    return [sys.executable, "-m", "dbtrack", "track", "-d", conninfo, "job", "--", *command]


@contextmanager
def tracked(conninfo: str, log: Path, *command: str, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """Start a wrapped command, and wait until it has said that it is ready."""
    command = command or (sys.executable, "-c", LISTENER, str(log))
    with subprocess.Popen(
        words(conninfo, *command),
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,  # type: ignore[call-overload]
    ) as wrapper:
        try:
            wait_until(lambda: "ready" in lines(log), "the command is ready")
            yield wrapper
        finally:
            if wrapper.poll() is None:
                wrapper.kill()


def stderr(wrapper: subprocess.Popen[bytes]) -> str:
    assert wrapper.stderr
    return wrapper.stderr.read().decode()


def current(database: Database) -> Version:
    [row] = database.rows("SELECT script_execution_hk FROM script_tracking.current_execution")
    return operations.find_execution(database, bytes(row[0])).current


@pytest.mark.parametrize("number", [Signals.SIGINT, Signals.SIGTERM, Signals.SIGHUP, Signals.SIGQUIT])
def test_a_signal_sent_to_the_wrapper_reaches_the_command_once(
    number: Signals, installed: Database, installed_conninfo: str, log: Path
) -> None:
    with tracked(installed_conninfo, log) as wrapper:
        wrapper.send_signal(number)
        assert wrapper.wait(timeout=20) == 9
        assert stderr(wrapper).startswith("dbtrack: job is recorded as ")
    assert lines(log) == ["ready", number.name]
    assert (current(installed).status, current(installed).metadata["exit_code"]) == ("CANCELLED", 9)


def test_stopped_and_continued_it_still_waits(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    with tracked(installed_conninfo, log) as wrapper:
        wrapper.send_signal(signal.SIGSTOP)
        time.sleep(1)  # longer than the wrapper waits at a time
        wrapper.send_signal(signal.SIGCONT)
        time.sleep(0.2)
        wrapper.send_signal(signal.SIGUSR1)
        assert wrapper.wait(timeout=20) == 9
        assert stderr(wrapper).startswith("dbtrack: job is recorded as ")
    assert lines(log) == ["ready", "SIGUSR1"]
    assert (current(installed).status, current(installed).metadata["exit_code"]) == ("FAILED", 9)


def test_a_command_that_obeys_the_signal(installed: Database, installed_conninfo: str, log: Path) -> None:
    with tracked(installed_conninfo, log, "sh", "-c", f"echo ready > {log}; exec sleep 60") as wrapper:
        wrapper.send_signal(signal.SIGTERM)
        assert wrapper.wait(timeout=20) == -Signals.SIGTERM
    assert (current(installed).status, current(installed).error_message) == ("CANCELLED", "killed by SIGTERM")


def test_a_signal_that_asks_for_no_end_is_passed_on_too(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    with tracked(installed_conninfo, log) as wrapper:
        wrapper.send_signal(signal.SIGUSR1)
        assert wrapper.wait(timeout=20) == 9
    assert lines(log) == ["ready", "SIGUSR1"]
    assert current(installed).status == "FAILED"


def test_under_nohup_a_hang_up_is_ignored_by_both(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    nohup = ["nohup", *words(installed_conninfo, sys.executable, "-c", LISTENER, str(log))]
    with subprocess.Popen(
        nohup, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as wrapper:
        wait_until(lambda: "ready" in lines(log), "the command is ready")
        wrapper.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert wrapper.poll() is None
        wrapper.send_signal(signal.SIGTERM)
        assert wrapper.wait(timeout=20) == 9
    assert lines(log) == ["ready", "SIGTERM"]


def test_ctrl_c_on_a_terminal_reaches_the_command_once(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    command = words(installed_conninfo, sys.executable, "-c", LISTENER, str(log))
    with Terminal('trap : INT; "$@"; echo "code=$?"', command, clean_environment()) as terminal:
        wait_until(lambda: "ready" in lines(log), "the command is ready")
        terminal.press(b"\x03")
        terminal.wait_for("code=9")
    assert lines(log) == ["ready", "SIGINT"]
    assert current(installed).status == "CANCELLED"


def test_closing_the_terminal_reaches_the_command(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    command = words(installed_conninfo, sys.executable, "-c", LISTENER, str(log))
    with Terminal('exec "$@"', command, clean_environment()) as terminal:
        wait_until(lambda: "ready" in lines(log), "the command is ready")
        terminal.hang_up()
        wait_until(lambda: "SIGHUP" in lines(log), "the command is told")
        terminal.process.wait(timeout=20)
    assert current(installed).status == "CANCELLED"


def test_a_stopped_job_continues_where_it_was(installed: Database, installed_conninfo: str) -> None:
    command = words(installed_conninfo, "sh", "-c", "echo begun; sleep 1; echo finished")
    script = 'set -m; "$@"; echo "stopped=$?"; fg; echo "code=$?"'
    with Terminal(script, command, clean_environment()) as terminal:
        terminal.wait_for("begun")
        terminal.press(b"\x1a")
        terminal.wait_for("stopped=148")
        terminal.wait_for("code=0")
    assert "finished" in terminal.seen
    assert current(installed).status == "COMPLETED"


def test_on_a_terminal_the_command_has_the_terminal(installed: Database, installed_conninfo: str) -> None:
    command = words(installed_conninfo, "sh", "-c", "test -t 0 && test -t 1 && test -t 2 && echo all; exit 4")
    with Terminal('"$@"; echo "code=$?"', command, clean_environment()) as terminal:
        terminal.wait_for("code=4")
    assert "all" in terminal.seen
    version = current(installed)
    assert (version.status, version.error_message) == (
        "FAILED",
        "exit code 4; nothing on stderr",
    )


def test_a_killed_wrapper_leaves_the_command_alone_and_the_operation_abandoned(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    script = f"echo ready > {log}; sleep 1; echo still here >&2; echo finished >> {log}"
    with tracked(installed_conninfo, log, "sh", "-c", script) as wrapper:
        installed.execute("SELECT script_tracking.maintain()")
        assert current(installed).status == "RUNNING"
        wrapper.kill()
        wrapper.wait(timeout=20)
        # The command's stderr still passes, and a broken pipe does not kill it.
        assert wrapper.stderr
        assert wrapper.stderr.read() == b"still here\n"
    wait_until(lambda: "finished" in lines(log), "the command finishes")

    def is_abandoned() -> bool:
        installed.execute("SELECT script_tracking.maintain()")
        return current(installed).status == "ABANDONED"

    wait_until(is_abandoned, "the operation is abandoned")


def test_a_lost_connection_does_not_lose_the_end(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    script = f"echo ready > {log}; while [ ! -e {log}.go ]; do sleep 0.05; done; echo why >&2; exit 6"
    with tracked(installed_conninfo, log, "sh", "-c", script) as wrapper:
        assert end_other_sessions(installed) == 1
        Path(f"{log}.go").touch()
        assert wrapper.wait(timeout=30) == 6
        assert wrapper.stderr
        assert wrapper.stderr.read().startswith(b"why\ndbtrack: job is recorded as FAILED")
    assert (current(installed).status, current(installed).error_message) == ("FAILED", "why")


def test_an_end_that_cannot_be_recorded_is_said_and_the_exit_code_kept(
    installed: Database, installed_conninfo: str, log: Path
) -> None:
    script = f"echo ready > {log}; while [ ! -e {log}.go ]; do sleep 0.05; done; exit 6"
    with tracked(installed_conninfo, log, "sh", "-c", script) as wrapper:
        key = installed.value(
            "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution"
        )
        installed.execute("ALTER FUNCTION script_tracking.complete_operation RENAME TO away")
        Path(f"{log}.go").touch()
        assert wrapper.wait(timeout=30) == 6
        assert wrapper.stderr
        said = wrapper.stderr.read().decode()
    assert "the end of job (FAILED) could not be recorded" in said
    assert f"dbtrack complete {key} --failed" in said


def test_no_process_is_left_behind(installed_conninfo: str, log: Path) -> None:
    with tracked(installed_conninfo, log, start_new_session=True) as wrapper:
        session = wrapper.pid
        wrapper.send_signal(signal.SIGTERM)
        wrapper.wait(timeout=20)
        wait_until(lambda: not members(session), "all of them are gone")


def members(session: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == session:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found
