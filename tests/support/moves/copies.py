"""Copies of the files of a server: `pg_basebackup`, and a recovery to a moment in the past."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.moves.watch import Row, values, watching
from tests.support.servers import Server, find_binaries, start_server
from tests.support.servers.account import server_account
from tests.support.servers.server import _free_port, _process_options, _start_guard
from tests.support.waiting import wait_until

MAJOR = 18
_ARCHIVE = "ALTER SYSTEM SET archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'"
_RECOVERY = """
restore_command = 'cp {archive}/%f %p'
recovery_target_name = '{target}'
recovery_target_action = promote
"""
_IS_PRIMARY = "SELECT NOT pg_is_in_recovery()"
_SWITCH = "SELECT pg_walfile_name(pg_switch_wal())"
_IS_ARCHIVED = "SELECT coalesce(last_archived_wal >= %(name)s, false) FROM pg_stat_archiver"


class Copy:
    """The files of a server as they were when `pg_basebackup` read them, in a directory of their own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._directory = Path(tempfile.mkdtemp(prefix="dbtrack-", dir="/tmp"))
        server_account().own(self._directory)
        self._port = _free_port()
        command = [str(server.bin_dir / "pg_basebackup"), "--dbname", server.conninfo(), "--checkpoint=fast"]
        command += ["--no-sync", "--pgdata", str(self._data)]
        options = _process_options(self._directory, server_account())
        done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
        assert done.returncode == 0, done.stderr
        self._configure(f"port = {self._port}\nunix_socket_directories = '{self._directory}'\n")

    @property
    def conninfo(self) -> str:
        """How to connect to it, once it runs."""
        return f"host=127.0.0.1 port={self._port} dbname=postgres user=postgres"

    def archive(self) -> None:
        """Let the original archive its log from now on."""
        self._archive.mkdir()
        server_account().own(self._archive)
        for statement in (_ARCHIVE.format(archive=self._archive), "SELECT pg_reload_conf()"):
            self._server.psql(statement)

    def recover_to(self, target: str) -> None:
        """Let it replay the archive up to a restore point when it starts, and then lead on a timeline of its own."""
        (name,) = values(self._server.conninfo(), _SWITCH)[0]
        wait_until(
            lambda: values(self._server.conninfo(), _IS_ARCHIVED, name=name)[0][0], "the log is archived"
        )
        self._configure(_RECOVERY.format(archive=self._archive, target=target))
        self._signal("recovery.signal")

    def promote(self) -> None:
        """Let it lead on a timeline of its own when it starts, as a snapshot that is restored by a provider."""
        self._configure("restore_command = 'false'\n")
        self._signal("recovery.signal")

    def start(self) -> Server:
        """Start it, and wait until it takes writes."""
        guard = _start_guard(self._server.bin_dir, self._directory, server_account())
        server = Server(self._server.major, self._server.bin_dir, self._directory, self._port, guard)
        wait_until(
            lambda: bool(values(server.conninfo(tcp=True), _IS_PRIMARY)[0][0]), "the copy takes writes"
        )
        return server

    @property
    def _data(self) -> Path:
        return self._directory / "data"

    @property
    def _archive(self) -> Path:
        return self._directory / "archive"

    def _configure(self, lines: str) -> None:
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(lines)

    def _signal(self, name: str) -> None:
        (self._data / name).touch()
        server_account().own(self._data / name)


def pitr() -> Iterator[Row]:
    """Restore a base backup and the archive to a moment before the last changes; the old server is gone."""
    with (
        tempfile.TemporaryDirectory(prefix="dbtrack-moves-") as directory,
        watching(Path(directory)) as watch,
    ):
        server = _started("archive_mode = on\narchive_command = 'true'\n")
        try:
            before = server.conninfo(tcp=True)
            watch.begin(before)
            copy = Copy(server)
            copy.archive()
            watch.work(before, "kept")
            values(before, "SELECT pg_create_restore_point('monday')")
            watch.work(before, "undone")
            watch.start_operations(before, copy.conninfo)
            watch.hand_over(before)
            copy.recover_to("monday")
        finally:
            server.stop()
        restored = copy.start()
        try:
            yield watch.look(
                "base backup and archive", "restored to a moment before the last changes", copy.conninfo
            )
        finally:
            restored.stop()


def basebackup() -> Iterator[Row]:
    """Start a copy of a server in its place, once as it is and once on a timeline of its own."""
    for fault, is_promoted in (
        ("the copy starts as it is, in the place of the server", False),
        ("the copy is promoted, in the place of the server", True),
    ):
        with (
            tempfile.TemporaryDirectory(prefix="dbtrack-moves-") as directory,
            watching(Path(directory)) as watch,
        ):
            server = _started()
            try:
                before = server.conninfo(tcp=True)
                watch.begin(before)
                watch.work(before, "copied")
                copy = Copy(server)
                watch.work(before, "not_copied")
                watch.start_operations(before, copy.conninfo)
                watch.hand_over(before)
                if is_promoted:
                    copy.promote()
            finally:
                server.stop()
            started = copy.start()
            try:
                yield watch.look("pg_basebackup without an archive", fault, copy.conninfo)
            finally:
                started.stop()


def _started(settings: str = "") -> Server:
    binaries = find_binaries(MAJOR)
    assert binaries, f"PostgreSQL {MAJOR} is not installed"
    return start_server(MAJOR, binaries, settings)
