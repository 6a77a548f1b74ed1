"""Sources that push through Kafka or NATS, and `dbtrack vault receive --from`."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from dbtrack.db import Database
from dbtrack.errors import NoConnectionError
from dbtrack.stream.message import Message
from dbtrack.vault.broker_receiver import BrokerReceiver
from dbtrack.vault.consume import Intake
from dbtrack.vault.push import Push, endpoint_cursor, use_endpoint
from dbtrack.vault.receiver import Step, VaultAwayError
from tests.support.brokers.kafka_mock import mock_cluster
from tests.support.brokers.memory_topic import Topic
from tests.support.brokers.nats_cluster import nats_cluster
from tests.support.command_line import clean_environment, done, run_dbtrack
from tests.support.vaulted import OBJECTS, VERSIONS, WAITS, Source, Vault
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

TOPIC = "kafka://broker:9092/vault"


def token_of(vault: Vault, name: str) -> str:
    return done(run_dbtrack("vault", "add", name, "-d", vault.conninfo)).strip()


def publish(source: Source, topic: Topic, token: str) -> None:
    """Push into a topic until everything is confirmed."""
    use_endpoint(source.database, "vault", TOPIC, only_new=False)
    for _ in range(100):
        push = Push(
            source.database,
            "vault",
            endpoint_cursor(source.database, "vault", warn=lambda _: None),
            BrokerReceiver(topic, token),
        )
        try:
            push.round()
        except VaultAwayError:
            continue
        finally:
            push.release()
        return
    pytest.fail("it never ended")


@contextmanager
def intake_of(vault: Vault, topic: Topic) -> Iterator[tuple[Intake, list[str]]]:
    said: list[str] = []
    login = vault.sandbox.role("receiver", member_of=["dbtrack_vault"])
    with psycopg.connect(f"{vault.conninfo} user={login}", autocommit=True) as connection:
        yield Intake(topic, Database.wrap(connection), said.append), said


def drain(intake: Intake) -> None:
    while intake.round(0):
        pass


def filled(vault: Vault, words: str) -> Source:
    source = vault.database_of(())
    source.sql(*(f"CREATE TABLE {words}{number} (a int)" for number in range(9)))
    done(run_dbtrack("track", "nightly", "-d", source.conninfo, "--", "true"))
    source.seal()
    source.wait("nightly")
    return source


def whole(vault: Vault, name: str, source: Source) -> bool:
    """Whether the vault has every version, and compared every row with its seal."""
    rows = source.database.value("SELECT count(*) FROM script_tracking.seal_leaf")
    return (
        vault.versions(name) == source.database.value(VERSIONS)
        and vault.waits(name) == source.database.value(WAITS) is not None
        and vault.objects(name) == source.database.value(OBJECTS) is not None
        and vault.sources()[name]["verified_rows"] == rows
        and vault.findings(name) == []
    )


def test_lost_doubled_mixed_and_forged(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbtrack.vault.push.BATCH_EVENTS", 4)
    # Each batch is several messages.
    monkeypatch.setattr("dbtrack.vault.parcel.MOST_BYTES", 700)
    tokens = {name: token_of(vault, name) for name in ("one", "two")}
    sources = {name: filled(vault, name) for name in tokens}
    topics = {name: Topic(lose_every=5) for name in tokens}
    for name, source in sources.items():
        publish(source, topics[name], tokens[name])
    # Nothing new: only that it is there.
    sent = [len(topic.messages) for topic in topics.values()]
    publish(sources["one"], topics["one"], tokens["one"])
    assert {message.headers[2] for message in topics["one"].messages[sent[0] :]} == {("step", "begin")}
    assert not any(
        token in str(message)
        for topic in topics.values()
        for message in topic.messages
        for token in tokens.values()
    )
    # The messages of both sources, one after the other, and some of them twice.
    first, second = (list(topic.messages) for topic in topics.values())
    mixed = Topic()
    for number in range(max(len(first), len(second))):
        mixed.messages += [
            *first[number : number + 1],
            *second[number : number + 1],
            *first[max(number - 3, 0) : number - 2],
        ]
    # What nobody sent: another body, another token, no push at all.
    forged = first[-1]
    mixed.messages += [
        Message(
            "a",
            forged.time,
            forged.key,
            (*(pair for pair in forged.headers if pair[0] != "part"), ("part", "1/1")),
            b"x",
        ),
        Message("b", forged.time, forged.key, (), b"{}"),
    ]
    stranger = Topic()
    BrokerReceiver(stranger, "dbv_unknown").ask(Step.BEGIN, "{}")
    mixed.messages += stranger.messages
    with intake_of(vault, mixed) as (intake, said):
        # Ends in the middle, again and again, with parts that have not been put together.
        for _ in range(12):
            intake.round(0)
            intake.restart()
            intake.round(0)
        drain(intake)
        # And all of it from the beginning.
        mixed.given, mixed.kept = 0, set()
        drain(intake)
    assert all(whole(vault, name, source) for name, source in sources.items())
    assert len(mixed.kept) == len(mixed.messages)
    assert intake.taken.findings == 0
    assert {"not taken: a message is not one of dbtrack push"} < set(said)
    assert any("its MAC is not that of a token" in line for line in said)


def test_a_removed_source(vault: Vault) -> None:
    token, topic = token_of(vault, "gone"), Topic()
    done(run_dbtrack("vault", "remove", "gone", "-d", vault.conninfo))
    publish(filled(vault, "gone"), topic, token)
    with intake_of(vault, topic) as (intake, said):
        drain(intake)
        assert (intake.taken.parcels, intake.taken.versions) == (0, 0)
    assert all("its MAC is not that of a token" in line for line in said)
    # Nobody waits for what is not taken.
    assert len(topic.kept) == len(topic.messages) > 0


def test_a_vault_that_goes_away_and_a_batch_that_is_lost(vault: Vault) -> None:
    token = token_of(vault, "away")
    source, topic = filled(vault, "away"), Topic()
    publish(source, topic, token)
    with intake_of(vault, topic) as (intake, said):
        intake.database.raw.close()
        with pytest.raises(NoConnectionError):
            drain(intake)
        assert topic.kept == set()
        login = vault.sandbox.role("receiver2", member_of=["dbtrack_vault"])
        with psycopg.connect(f"{vault.conninfo} user={login}", autocommit=True) as connection:
            intake.database = Database.wrap(connection)
            drain(intake)
            assert whole(vault, "away", source)
            # The broker loses a batch.
            source.sql("CREATE TABLE lost (a int)")
            before = len(topic.messages)
            publish(source, topic, token)
            del topic.messages[before:]
            source.sql("CREATE TABLE found (a int)")
            publish(source, topic, token)
            drain(intake)
    assert [kind for kind, _ in vault.findings("away")] == ["gap"]
    assert said == []


def test_a_copy_and_a_rewritten_source_are_found(vault: Vault) -> None:
    token = token_of(vault, "changed")
    source, topic = filled(vault, "changed"), Topic()
    publish(source, topic, token)
    copy = filled(vault, "copied")
    publish(copy, topic, token)
    with intake_of(vault, topic) as (intake, said):
        drain(intake)
        assert [kind for kind, _ in vault.findings("changed")] == ["place"]
        assert any("another database" in line for line in said)
        assert "copied" not in str(vault.rows("history", "--source", "changed"))
        source.sql(
            "UPDATE script_tracking.script_execution_s SET db_session_user = 'nobody'",
            "DELETE FROM script_tracking.seal_leaf",
            "DELETE FROM script_tracking.seal_block",
            "DELETE FROM script_tracking.seal_state",
            "CREATE TABLE one_more (a int)",
        )
        source.seal()
        source.sql(
            "SELECT script_tracking.change_endpoint('vault', p_configuration => '{\"to\": \""
            + TOPIC
            + '", "block": 0}\')'
        )
        publish(source, topic, token)
        drain(intake)
    assert {kind for kind, _ in vault.findings("changed")} == {"place", "rewritten"}


def pushes_and_receives(
    vault: Vault, name: str, url: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Push by the command, receive by the command; again after the receiver was killed."""
    (tmp_path / "token").write_text(token_of(vault, name))
    (tmp_path / "token").chmod(0o600)
    login = vault.sandbox.role(f"{name}_receiver", member_of=["dbtrack_vault"])
    words = ("vault", "receive", "-d", f"{vault.conninfo} user={login}", "--from", url)
    source = filled(vault, name)
    source.words = ("--to", url, "--token", f"file:{tmp_path / 'token'}")
    source.environment |= environment
    done(source.push())
    process = subprocess.Popen(
        [sys.executable, "-m", "dbtrack", *words],
        env=clean_environment(environment),
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: whole(vault, name, source), "the push arrives")
    finally:
        process.kill()
        process.wait()
    source.sql("CREATE TABLE afterwards (a int)")
    source.seal()
    done(source.push())
    received = run_dbtrack(*words, "--once", "-v", environment=environment)
    assert (received.returncode, "received" in received.stderr) == (0, True), received.stderr
    assert whole(vault, name, source)


