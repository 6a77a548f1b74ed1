"""A new server takes over from an old one that it follows by logical replication."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from dbtrack import schema
from tests.support.moves.slots import has_all, started, subscribe, wait_until_copied
from tests.support.moves.watch import Row, connected, watching
from tests.support.servers import Server
from tests.support.servers.account import server_account
from tests.support.waiting import wait_until

_BLUE, _GREEN = 15, 18


def bluegreen() -> Iterator[Row]:
    """Let a server of 18 follow one of 15, tables and record, and take its place."""
    with ExitStack() as running:
        directory = running.enter_context(tempfile.TemporaryDirectory(prefix="dbtrack-moves-"))
        watch = running.enter_context(watching(Path(directory)))
        blue = started(running, _BLUE, "cluster_name = 'publisher'\n")
        green = started(running, _GREEN, "cluster_name = 'green'\n")
        before, after = blue.conninfo(tcp=True), green.conninfo(tcp=True)
        watch.begin(before)
        watch.work(before, "before")
        blue.psql("CREATE PUBLICATION shop FOR TABLES IN SCHEMA public")
        _copy_schema(blue, green)
        with connected(after) as database:
            schema.install(database)
        subscribe(watch, before, after, "--subscriber-version", str(_GREEN))
        green.psql(f"CREATE SUBSCRIPTION shop CONNECTION '{before}' PUBLICATION shop")
        wait_until_copied(after)
        watch.start_operations(before, after)
        watch.hand_over(before)
        wait_until(lambda: has_all(before, after), "the record arrives")
        _stop(blue)
        for name in ("shop", "dbtrack_record_postgres"):
            for statement in ("DISABLE", "SET (slot_name = NONE)"):
                green.psql(f"ALTER SUBSCRIPTION {name} {statement}")
            green.psql(f"DROP SUBSCRIPTION {name}")
        watch.add_webhook(after)
        row = watch.look(
            "blue/green by logical replication", "the green server takes over, with the record", after
        )
        yield replace(row, events=f"{row.events}; the webhook is added there, and has a chain of its own")


def _copy_schema(source: Server, target: Server) -> None:
    command = [str(source.bin_dir / "pg_dump"), "--schema-only", "--schema=public"]
    dumped = subprocess.run(command, check=True, capture_output=True, text=True, env=source.environment())
    # The schema itself is there.
    subprocess.run(
        [str(target.bin_dir / "psql"), "-XAtq"], check=False, capture_output=True, text=True,
        input=dumped.stdout, env=target.environment(),
    )  # fmt: skip


def _stop(server: Server) -> None:
    data = f"--pgdata={server.directory / 'data'}"
    subprocess.run(
        [server.bin_dir / "pg_ctl", "stop", "--silent", "--wait", "--mode=fast", data],
        check=True, cwd=server.directory, **server_account().process_options(),
    )  # fmt: skip
