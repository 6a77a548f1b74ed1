"""Two servers that both went on, and an older state that did: the digests tell, and a standby can be verified."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.proof.seal import seal
from tests.support.command_line import run_dbtrack
from tests.support.dumps import call, content, database_name
from tests.support.sealed import sealed
from tests.support.servers import Server
from tests.support.standby import start_standby


@pytest.fixture
def worm(tmp_path: Path) -> Path:
    """Where digests are kept."""
    directory = tmp_path / "worm"
    directory.mkdir()
    return directory


@pytest.fixture
def standby(server: Server, installed: Database, worm: Path) -> Iterator[Server]:
    """A standby of a server whose record is sealed, and the digest of that."""
    sealed(installed)
    take_digest(installed.raw.info.dsn, worm)
    standby = start_standby(server)
    yield standby
    standby.stop()


def take_digest(conninfo: str, worm: Path) -> None:
    words = ("digest", "--unsigned", "--directory", str(worm))
    result = run_dbtrack(*words, environment={"DBTRACK_DSN": conninfo})
    assert result.returncode == 0, result.stderr


def go_on(conninfo: str, name: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.track_operation(%s)", (name,))
        assert seal(Database.wrap(connection)).leaves == 1


def findings(conninfo: str, worm: Path) -> tuple[int, set[str]]:
    words = ("verify", "--digests", str(worm), "--format", "jsonl")
    result = run_dbtrack(*words, environment={"DBTRACK_DSN": conninfo})
    return result.returncode, {str(row["finding"]) for row in map(json.loads, result.stdout.splitlines())}


@pytest.mark.every_server
def test_a_standby_is_verified_and_its_promotion_is_not_a_fork_until_both_continue(
    standby: Server, installed_conninfo: str, worm: Path
) -> None:
    where = standby.conninfo(database_name(installed_conninfo))
    before = content(where)
    assert findings(where, worm) == (0, set())
    assert content(where) == before
    assert standby.psql("SELECT pg_promote()") == "t"
    go_on(where, "on the new primary")
    assert findings(where, worm) == (0, set())
    # The old primary was not stopped: it recorded, sealed and kept a digest after they had parted.
    go_on(installed_conninfo, "on the old primary")
    take_digest(installed_conninfo, worm)
    assert findings(where, worm) == (3, {"fork"})
    assert findings(installed_conninfo, worm) == (0, set())
    take_digest(where, worm)
    assert findings(installed_conninfo, worm) == (3, {"fork"})


def test_a_base_backup_that_continues_is_behind_its_digests(
    standby: Server, installed_conninfo: str, worm: Path
) -> None:
    where = standby.conninfo(database_name(installed_conninfo))
    assert standby.psql("SELECT pg_promote()") == "t"
    go_on(installed_conninfo, "lost by the restore")
    take_digest(installed_conninfo, worm)
    assert findings(where, worm) == (3, {"rollback"})


def test_a_dump_that_is_restored_is_behind_its_digests(
    server: Server,
    installed: Database,
    installed_conninfo: str,
    empty_conninfo: str,
    worm: Path,
    tmp_path: Path,
) -> None:
    sealed(installed)
    file = tmp_path / "dump"
    call(server, "pg_dump", "--format=custom", "--file", file, "--dbname", installed_conninfo)
    go_on(installed_conninfo, "lost by the restore")
    take_digest(installed_conninfo, worm)
    call(server, "pg_restore", "--dbname", empty_conninfo, file)
    assert findings(empty_conninfo, worm) == (3, {"rollback"})
    # Going on does not hide it: the block of that number is another now.
    go_on(empty_conninfo, "after the restore")
    code, found = findings(empty_conninfo, worm)
    assert (code, found <= {"fork", "digest"}) == (3, True)


def test_a_fork_that_is_known_is_accepted_with_a_reason_and_any_other_is_found(
    standby: Server, installed_conninfo: str, worm: Path
) -> None:
    where = standby.conninfo(database_name(installed_conninfo))
    assert standby.psql("SELECT pg_promote()") == "t"
    # What the old primary sealed last was lost in the failover.
    go_on(installed_conninfo, "lost")
    take_digest(installed_conninfo, worm)
    go_on(where, "on the new primary")
    assert findings(where, worm) == (3, {"fork"})
    command = ("verify", "--digests", str(worm), "--accept-fork")
    refused = run_dbtrack(*command, environment={"DBTRACK_DSN": where})
    assert (refused.returncode, "--reason" in refused.stderr) == (2, True)
    accepted = run_dbtrack(*command, "--reason", "failover of 3 May", environment={"DBTRACK_DSN": where})
    assert (accepted.returncode, "1 digests are of forks that were accepted" in accepted.stderr) == (0, True)
    assert findings(where, worm) == (0, set())
    again = run_dbtrack(*command, "--reason", "once more", environment={"DBTRACK_DSN": where})
    assert (again.returncode, "no fork to accept" in again.stderr) == (2, True)
    with psycopg.connect(where, autocommit=True) as connection:
        details = connection.execute(
            "SELECT metadata ->> 'reason' FROM script_tracking.current_execution WHERE script_name = 'dbtrack accept fork'"
        ).fetchall()
        assert details == [("failover of 3 May",)]
        # Another one is found, and so is an acceptance that nobody sealed.
        go_on(installed_conninfo, "on the old primary")
        take_digest(installed_conninfo, worm)
        go_on(where, "again on the new one")
        assert findings(where, worm)[0] == 3
        connection.execute(
            "SELECT script_tracking.accept_fork(jsonb_agg(jsonb_build_object('block_hash', %s::text)), 'forged')",
            (json.loads(max(worm.iterdir()).read_text())["block_hash"],),
        )
        assert findings(where, worm)[0] == 3


def test_a_rewrite_that_is_known_is_accepted_with_a_reason_and_stays_visible(
    installed_conninfo: str, worm: Path
) -> None:
    go_on(installed_conninfo, "first")
    take_digest(installed_conninfo, worm)
    # As a copy of the files from before the first seal does: other blocks on the same branch.
    rewrite = (
        "DELETE FROM script_tracking.seal_leaf; DELETE FROM script_tracking.seal_block;"
        " DELETE FROM script_tracking.seal_state"
    )
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(rewrite.encode())
    assert run_dbtrack("seal", "-d", installed_conninfo).returncode == 0
    assert findings(installed_conninfo, worm) == (3, {"digest"})
    words = ("verify", "--digests", str(worm), "-d", installed_conninfo)
    assert "needs a reason" in run_dbtrack(*words, "--accept-rewrite").stderr
    fork = run_dbtrack(*words, "--accept-fork", "--reason", "no fork")
    assert (fork.returncode, "no fork to accept" in fork.stderr) == (2, True)
    accepted = run_dbtrack(*words, "--accept-rewrite", "--reason", "a copy was started")
    told = "1 digests contradict the chain, which was accepted as rewritten"
    assert (accepted.returncode, told in accepted.stderr) == (0, True), accepted.stderr
    assert told in run_dbtrack(*words).stderr
    # The next one is found.
    take_digest(installed_conninfo, worm)
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(rewrite.encode())
    assert run_dbtrack("seal", "-d", installed_conninfo).returncode == 0
    assert findings(installed_conninfo, worm)[0] == 3
