"""Nothing is lost and nothing is doubled, wherever a push ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from dbtrack.errors import LeaseLostError
from dbtrack.vault.destination import receiver_of, shown_destination
from dbtrack.vault.push import Push, endpoint_cursor, use_endpoint
from dbtrack.vault.receiver import Receiver, Step, VaultAwayError
from tests.support.command_line import clean_environment, done
from tests.support.vaulted import OBJECTS, VERSIONS, Source, Vault

pytestmark = pytest.mark.any_server

KILLS = 6


class Torn:
    """A vault whose answer to every second question is lost, after it was committed there."""

    is_one_way = False

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.asked = 0

    def ask(self, step: Step, body: str) -> list[Any]:
        answer = self.receiver.ask(step, body)
        is_data = step in {Step.EVENTS, Step.BLOCK}
        self.asked += is_data
        if is_data and self.asked % 2:
            raise VaultAwayError("torn", may_pass=True)
        return answer

    def close(self) -> None:
        self.receiver.close()


def test_answers_that_are_lost(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    source = vault.source("torn")
    monkeypatch.setattr("dbtrack.vault.push.BATCH_EVENTS", 7)
    # Two batches of one message each, and events that are longer than a message.
    monkeypatch.setattr("dbtrack.vault.push._MOST_BYTES", 9000)
    destination = source.words[1]
    use_endpoint(source.database, "vault", shown_destination(destination), only_new=False)
    receiver = Torn(receiver_of(destination, None, os.environ))
    source.sql(*(f"CREATE TABLE t{number} (a int)" for number in range(30)))
    source.seal()
    for _ in range(60):
        cursor = endpoint_cursor(source.database, "vault", warn=pytest.fail)
        push = Push(source.database, "vault", cursor, receiver)
        try:
            push.round()
            break
        except VaultAwayError:
            continue
        finally:
            push.release()
    else:
        pytest.fail("it never ended")
    receiver.close()
    assert receiver.asked > 10
    assert vault.versions("torn") == source.database.value(VERSIONS)
    assert vault.objects("torn") == source.database.value(OBJECTS) is not None
    assert vault.findings("torn") == []
    found = vault.sources()["torn"]
    assert found["verified_rows"] == source.database.value("SELECT count(*) FROM script_tracking.seal_leaf")
    assert found["executions"] == source.database.value(
        "SELECT count(*) FROM script_tracking.script_execution_h"
    )


def _change(conninfo: str, stop: Event) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE changed (a int)")
        while not stop.wait(0.005):
            connection.execute("COMMENT ON TABLE changed IS 'again'")
            connection.execute(
                "SELECT script_tracking.complete_operation(script_tracking.track_operation('job'))"
            )


def _following(source: Source) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dbtrack", "push", "-d", source.conninfo, "--follow", *source.words],
        env=clean_environment(source.environment),
        stderr=subprocess.DEVNULL,
    )


def test_kills(vault: Vault) -> None:
    source = vault.source("killed")
    stop = Event()
    writer = Thread(target=_change, args=(source.conninfo, stop))
    writer.start()
    try:
        for kill in range(KILLS):
            process = _following(source)
            before = vault.sources()["killed"]["executions"]
            for _ in range(600):
                time.sleep(0.05)
                if (
                    vault.value(
                        "SELECT executions FROM script_tracking.vault_source WHERE source_name = 'killed'"
                    )
                    != before
                ):
                    break
            if kill % 2:
                # The vault's end of the connection, in the middle of what it does.
                vault.value(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'dbtrack push'"
                )
            process.kill()
            process.wait()
            # Its lease would end by itself, later.
            source.sql("UPDATE script_tracking.event_endpoint SET lease_until = NULL")
    finally:
        stop.set()
        writer.join()
    done(source.push())
    assert vault.versions("killed") == source.database.value(VERSIONS)
    assert vault.objects("killed") == source.database.value(OBJECTS) is not None
    assert vault.findings("killed") == []
    events = vault.value("SELECT event_number FROM script_tracking.vault_source WHERE source_name = 'killed'")
    assert events == source.database.value("SELECT sent_count FROM script_tracking.event_endpoint")


def test_one_worker(vault: Vault) -> None:
    source = vault.source("twice")
    destination = source.words[1]
    use_endpoint(source.database, "vault", shown_destination(destination), only_new=False)
    cursors = [endpoint_cursor(source.database, "vault", warn=pytest.fail) for _ in range(2)]
    cursors[0].claim()
    with pytest.raises(LeaseLostError):
        cursors[1].claim()
    assert source.push().returncode == 11
    cursors[0].release()
    done(source.push())
    # An endpoint is for one destination.
    assert source.push("--to", "postgresql://127.0.0.1/elsewhere").returncode == 2
