"""A server of its own that logs in every form, and what it logged."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.support.servers import Server, find_binaries, found_majors, start_server

# Every escape whose value is not the same for all.
PREFIX = "%m [%p] %q%u@%d %a %r %c-%l %x %e "
_SETTINGS = f"""
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = 'log'
log_filename = 'server-%Y%m%d-%H%M%S.log'
log_line_prefix = '{PREFIX}'
log_statement = ddl
log_rotation_age = 0
log_rotation_size = 0
"""


def start_logging_server(more_settings: str = "", major: int | None = None, language: str = "") -> Server:
    """Start this major version of PostgreSQL, or the newest found."""
    major = major or found_majors()[-1]
    bin_dir = find_binaries(major)
    assert bin_dir
    return start_server(major, bin_dir, _SETTINGS + more_settings, language)


def rotate(server: Server) -> None:
    """Have the server begin new log files; their names have seconds in them."""
    before = len(logs(server, "json"))
    time.sleep(1.1)
    server.psql("SELECT pg_rotate_logfile()")
    wait_for(lambda: len(logs(server, "json")) > before)


def logs(server: Server, suffix: str) -> list[Path]:
    """Return the log files of one form, the oldest first."""
    return sorted((server.directory / "data" / "log").glob(f"server-*.{suffix}"))


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def run_all(conninfo: str, *statements: str) -> None:
    """Run each statement, whether it fails or not."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for statement in statements:
            try:
                connection.execute(statement.encode())
            except psycopg.Error:
                connection.rollback()


def copy_logs(server: Server, directory: Path, suffix: str = "*") -> Path:
    """Copy what was logged until now, to be read at leisure."""
    _wait_until_written(server)
    for path in (server.directory / "data" / "log").glob(f"*.{suffix}"):
        shutil.copy2(path, directory)
    return directory


def _wait_until_written(server: Server) -> None:
    """Have the server log a mark, and wait until the collector has written it in each form that is on."""
    forms = {"stderr": "log", "csvlog": "csv", "jsonlog": "json"}
    wanted = [forms[name.strip()] for name in server.psql("SHOW log_destination").split(",")]
    mark = f"mark {uuid4()}"
    server.psql(f"DO $$BEGIN RAISE LOG '{mark}'; END$$")

    def is_written(suffix: str) -> bool:
        texts = [path.read_bytes() for path in logs(server, suffix)]
        return any(mark.encode() in text and text.endswith(b"\n") for text in texts)

    wait_for(lambda: all(map(is_written, wanted)), 60)
