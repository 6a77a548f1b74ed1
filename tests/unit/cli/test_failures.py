"""However a command ends: its exit code, and what is said."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from dbtrack.cli.program.exit_codes import conclude
from dbtrack.errors import DbtrackError, LockedError, NoConnectionError, NotInstalledError
from dbtrack.terminal import messages
from dbtrack.terminal.exit_signals import Terminated
from tests.support.command_line import clean_environment, run_dbtrack

ENDINGS: dict[str, tuple[BaseException, int, str]] = {
    "error": (DbtrackError("it broke"), 1, "dbtrack: it broke\n"),
    "hint": (
        NotInstalledError("no dbtrack here", hint="run: dbtrack install"),
        10,
        "dbtrack: no dbtrack here; run: dbtrack install\n",
    ),
    "locked": (LockedError("busy"), 11, "dbtrack: busy\n"),
    "connection": (NoConnectionError("gone"), 12, "dbtrack: gone\n"),
    "exit": (typer.Exit(3), 3, ""),
    "ctrl-c": (KeyboardInterrupt(), 130, ""),
    "hangup": (Terminated(signal.SIGHUP), 129, ""),
    "reader gone": (BrokenPipeError(), 141, ""),
    "disk full": (
        OSError(errno.ENOSPC, "No space left on device"),
        1,
        "dbtrack: cannot write the output: No space left on device\n",
    ),
    "bug": (
        KeyError("who"),
        1,
        "dbtrack: internal error: KeyError: 'who'; set DBTRACK_DEBUG=1 for the traceback\n",
    ),
    "two lines": (DbtrackError("one\ntwo\x1b[31m"), 1, "dbtrack: one two\\x1b[31m\n"),
}


@pytest.mark.parametrize(("error", "code", "said"), ENDINGS.values(), ids=ENDINGS)
def test_every_ending_has_its_code_and_line(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert conclude(error) == code
    assert capsys.readouterr() == ("", said)


def test_debug_shows_the_traceback_and_no_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DBTRACK_DEBUG", "1")

    def connect() -> None:
        raise DbtrackError("cannot use postgresql://ann:hunter2@db/shop")

    with pytest.raises(DbtrackError) as raised:
        connect()
    conclude(raised.value)
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.endswith("dbtrack: cannot use postgresql://ann:***@db/shop\n")
    assert "cannot use postgresql://ann:***" in said.partition("dbtrack: ")[0]


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:hunter2@db/shop",
        "host=db password=hunter2 user=ann",
        "password = 'hunter2 hunter2'",
        "postgres://db/shop?user=ann&password=hunter2&sslmode=require",
        "PGPASSWORD is hunter2",
        "postgresql://ann:hun@ter2:hunter2@db",
        "no file /backup/postgresql:/ann:hunter2@db/shop",
        'could not translate host name "ann:hunter2@db"',
    ],
)
def test_passwords_are_masked(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    assert "hunter2" not in messages.one_line(text)


def test_masking_leaves_what_holds_no_password() -> None:
    for text in ("write postgresql://user@host:5432/name", "at 12:30, write to ann@db: all is well"):
        assert messages.one_line(text) == text


def test_masking_leaves_the_rest_of_the_line() -> None:
    assert (
        messages.one_line("postgres://db/s?password=x&sslmode=off")
        == "postgres://db/s?password=***&sslmode=off"
    )


def test_a_password_on_the_command_line_is_never_shown() -> None:
    dsn = "postgresql://ann:hunter2@127.0.0.1:1/shop"
    done = run_dbtrack("history", "-d", dsn, environment={"DBTRACK_DEBUG": "1"})
    assert done.returncode == 12
    assert "Traceback" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def piped(command: str) -> subprocess.CompletedProcess[str]:
    script = f"""dbtrack() {{ "{sys.executable}" -m dbtrack "$@"; }}; {command}"""
    return subprocess.run(
        ["bash", "-c", script],
        # A limit on the size of files must not cut off what Python caches.
        env=clean_environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    done = piped("{ sleep 0.5; dbtrack --help; echo $? >&2; } | true")
    assert done.stderr == "141\n"


def test_a_full_disk_is_an_error() -> None:
    done = piped("dbtrack --help > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "dbtrack: cannot write the output: No space left on device\n"


def test_output_that_the_disk_takes_in_part_is_an_error_with_unbuffered_output_too(tmp_path: Path) -> None:
    # Python would leave truncated bytecode behind, which every later import would read.
    variables = "PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1"
    done = piped(f"export {variables}; ulimit -f 8; dbtrack install --sql > {tmp_path}/script.sql")
    assert (done.returncode, done.stderr) == (1, "dbtrack: cannot write the output: File too large\n")


def test_a_reader_that_goes_away_in_the_middle_is_noticed_with_unbuffered_output_too() -> None:
    done = piped("{ PYTHONUNBUFFERED=1 dbtrack install --sql; echo $? >&2; } | { read -r line; }")
    assert done.stderr == "141\n"


@pytest.mark.parametrize(("words", "code"), [("no-such-command", 2), ("history -p 1", 12)])
def test_a_message_that_cannot_be_written_does_not_change_the_exit_code(words: str, code: int) -> None:
    assert piped(f"dbtrack {words} 2>/dev/full").returncode == code


HALF_A_REPORT = """
import sys
from dbtrack.cli import main as entry
from dbtrack.errors import DbtrackError
def run(words):
    sys.stdout.write("half a report")
    raise DbtrackError("the server went away")
entry._run = run
sys.exit(entry.main([]))
"""


def test_a_failure_is_not_hidden_by_output_that_cannot_be_written() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", HALF_A_REPORT],
            env=clean_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "dbtrack: the server went away\n")


def test_a_closed_standard_output_is_an_error() -> None:
    done = piped("dbtrack --help >&-")
    assert (done.returncode, done.stderr) == (1, "dbtrack: standard output is closed\n")


def test_a_closed_standard_output_stops_only_what_writes_to_it() -> None:
    done = piped("dbtrack complete --error x >&-")
    assert (done.returncode, done.stderr) == (2, "dbtrack: missing argument 'KEY'; dbtrack complete --help\n")


def test_a_character_that_the_locale_lacks_leaves_json_as_json() -> None:
    program = (
        "import sys, dbtrack.cli.main as m; m._run = lambda _: print(chr(34) + 'é漢🙂' + chr(34)); m.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_environment({"PYTHONIOENCODING": "ascii"}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == "é漢🙂"
    assert done.stdout.isascii()


INTERRUPTED_IMPORT = """
import sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from dbtrack.cli.main import main
sys.exit(main(["history"]))
"""


def test_ctrl_c_while_it_is_still_starting_is_as_silent_as_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IMPORT],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_a_closed_standard_error_changes_nothing() -> None:
    assert piped("dbtrack nonsense 2>&-").returncode == 2


SLEEPING = """
import os, signal, sys, threading
from dbtrack.cli import main as entry
from dbtrack.cli.program import lazy_group
def run(words):
    threading.Timer(0.2, os.kill, (os.getpid(), int(words[0]))).start()
    try:
        threading.Event().wait(30)
    finally:
        print("tidied up")
entry._run = run
sys.exit(entry.main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_tidily_and_silently(number: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SLEEPING, str(int(number))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-number, "tidied up\n", "")


def test_nohup_is_respected() -> None:
    done = subprocess.run(
        ["nohup", sys.executable, "-c", SLEEPING.replace("wait(30)", "wait(1)"), str(int(signal.SIGHUP))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert (done.returncode, done.stdout) == (0, "tidied up\n")
