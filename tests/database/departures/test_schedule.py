"""What `dbtrack maintain` sends by its configuration, what it tries again, and who is told of what did not leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack.db import Database
from tests.support.command_line import clean_environment, done, run_dbtrack, run_process
from tests.support.receiver import Receiver, Reply
from tests.support.servers import Server
from tests.support.servers.sandbox import RoleFactory

pytestmark = pytest.mark.any_server

_AGE = "UPDATE script_tracking.digest_destination SET next_attempt_at = clock_timestamp(), added_at = added_at - interval '9 days'"
_HEALTH = "SELECT current_status, details FROM script_tracking.get_digest_health()"
_FAILURES = "SELECT failures, is_gone, claimed_until IS NULL FROM script_tracking.digest_destination WHERE destination_kind = %(kind)s"
_DIGESTS = """SELECT status, value, detail FROM script_tracking.get_evidence_completeness('2020-01-01', clock_timestamp())
WHERE measure = 'digests'"""


@dataclass
class Scheduled:
    """A database, a configuration, a directory and a webhook."""

    conninfo: str
    database: Database
    directory: Path
    hook: Receiver

    def configure(self, *lines: str, places: str | None = None) -> None:
        """Write the configuration."""
        own = f'to = ["{self.directory}/worm", {{url = "{self.hook.url(path="/hidden-path")}", allow_plain = true}}]'
        (self.directory / "config.toml").write_text("\n".join(["[digest]", places or own, *lines]) + "\n")

    def run(self, *words: str) -> Any:
        """Run a command with this configuration."""
        environment = {"DBTRACK_CONFIG": str(self.directory / "config.toml")}
        return run_dbtrack(words[0], "-d", self.conninfo, *words[1:], environment=environment)

    def maintain(self, name: str | None = None) -> Any:
        """Record an operation of a name, and maintain."""
        if name is not None:
            self.database.execute("SELECT script_tracking.track_operation(%(name)s)", {"name": name})
        result = self.run("maintain", "-v")
        assert result.returncode == 0, result.stderr
        return result.stderr

    def later(self) -> None:
        """Let the time pass that it waits before it tries again, and more."""
        self.database.execute(_AGE)

    @property
    def files(self) -> list[str]:
        """The digests in the directory."""
        return sorted(each.name for each in (self.directory / "worm").iterdir())


@pytest.fixture
def scheduled(installed_conninfo: str, installed: Database, tmp_path: Path) -> Iterator[Scheduled]:
    (tmp_path / "worm").mkdir()
    done(run_dbtrack("digest", "--new-key", str(tmp_path / "seal.key")))
    with Receiver() as hook:
        made = Scheduled(installed_conninfo, installed, tmp_path, hook)
        made.configure(f'key = "{tmp_path}/seal.key"', "allow_private = true")
        yield made


def test_a_digest_leaves_for_each_new_block(scheduled: Scheduled) -> None:
    database = scheduled.database
    assert database.rows(_HEALTH) == []
    assert database.row(_DIGESTS)[0] == "missing"  # type: ignore[index]
    first = scheduled.maintain("first")
    assert (first.count("digest: left, "), len(scheduled.files), len(scheduled.hook.posts)) == (2, 1, 1)
    second = scheduled.maintain()
    assert (second.count("digest: current, "), len(scheduled.hook.posts)) == (2, 1), second
    assert database.rows(_HEALTH)[0][0] == "OK"
    assert database.row(_DIGESTS)[:2] == ("ok", 1)  # type: ignore[index]
    scheduled.maintain("second")
    assert (len(scheduled.files), len(scheduled.hook.posts)) == (2, 2)
    # At most one a day: the next block waits, and is not late before a day and digest.overdue_hours have passed.
    scheduled.configure(f'key = "{scheduled.directory}/seal.key"', "allow_private = true", 'every = "1d"')
    assert scheduled.maintain("third").count("digest: waiting, ") == 2
    database.execute("UPDATE script_tracking.seal_block SET sealed_at = sealed_at - interval '49 hours'")
    scheduled.later()
    assert database.rows(_HEALTH)[0][0] == "OK"
    database.execute("UPDATE script_tracking.seal_block SET sealed_at = sealed_at - interval '2 hours'")
    status, details = database.rows(_HEALTH)[0]
    assert (status, details.count("no digest left for 2 days 03:00")) == ("WARNING", 2)
    assert database.row(_DIGESTS)[:2] == ("part", 2)  # type: ignore[index]
    metrics = {
        name: value for *_, name, _, value in database.rows("SELECT * FROM script_tracking.get_metrics()")
    }
    assert metrics["dbtrack_digest_lag_seconds"] > 51 * 3600 - 1
    assert {"dbtrack_digest_age_seconds", "dbtrack_digest_failures"} <= metrics.keys()
    database.execute(
        "UPDATE script_tracking.digest_departure SET last_attempt_at = last_attempt_at - interval '1 day'"
    )
    assert scheduled.maintain().count("digest: left, ") == 2


def test_what_fails_is_told_and_tried_again(scheduled: Scheduled) -> None:
    database = scheduled.database
    scheduled.hook.answer = lambda _: Reply(500, body=b"hidden-path is out of order")
    failed = scheduled.maintain("first")
    assert ("digest: left" in failed, "digest: failed" in failed, "500 Internal" in failed) == (
        True,
        True,
        True,
    )
    assert (len(scheduled.files), database.rows(_FAILURES, {"kind": "webhook"})) == (1, [(1, False, True)])
    # No digest ever left for the webhook: that has no age, and not the age 0.
    ages = database.rows(
        "SELECT labels ->> 'destination' FROM script_tracking.get_state_metrics() WHERE metric_name = 'dbtrack_digest_age_seconds'"
    )
    assert [str(scheduled.directory) in place for (place,) in ages] == [True]
    # Not at once again, and not for a new block either. The directory gets its own.
    assert "digest: waiting" in scheduled.maintain("second")
    assert (len(scheduled.files), len(scheduled.hook.posts)) == (2, 1)
    scheduled.hook.answer = lambda _: Reply(429, {"Retry-After": "7200"})
    scheduled.later()
    scheduled.maintain()
    waits = "SELECT extract(epoch FROM next_attempt_at - clock_timestamp()) FROM script_tracking.digest_destination ORDER BY 1 DESC NULLS LAST LIMIT 1"
    assert 7000 < database.value(waits) <= 7200
    # Everybody who looks is told.
    status, details = database.rows(_HEALTH)[0]
    assert (status, "2 attempts failed, 429" in details, "hidden-path" in details) == ("WARNING", True, False)
    for command in ("status", "doctor"):
        assert "2 attempts failed" in " ".join(scheduled.run(command, "--format", "json").stdout.split())
    # A run of failures is one row; what left is one each.
    rows = database.rows(
        "SELECT destination_kind, outcome, attempts FROM script_tracking.digest_departure ORDER BY 1, departure_id"
    )
    assert rows == [("directory", "left", 1), ("directory", "left", 1), ("webhook", "failed", 2)]
    # One that wants no more is left alone, until it is sent to by hand or forgotten.
    scheduled.hook.answer = lambda _: Reply(410)
    scheduled.later()
    scheduled.maintain()
    scheduled.later()
    assert ("digest: gone" in scheduled.maintain("third"), len(scheduled.hook.posts)) == (True, 3)
    name = database.value("SELECT destination_name FROM script_tracking.digest_destination WHERE is_gone")
    assert "it wants no more digests" in database.rows(_HEALTH)[0][1]
    done(scheduled.run("digest", "--forget", name))
    assert scheduled.run("digest", "--forget", name).returncode == 2
    assert database.rows(_HEALTH)[0][0] == "OK"


def test_two_at_once_send_once(scheduled: Scheduled) -> None:
    scheduled.maintain("first")
    database = scheduled.database
    database.execute(
        "UPDATE script_tracking.digest_destination SET claimed_until = clock_timestamp() + interval '1 minute'"
    )
    assert scheduled.maintain("second").count("digest: busy, ") == 2
    # One that was killed while it sent does not hold the destination for ever.
    database.execute("UPDATE script_tracking.digest_destination SET claimed_until = clock_timestamp()")
    assert scheduled.maintain().count("digest: left, ") == 2


@pytest.mark.parametrize(
    ("lines", "places", "message"),
    [
        ((), None, "there is no key to sign the digest with"),
        (('key = "/nonexistent"',), None, "cannot read /nonexistent"),
        (("unsigned = true",), 'to = ["s3://user:hunter2@b"]', "S3 destination is s3://BUCKET"),
        (("unsigned = true",), 'to = ["https://u:hunter2@x.example/"]', "must not contain a login"),
        (("unsigned = true",), 'to = ["http://x.example/"]', "unencrypted"),
        (("unsigned = true", 'retain = "6 years"'), 'to = ["s3://bucket"]', "is not a retention"),
    ],
)
def test_a_configuration_that_cannot_be(
    scheduled: Scheduled, lines: tuple[str, ...], places: str | None, message: str
) -> None:
    scheduled.configure(*lines, places=places)
    told = scheduled.maintain("first")
    assert (message in told, "hunter2" in told) == (True, False), told
    assert scheduled.files == []
    # What cannot be signed did not leave, and that is recorded.
    assert scheduled.database.value("SELECT count(*) FROM script_tracking.digest_departure") == (
        2 if places is None else 0
    )


def test_a_configuration_that_is_malformed_stops_before_the_work(scheduled: Scheduled) -> None:
    for lines, message in (
        (["every = 5"], "every must be a string"),
        (['every = "often"'], "not a period"),
        (["tos = 1"], "unknown key tos"),
    ):
        scheduled.configure(*lines)
        result = scheduled.run("maintain")
        assert (result.returncode, message in result.stderr) == (2, True), result.stderr


def test_who_may(scheduled: Scheduled, server: Server, role: RoleFactory) -> None:
    scheduled.hook.answer = lambda _: Reply(500)
    scheduled.maintain("first")
    reader = role("reads", member_of=("dbtrack_reader",))
    environment = clean_environment({"DBTRACK_DSN": server.conninfo(scheduled.database.name, reader)})
    for words in (["digest", "--unsigned", "--to", str(scheduled.directory)], ["digest", "--forget", "x"]):
        assert run_process(words, environment).returncode != 0
    listed = run_process(["digest", "--status", "--format", "json"], environment)
    assert (listed.returncode, json.loads(listed.stdout)["rows"]) == (0, [])
    with psycopg.connect(server.conninfo(scheduled.database.name, reader)) as connection:
        told = connection.execute(_HEALTH).fetchall()
    assert told == [("WARNING", "digests do not leave for 1 of 2 destinations")]