def test_through_nats(vault: Vault, tmp_path: Path) -> None:
    with nats_cluster(tmp_path / "nats", nodes=1) as cluster:
        cluster.create_stream("vault", "vault")
        url = f"nats://{cluster.servers}/vault"
        pushes_and_receives(vault, "nats", url, tmp_path, {})
        missing = run_dbtrack(
            "push",
            "-d",
            vault.conninfo,
            "--to",
            f"nats://{cluster.servers}/none",
            "--token",
            f"file:{tmp_path / 'token'}",
            "--name",
            "x",
        )
        assert (missing.returncode, "no JetStream stream keeps it" in missing.stderr) == (1, True)
        # A superuser must not receive.
        superuser = run_dbtrack("vault", "receive", "-d", vault.conninfo, "--from", url, "--once")
        assert (superuser.returncode, "may do more than receive" in superuser.stderr) == (2, True)
    login = vault.sandbox.role("nobody", member_of=["dbtrack_vault"])
    words = ("vault", "receive", "-d", f"{vault.conninfo} user={login}", "--once")
    away = run_dbtrack(*words, "--from", url)
    assert away.returncode == 12
    refusing = "authorization { user: reader, password: right }"
    with nats_cluster(tmp_path / "refusing", nodes=1, settings=refusing) as cluster:
        wrong = {"NATS_USER": "reader", "NATS_PASSWORD": "not-the-right-one"}
        refused = run_dbtrack(*words, "--from", f"nats://{cluster.servers}/vault", environment=wrong)
    assert (refused.returncode, "login is refused" in refused.stderr) == (12, True)
    assert "not-the-right-one" not in refused.stderr
    for origin, words_of_it in (("nats://a:secret@h/x", "--consumer-config FILE"), ("-", "--from needs")):
        malformed = run_dbtrack(*words, "--from", origin)
        assert (malformed.returncode, words_of_it in malformed.stderr) == (2, True)
        assert "secret" not in malformed.stderr


