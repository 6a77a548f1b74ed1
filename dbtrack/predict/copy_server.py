"""The embedded server of the copies: who starts it, who stops it, and what is set in it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from dbtrack import embedded, sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.predict.source import Source
from dbtrack.terminal.exit_signals import signals_delayed

OWNER = "dbtrack_predict"
"""The role that owns the copies in the embedded server and runs the statements; it has no special right."""
_FOLDER = "predict-18"


def default_path() -> Path:
    """Return the data directory: in the user's cache; for root, where the server's account can reach it."""
    if os.geteuid() == 0:
        return embedded.default_path().with_name(_FOLDER)
    return platformdirs.user_cache_path("dbtrack") / _FOLDER


@dataclass
class CopyServer:
    """The server, which starts while other things are done.

    Args:
        path: its data directory.
    """

    path: Path
    _starting: Future[None]

    @property
    def target(self) -> ConnectionTarget:
        """Where its superuser connects."""
        return ConnectionTarget("the embedded server", embedded_path=self.path)

    def wait(self) -> None:
        """Wait until it has started.

        Raises:
            DbtrackError: it does not start.
        """
        self._starting.result()


@contextmanager
def running_server(path: Path) -> Iterator[CopyServer]:
    """Start the server of the copies; the last prediction that uses it stops it.

    A server that somebody else started stays. Neither Ctrl-C nor a failure leaves one behind, and one that a
    killed prediction left behind is stopped with the next.
    """
    descriptor = _open_lock(path.with_name(f"{path.name}.lock"))
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        with ThreadPoolExecutor(1, "dbtrack server") as pool:
            # In a thread, which Ctrl-C does not interrupt: a half-started server could not be stopped.
            starting = pool.submit(_start, descriptor, path)
            try:
                yield CopyServer(path, starting)
            finally:
                with signals_delayed():
                    _stop(descriptor, path, starting)
    finally:
        os.close(descriptor)


def _start(descriptor: int, path: Path) -> None:
    is_ours = embedded.status(path) is None
    embedded.start(path)
    running = embedded.status(path)
    if is_ours and running is not None:
        # Who finds its process id here may stop it, whichever prediction started it.
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d" % running.pid, 0)


def _stop(descriptor: int, path: Path, starting: Future[None]) -> None:
    with suppress(DbtrackError):
        starting.result()
    running = embedded.status(path)
    if running is not None and _is_alone(descriptor) and os.pread(descriptor, 32, 0) == b"%d" % running.pid:
        embedded.stop(path)


def forget_copies(path: Path) -> bool:
    """Remove the data directory with all kept copies; return False, with nothing done, while it is used."""
    descriptor = _open_lock(path.with_name(f"{path.name}.lock"))
    try:
        if not _is_alone(descriptor) or embedded.status(path) is not None:
            return False
        shutil.rmtree(path, ignore_errors=True)
        return not path.exists()
    finally:
        os.close(descriptor)


def prepare_server(administrator: Database, source: Source) -> None:
    """Give the server the settings, roles and tablespaces that a copy needs."""
    parameters = {"owner": OWNER, "roles": list(source.roles), "tablespaces": list(source.tablespaces)}
    for (statement,) in administrator.rows(sql_files.query("predict/prepare_server"), parameters):
        # Another prediction may create the same role at the same time.
        with suppress(DbtrackError):
            administrator.execute(statement)


def _open_lock(path: Path) -> int:
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            # Whatever the umask is: the server has an account of its own, where root starts it.
            path.parent.chmod(0o755)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", hint="choose another: --copy embedded:PATH"
        ) from error


def _is_alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
