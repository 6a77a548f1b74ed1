"""Passwords: asked for where psql would ask, on the terminal, and never shown."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dbtrack import embedded

SECRET = "correct horse"

CODE = """
import sys
from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
options = ConnectionOptions(dbname=sys.argv[1], no_password="-w" in sys.argv, force_password="-W" in sys.argv)
try:
    with Database.connect(resolve_target(options, {})) as database:
        print("connected as", database.value("SELECT session_user"))
except DbtrackError as error:
    print(f"exit {int(error.exit_code)}: {error}")
"""


@pytest.fixture(scope="module")
def conninfo() -> Iterator[str]:
    """A server that wants alice's password."""
    directory = Path(tempfile.mkdtemp(prefix="dbtrack-password-", dir="/tmp"))
    directory.chmod(0o755)
    data = directory / "data"
    keywords = embedded.start(data)
    with psycopg.connect(make_conninfo("", **keywords), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE alice LOGIN PASSWORD '{SECRET}'")
        (data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_sleep(0.2)")
    yield make_conninfo("", **keywords | {"user": "alice"})
    embedded.stop(data)
    shutil.rmtree(directory)


def _environment(**more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {"PGPASSFILE": "/nowhere"} | more


def _without_terminal(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        env=_environment(**environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    assert done.stderr == ""
    assert SECRET not in done.stdout
    return done.stdout.strip()


@contextmanager
def _terminal(*arguments: str) -> Iterator[int]:
    """A process on a terminal of its own; the other end of that terminal."""
    ours, theirs = pty.openpty()
    take_terminal = "import fcntl, termios\nfcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    with subprocess.Popen(
        [sys.executable, "-c", take_terminal + CODE, *arguments],
        env=_environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ):
        os.close(theirs)
        yield ours
    os.close(ours)


def _read_to_end(terminal: int) -> str:
    seen = b""
    try:
        while chunk := os.read(terminal, 1000):
            seen += chunk
    except OSError:
        pass  # how Linux says that the other end of a terminal was closed
    return seen.decode().replace("\r\n", "\n")


def _on_terminal(answer: str, *arguments: str) -> str:
    """What a person sees who answers the first prompt."""
    with _terminal(*arguments) as terminal:
        prompt = ""
        while not prompt.endswith(": "):
            prompt += os.read(terminal, 1000).decode()
        os.write(terminal, answer.encode() + b"\n")
        return prompt + _read_to_end(terminal)


def test_prompt_appears_when_the_server_asks(conninfo: str) -> None:
    assert _on_terminal(SECRET, conninfo) == "Password for user alice: \nconnected as alice\n"


def test_wrong_password_is_refused_and_not_asked_for_again(conninfo: str) -> None:
    seen = _on_terminal("wrong guess", conninfo)
    assert seen.count("Password for user") == 1
    assert "exit 12: cannot connect: connection to server on socket" in seen
    assert 'password authentication failed for user "alice"' in seen
    assert "wrong guess" not in seen


def test_forced_prompt_comes_before_the_server_asks(conninfo: str) -> None:
    seen = _on_terminal("anything", f"{conninfo} user=postgres", "-W")
    assert seen == "Password for user postgres: \nconnected as postgres\n"


def test_no_prompt_without_a_terminal(conninfo: str) -> None:
    message = _without_terminal(conninfo)
    assert message.startswith("exit 12: cannot connect")
    assert "no password supplied" in message
    assert _without_terminal(conninfo, "-W").startswith("exit 12: no terminal to ask for the password on")


def test_no_prompt_where_none_is_wanted(conninfo: str) -> None:
    with _terminal(conninfo, "-w") as terminal:
        assert "no password supplied" in _read_to_end(terminal)


@pytest.mark.parametrize("place", ["PGPASSWORD", "PGPASSFILE", "conninfo"])
def test_password_is_found_where_libpq_looks(conninfo: str, place: str, tmp_path: Path) -> None:
    if place == "PGPASSWORD":
        seen = _without_terminal(conninfo, PGPASSWORD=SECRET)
    elif place == "PGPASSFILE":
        file = tmp_path / "passwords"
        file.write_text(f"*:*:*:alice:{SECRET}\n")
        file.chmod(0o600)
        seen = _without_terminal(conninfo, PGPASSFILE=str(file))
    else:
        seen = _without_terminal(make_conninfo(conninfo, password=SECRET))
    assert seen == "connected as alice"
