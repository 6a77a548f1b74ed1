"""Ctrl-C ends a prediction and leaves nothing behind."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack import embedded
from tests.support.predicted import Predictor
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server  # the copy is on a server of its own


@pytest.fixture
def own_path() -> Iterator[Path]:
    """A data directory where no server runs."""
    folder = Path(f"/tmp/dbtrack-predict-{secrets.token_hex(4)}")
    folder.mkdir(mode=0o755)
    try:
        yield folder / "copies"
    finally:
        embedded.stop(folder / "copies")
        shutil.rmtree(folder)


def _is_running(path: Path, like: str) -> bool:
    running = embedded.status(path)
    if running is None:
        return False
    with psycopg.connect(**running.keywords()) as connection:  # type: ignore[arg-type]
        row = connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid()", (like,)
        ).fetchone()
    return row is not None


def _is_unlocked(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_behind(predictor: Predictor, own_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "dbtrack",
        "predict",
        "-d",
        predictor.conninfo,
        "--copy",
        f"embedded:{own_path}",
    ]
    command += ["DO $$BEGIN PERFORM pg_sleep(9); END$$"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until(lambda: _is_running(own_path, "%pg_sleep%"), "the statement runs on the copy")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode in {-signal.SIGINT, 128 + signal.SIGINT}
    assert embedded.status(own_path) is None
    assert _is_unlocked(own_path.with_name("copies.lock"))
    assert sorted(entry.name for entry in own_path.parent.iterdir()) == ["copies", "copies.lock"]
    with psycopg.connect(**embedded.start(own_path)) as connection:  # type: ignore[arg-type]
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'dbtrack%'").fetchall()
    assert rows == []