@pytest.mark.release
def test_through_kafka(vault: Vault, tmp_path: Path) -> None:
    with mock_cluster(1) as cluster:
        cluster.create_topic("vault", partitions=3, replicas=1)
        pushes_and_receives(vault, "kafka", f"kafka://{cluster.servers}/vault", tmp_path, {})
    source = vault.database_of(("--to", "kafka://127.0.0.1:1/vault", "--token", f"file:{tmp_path / 'token'}"))
    away = source.push()
    assert (away.returncode, "127.0.0.1:1" in away.stderr) == (12, True)


@pytest.mark.release
def test_a_broker_that_restarts(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token_of(vault, "restarted"))
    (tmp_path / "token").chmod(0o600)
    login = vault.sandbox.role("restarted_receiver", member_of=["dbtrack_vault"])
    source = filled(vault, "restarted")
    with nats_cluster(tmp_path / "nats", nodes=1) as cluster:
        cluster.create_stream("vault", "vault")
        url = f"nats://{cluster.servers}/vault"
        source.words = ("--to", url, "--token", f"file:{tmp_path / 'token'}")
        words = ("vault", "receive", "-d", f"{vault.conninfo} user={login}", "--from", url)
        process = subprocess.Popen(
            [sys.executable, "-m", "dbtrack", *words],
            env=clean_environment({}),
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            done(source.push())
            wait_until(lambda: whole(vault, "restarted", source), "the push arrives")
            cluster.nodes[0].kill()
            source.sql("CREATE TABLE meanwhile (a int)")
            source.seal()
            assert source.push().returncode == 12
            cluster.nodes[0].start()
            wait_until(lambda: source.push().returncode == 0, "the broker is there again")
            wait_until(lambda: whole(vault, "restarted", source), "what came meanwhile arrives")
            # Only one receiver reads a subject.
            second = run_dbtrack(*words, "--once")
            assert (second.returncode, "another receiver reads it" in second.stderr) == (11, True)
        finally:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate()
    assert process.returncode == 0
    assert "trying again until it succeeds" in said
