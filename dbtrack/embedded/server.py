"""Start and stop an embedded server."""

from __future__ import annotations

import fcntl
import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbtrack.embedded.account import Account, make_private, prepare_directory
from dbtrack.embedded.binaries import programs, version
from dbtrack.embedded.paths import socket_directory
from dbtrack.embedded.postmaster import Status, invalidate_lock_files, is_listening, read_pid_file, status
from dbtrack.errors import DbtrackError, UsageError

LOG_FILE = "server.log"
_START_SECONDS = 60
_POLL_SECONDS = 0.1
# After a crash the last sessions of the dead server take a moment to notice.
_OLD_SESSIONS_ERROR = "pre-existing shared memory block"
_START_ATTEMPTS = 5
_ATTEMPT_SECONDS = 1.0
# No other variable of the shell reaches the server: its messages stay in English, its settings dbtrack's.
_INHERITED_VARIABLES = ("PATH", "TZ")
_LOG_PREFIX = "%m [%p] %q%u@%d %a %r "
_INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


def start(path: Path, temporary: Mapping[str, str] | None = None) -> dict[str, str]:
    """Start the server of a data directory, unless it runs, and return its libpq keywords.

    The directory is initialised where it is empty or missing. The server keeps running when this process
    ends, and a Ctrl-C meant for this process does not reach it.

    Args:
        temporary: further settings, for a server whose data nobody needs after it: nothing is synced. Over
            TCP, which a setting may open, it asks for a password.

    Raises:
        UsageError: the wheel is missing, or the path cannot hold a server's data.
        DbtrackError: the server does not start; the message is the server's.
    """
    path = path.absolute()
    running = status(path)
    if running is None:
        version()
        account = prepare_directory(path)
        with _locked(path):
            running = _wait_until_ready(path) or _launch(path, account, temporary)
    return running.keywords()


def stop(path: Path) -> bool:
    """Stop the server of a data directory; return False if none ran there.

    Raises:
        DbtrackError: it does not stop, or belongs to another account.
    """
    path = path.absolute()
    if status(path) is None:
        return False
    account = prepare_directory(path)
    command = [str(programs(account) / "pg_ctl"), "stop", "--silent", "--wait", "--mode=fast"]
    done = _run(command, path, account)
    if done.returncode != 0:
        raise DbtrackError(f"the server in {path} does not stop: {' '.join(done.stderr.split())}")
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time start the server. The lock is on the directory: initdb wants it empty."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _wait_until_ready(path: Path) -> Status | None:
    """Wait for a server that another process started, and return it; None when there is none."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        file = read_pid_file(path)
        if file is None or not is_listening(file):
            return None
        if file.is_ready:
            return Status(file.pid, file.socket_directory, file.port)
        time.sleep(_POLL_SECONDS)
    raise DbtrackError(
        f"the server in {path} is not ready after {_START_SECONDS} s", hint=f"see {path / LOG_FILE}"
    )


def _launch(path: Path, account: Account, temporary: Mapping[str, str] | None) -> Status:
    folder = programs(account)
    if not (path / "PG_VERSION").exists():
        _initialise(path, folder, account, is_temporary=temporary is not None)
    _check_data(path)
    sockets = socket_directory(path)
    if sockets != path:
        make_private(sockets, account)
    # The prefix that `dbtrack ingest` reads best: with the login, the database and the application.
    options = (
        f"-c listen_addresses= -k {shlex.quote(str(sockets))} -c log_line_prefix={shlex.quote(_LOG_PREFIX)}"
    )
    options += "".join(f" -c {name}={shlex.quote(value)}" for name, value in (temporary or {}).items())
    command = [str(folder / "pg_ctl"), "start", "--silent", "--wait", f"--timeout={_START_SECONDS}"]
    command += [f"--log={LOG_FILE}", f"--options={options}"]
    invalidate_lock_files(path, sockets)
    return _start_with_retries(command, path, account)


def _start_with_retries(command: list[str], path: Path, account: Account) -> Status:
    for attempt in range(1, _START_ATTEMPTS + 1):
        done = _run(command, path, account)
        running = status(path)
        if running is not None:
            return running
        reason = _last_fatal(path) or " ".join(done.stderr.split())
        if attempt == _START_ATTEMPTS or _OLD_SESSIONS_ERROR not in reason:
            raise DbtrackError(
                f"the server in {path} does not start: {reason}", hint=f"see {path / LOG_FILE}"
            )
        time.sleep(_ATTEMPT_SECONDS)
    raise AssertionError("unreachable")


def _initialise(path: Path, folder: Path, account: Account, *, is_temporary: bool) -> None:
    if any(path.iterdir()):
        raise UsageError(
            f"{path} is not empty and contains no PostgreSQL data", hint="choose another: embedded:PATH"
        )
    more = ["--no-sync", "--auth-host=scram-sha-256"] if is_temporary else []
    done = _run([str(folder / "initdb"), *_INITDB_OPTIONS, *more], path, account)
    if done.returncode != 0:
        raise DbtrackError(f"cannot make a database in {path}: {' '.join(done.stderr.split())}")


def _check_data(path: Path) -> None:
    found = (path / "PG_VERSION").read_text(errors="replace").strip()
    ours = version().partition(".")[0]
    if found != ours:
        raise UsageError(
            f"{path} contains data of PostgreSQL {found}, and the embedded server is {ours}",
            hint="choose another: embedded:PATH",
        )
    if not (path / "global" / "pg_control").exists():
        raise DbtrackError(f"{path} was never completed", hint="remove it: it contains no data yet")


def _last_fatal(path: Path) -> str | None:
    try:
        lines = (path / LOG_FILE).read_text(errors="replace").splitlines()
    except OSError:
        return None
    fatal = [line.partition("FATAL:")[2].strip() for line in lines[-50:] if "FATAL:" in line]
    return fatal[-1] if fatal else None


def _run(command: list[str], path: Path, account: Account) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs on a data directory.

    The path is passed in PGDATA and as working directory, never in the command: pg_ctl gives that to a shell.
    """
    environment = {name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ}
    environment |= {"PGDATA": str(path), "LC_ALL": "C"}
    options: dict[str, Any] = {"env": environment, "cwd": path, **account.process_options()}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        errors="replace", **options,
    )  # fmt: skip
    with process:
        try:
            _, errors = process.communicate()
        except BaseException:
            # On SIGTERM initdb removes what it made; killed, it would leave a half-made directory.
            process.terminate()
            raise
    return subprocess.CompletedProcess(command, process.returncode, "", errors)
