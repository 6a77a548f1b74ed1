"""Operations that services publish to Kafka or NATS, and `dbtrack outbox receive`."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from confluent_kafka import Producer
from psycopg.conninfo import make_conninfo

from dbtrack.db import Database
from dbtrack.errors import NoConnectionError
from dbtrack.outbox.consume import OutboxIntake
from dbtrack.outbox.letters import FileLetters
from dbtrack.stream.message import Message
from tests.support.api_server import data
from tests.support.brokers.kafka_mock import mock_cluster
from tests.support.brokers.memory_topic import Topic
from tests.support.brokers.nats_cluster import nats_cluster
from tests.support.command_line import clean_environment, run_dbtrack
from tests.support.paths import ROOT
from tests.support.served import served
from tests.support.tenancy import Tenancy
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_server

_CLIENT = ROOT / "docs" / "clients" / "dbtrack_outbox_message.py"
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
Published = tuple[dict[str, str], bytes]
Record = dict[str, Any]


def headers_of(token: str, body: bytes, tenant: str = "") -> dict[str, str]:
    """Sign as the documented client does."""
    spec = importlib.util.spec_from_file_location("client", _CLIENT)
    assert spec is not None
    assert spec.loader is not None
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    found: dict[str, str] = client.headers_of(token, body, tenant)
    return found


def record(number: int, status: str = "COMPLETED", **more: Any) -> Record:
    return {
        "operation_id": f"op-{number}",
        "script_name": f"job {number}",
        "started_at": "2026-11-28T05:00:00.123456Z",
        "execution_status": status,
        **more,
    }


def message(token: str, content: Record, tenant: str = "") -> Published:
    body = json.dumps(content).encode()
    return headers_of(token, body, tenant), body


class Services:
    """A database with tenants, tokens of services, and a login that receives."""

    def __init__(self, tenancy: Tenancy, login: str, folder: Path) -> None:
        self.tenancy = tenancy
        self.login = login
        self.receiver = make_conninfo(tenancy.conninfo, user=login)
        self.letters = folder / "letters.jsonl"

    def token(self, name: str, *tenants: str, scope: str = "write") -> str:
        row = self.tenancy.superuser.execute(
            "SELECT script_tracking.create_api_token(%s, %s, %s)", (name, scope, list(tenants) or None)
        ).fetchone()
        assert row
        return str(row[0])

    def jobs(self) -> list[tuple[Any, ...]]:
        return self.tenancy.superuser.execute(
            "SELECT script_name, execution_status, t.tenant_bk, metadata ->> 'application_name'"
            " FROM script_tracking.current_execution JOIN script_tracking.tenant_h AS t USING (tenant_hk)"
            " WHERE script_name LIKE 'job%' ORDER BY length(script_name), script_name, t.tenant_bk"
        ).fetchall()

    def count(self) -> int:
        [[count]] = self.tenancy.superuser.execute(
            "SELECT count(*) FROM script_tracking.script_execution_h WHERE script_execution_bk LIKE 'job %'"
        ).fetchall()
        return int(count)

    def words(self, url: str, *more: str) -> tuple[str, ...]:
        place = () if "--dead-letters" in more else ("--dead-letters", str(self.letters))
        return ("outbox", "receive", "-d", self.receiver, "--from", url, *place, *more)

    def kept(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.letters.read_text().splitlines()]


@pytest.fixture
def services(tenancy: Tenancy, role: Callable[..., str], tmp_path: Path) -> Services:
    return Services(tenancy, role("outbox", member_of=("dbtrack_operator",)), tmp_path)


Take = Callable[..., OutboxIntake]


@pytest.fixture
def take(services: Services) -> Iterator[Take]:
    """Make an intake of a topic in this process; what it warns of is in `said`."""
    with ExitStack() as stack:

        def make(topic: Topic, said: list[str]) -> OutboxIntake:
            connection = stack.enter_context(psycopg.connect(services.receiver, autocommit=True))
            return OutboxIntake(topic, Database.wrap(connection), FileLetters(services.letters), said.append)

        yield make


def topic_of(*published: Published) -> Topic:
    topic = Topic()
    for headers, body in published:
        topic.messages.append(Message("", None, "", tuple(headers.items()), body))  # type: ignore[arg-type]
    return topic


def drain(intake: OutboxIntake) -> None:
    while intake.round(0):
        pass


def test_a_message_is_recorded_once_for_the_tenant_that_its_token_proves(
    services: Services, take: Take, role: Callable[..., str]
) -> None:
    acme, both = services.token("acme-job", "acme"), services.token("both-jobs", "acme", "globex")
    trace = f"00-{_TRACE}-00f067aa0ba902b7-01"
    whole = record(
        1, "FAILED", duration_us=1500, error_message="no luck", affected_objects=["public.t"],
        statement="ALTER ROLE x PASSWORD 'hunter2'", metadata={"ticket": "OPS-1"}, traceparent=trace,
    )  # fmt: skip
    published = [
        message(acme, whole),
        message(acme, record(2, "RUNNING")),
        message(both, record(3), "globex"),
        message(acme, record(2, duration_us=5)),
        # An end before its start is the whole.
        message(acme, record(4)),
        message(acme, record(4, "RUNNING")),
    ]
    said: list[str] = []
    topic = topic_of(*published, *published)
    intake = take(topic, said)
    drain(intake)
    assert (said, len(topic.kept)) == ([], 12)
    assert intake.counts == {"recorded": 4, "closed": 1, "known": 7}
    assert services.jobs() == [
        ("job 1", "FAILED", "acme", "dbtrack outbox acme-job"),
        ("job 2", "COMPLETED", "acme", "dbtrack outbox acme-job"),
        ("job 3", "COMPLETED", "globex", "dbtrack outbox both-jobs"),
        ("job 4", "COMPLETED", "acme", "dbtrack outbox acme-job"),
    ]
    # The API takes the same record for the same operation.
    with (
        served(services.tenancy.conninfo, role("web", member_of=("dbtrack_api",))) as server,
        httpx.Client(
            base_url=f"{server.url}/api/v1/tracking", headers={"Authorization": f"Bearer {acme}"}, timeout=30
        ) as api,
    ):
        answer = data(api.post("/operations/outbox", json={"records": [whole, record(5)]}))["records"]
        assert [each["outcome"] for each in answer] == ["known", "recorded"]
        shown = data(api.get(f"/executions/{answer[0]['execution_key']}"))["execution"]
    assert (float(shown["duration_ms"]), shown["error_message"]) == (1.5, "no luck")
    assert (shown["metadata"]["ticket"], shown["metadata"]["traceparent"]) == ("OPS-1", trace)
    assert "hunter2" not in str(shown)
    again = take(topic_of(message(acme, record(5))), said)
    drain(again)
    assert again.counts == {"known": 1}


def test_nobody_who_can_write_to_the_topic_acts_for_another_tenant(services: Services, take: Take) -> None:
    acme, both = services.token("acme-job", "acme"), services.token("both-jobs", "acme", "globex")
    old, late = services.token("old", "acme"), services.token("late", "acme")
    services.tenancy.run("SELECT script_tracking.revoke_api_token('old')")
    services.tenancy.run(
        "UPDATE script_tracking.api_token SET expires_at = now() - interval '1 hour' WHERE token_name = 'late'"
    )
    reader = services.token("reader", "acme", scope="read")
    headers, body = message(acme, record(1))
    _, other = message(acme, record(2))
    unsigned = "it is not signed by a token"
    bad = [
        ((headers, other), unsigned),
        (({**headers, "dbtrack-tenant": "globex"}, body), unsigned),
        (
            ({"dbtrack-outbox": headers["dbtrack-outbox"].replace(acme[4:16], both[4:16])}, body),
            unsigned,
        ),
        (({"dbtrack-outbox": f"1.{'0' * 12}.{'0' * 64}"}, body), unsigned),
        (({}, body), "no header dbtrack-outbox"),
        (message(acme, record(3), "globex"), '"globex" is not a tenant of the token "acme-job"'),
        (message(acme, record(3), "nobody"), '"nobody" is not a tenant of the token "acme-job"'),
        (message(both, record(4)), "several tenants"),
        (message(old, record(5)), 'the token "old" is revoked'),
        (message(late, record(6)), 'the token "late" has expired'),
        (message(reader, record(7)), "may only read"),
    ]
    said: list[str] = []
    intake = take(topic_of(*(published for published, _ in bad), message(acme, record(9))), said)
    drain(intake)
    assert services.jobs() == [("job 9", "COMPLETED", "acme", "dbtrack outbox acme-job")]
    assert len(said) == len(bad)
    for line, (_, reason) in zip(said, bad, strict=True):
        assert reason in line
        assert str(services.letters) in line
    # Who receives cannot act as the token afterwards.
    with intake.database.transaction():
        intake.database.call(
            "receive_outbox",
            p_token_ids=[acme[4:16]],
            p_tenants=[""],
            p_macs=[bytes.fromhex(headers["dbtrack-outbox"].rpartition(".")[2])],
            p_bodies=[body.decode()],
        )
        assert intake.database.value("SELECT script_tracking.proven_tenant()") is None


def test_what_cannot_be_recorded_is_kept_and_can_be_taken_again(services: Services, take: Take) -> None:
    acme = services.token("acme-job", "acme")

    def raw(body: bytes) -> Published:
        return headers_of(acme, body), body

    bad = [
        (raw(b"{"), "json"),
        (raw(b"[]"), "a record is a JSON object, not a JSON array"),
        (raw(b'{"operation_id": "a\\u0000"}'), "Unicode escape"),
        (raw(b"\xff"), "it is not UTF-8"),
        (raw(b"\0"), "it has a NUL"),
        (raw(b"[" * 100_000), "stack depth"),
        (message(acme, {}), '"operation_id" is missing'),
        (message(acme, record(1, nobody="knows")), '"nobody" is not a member of a record'),
        (message(acme, record(1, duration_us="long")), "whole number"),
        (message(acme, record(1, duration_us=1e30)), "out of range"),
        (message(acme, record(1, affected_objects=[1])), "a list of at most 500 texts"),
        (message(acme, record(1, affected_objects=[["a"]])), "a list of at most 500 texts"),
        (message(acme, record(1, metadata=[])), "an object"),
        (message(acme, record(1, statement="x" * 200_001)), "at most 200000 characters"),
        (message(acme, record(1) | {"started_at": "2026-11-28T05:00:00"}), "RFC 3339"),
        (message(acme, record(1) | {"started_at": "2026-13-28T05:00:00Z"}), "out of range"),
        (message(acme, record(1) | {"started_at": "2999-01-01T00:00:00Z"}), "in the future"),
        (message(acme, record(1) | {"started_at": "2020-01-01T00:00:00Z"}), "more than 360 days ago"),
        (message(acme, record(1) | {"script_name": "dbtrack cleanup"}), "dbtrack"),
        (message(acme, record(1) | {"script_type": "DDL_AUTO"}), "DDL_AUTO"),
        (message(acme, record(1) | {"execution_status": "ABANDONED"}), "ABANDONED"),
    ]
    said: list[str] = []
    services.tenancy.run(
        "UPDATE script_tracking.tenant_s SET is_active = false WHERE tenant_hk = sha256('acme')"
    )
    disabled = message(acme, record(8, metadata={"grüße": "an alle"}))
    intake = take(topic_of(*(published for published, _ in bad), disabled), said)
    drain(intake)
    assert 'the tenant "acme" is disabled' in said[-1]
    for line, (_, reason) in zip(said[:-1], bad, strict=True):
        assert reason in line or "disabled" in line, line
    services.tenancy.run(
        "UPDATE script_tracking.tenant_s SET is_active = true WHERE tenant_hk = sha256('acme')"
    )
    letters = services.kept()
    assert len(letters) == len(bad) + 1
    assert services.letters.stat().st_mode & 0o777 == 0o600
    assert "disabled" in letters[-1]["refusal"]
    # A crash has cut the last line of another process.
    with services.letters.open("a") as file:
        file.write('{"headers": ')
    found = run_dbtrack(*services.words(str(services.letters), "-v"))
    assert (found.returncode, "name another file" in found.stderr) == (2, True)
    again = services.letters.with_name("again.jsonl")
    found = run_dbtrack(*services.words(str(services.letters), "-v", "--dead-letters", str(again)))
    assert found.returncode == 3
    assert f"1 recorded, {len(bad) + 1} refused" in found.stderr
    assert [job[0] for job in services.jobs()] == ["job 8"]
    for letter, (_, reason) in zip(map(json.loads, again.read_text().splitlines()), bad, strict=False):
        assert reason in letter["refusal"], letter["refusal"]
    # Letters that cannot be kept stay in the topic.
    services.letters.unlink()
    services.letters.mkdir()
    topic = topic_of(message(acme, {}))
    with pytest.raises(Exception, match="cannot write"):
        drain(take(topic, said))
    assert topic.kept == set()


def test_a_database_that_goes_away_and_a_message_that_comes_again(services: Services, take: Take) -> None:
    acme = services.token("acme-job", "acme")
    topic = topic_of(*(message(acme, record(number)) for number in range(20)))
    intake = take(topic, [])
    assert intake.round(0)
    intake.database.raw.close()
    with pytest.raises(NoConnectionError):
        drain(intake)
    # The first round is done; what was taken and not committed is not.
    assert topic.kept == set(range(7))
    intake = take(topic, [])
    intake.restart()
    drain(intake)
    assert (services.count(), topic.kept) == (20, set(range(20)))
    assert intake.counts == {"recorded": 13}


def run_receiver(services: Services, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dbtrack", *services.words(url)],
        env=clean_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )


def arrives(services: Services, url: str, publish: Callable[[Sequence[Published]], None]) -> None:
    """Publish, receive by the command, kill it in the middle; then two at once, then --once."""
    acme, globex = services.token("acme-job", "acme"), services.token("globex-job", "globex")
    tokens = (acme, globex)
    publish([message(tokens[number % 2], record(number)) for number in range(600)])
    first = run_receiver(services, url)
    try:
        wait_until(lambda: services.count() > 0, "the first arrive")
    finally:
        first.kill()
        first.communicate()
    publish([message(tokens[number % 2], record(number)) for number in range(600, 1000)])
    publish([message(acme, {"nothing": True})])
    both = [run_receiver(services, url), run_receiver(services, url)]
    try:
        wait_until(lambda: services.count() == 1000, "all arrive")
        wait_until(services.letters.exists, "the letter is kept")
    finally:
        for process in both:
            process.send_signal(signal.SIGINT)
        said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert any('"nothing" is not a member of a record' in each for each in said)
    assert [letter["body"] for letter in services.kept()] == ['{"nothing": true}']
    publish([message(globex, record(5000))])
    once = run_dbtrack(*services.words(url, "--once", "-v"))
    assert (once.returncode, "1 recorded" in once.stderr) == (0, True), once.stderr
    assert services.count() == 1001
    tenants = {name: tenant for name, _, tenant, _ in services.jobs()}
    assert all(tenants[f"job {number}"] == ("acme", "globex")[number % 2] for number in range(1000))


@pytest.mark.release
def test_through_nats(services: Services, tmp_path: Path) -> None:
    with nats_cluster(tmp_path / "nats", nodes=1) as cluster:
        cluster.create_stream("OPERATIONS", "operations.>")
        url = f"nats://{cluster.servers}/operations.shop"
        arrives(services, url, lambda messages: cluster.publish("operations.shop", messages))
        # Another subject of the same stream has readers of its own; dead letters go to a third one, and come back.
        dead = f"nats://{cluster.servers}/operations.dead"
        acme = services.token("late-job", "acme")
        services.tenancy.run(
            "UPDATE script_tracking.api_token SET expires_at = now() WHERE token_name = 'late-job'"
        )
        cluster.publish("operations.bank", [message(acme, record(7000))])
        bank = f"nats://{cluster.servers}/operations.bank"
        same = run_dbtrack(*services.words(bank, "--once", "--dead-letters", bank))
        assert (same.returncode, "must not be the topic" in same.stderr) == (2, True)
        refused = run_dbtrack(*services.words(bank, "--once", "--dead-letters", dead))
        assert (refused.returncode, f"has expired; kept in {dead}" in refused.stderr) == (3, True), (
            refused.stderr
        )
        services.tenancy.run(
            "UPDATE script_tracking.api_token SET expires_at = NULL WHERE token_name = 'late-job'"
        )
        done_again = run_dbtrack(*services.words(dead, "--once", "-v"))
        assert (done_again.returncode, "1 recorded" in done_again.stderr) == (0, True), done_again.stderr
        assert services.jobs()[-1][0] == "job 7000"
    away = run_dbtrack(*services.words(url, "--once"))
    assert away.returncode == 12


@pytest.mark.release
def test_through_kafka(services: Services) -> None:
    with mock_cluster(1) as cluster:
        cluster.create_topic("operations", partitions=3, replicas=1)
        producer = Producer({"bootstrap.servers": cluster.servers, "log_level": 0})

        def publish(messages: Sequence[Published]) -> None:
            for headers, body in messages:
                signature: dict[str, str | bytes | None] = {**headers}
                producer.produce("operations", body, json.loads(body).get("operation_id"), headers=signature)
            producer.flush()

        arrives(services, f"kafka://{cluster.servers}/operations", publish)


@pytest.mark.release
@pytest.mark.parametrize(
    "program",
    [
        (sys.executable, "dbtrack_outbox_message.py"),
        ("node", "dbtrack-outbox-message.mjs"),
        ("java", "DbtrackOutboxMessage.java"),
    ],
)
def test_the_documented_clients(services: Services, tmp_path: Path, program: tuple[str, str]) -> None:
    records = "".join(
        json.dumps(record(n, metadata={"grüße": 'an "alle"\\'}), ensure_ascii=n == 0) + "\n" for n in range(2)
    )
    for name, tenants, chosen in (("one", ["acme"], ""), ("two", ["acme", "globex"], "globex")):
        found = subprocess.run(
            [program[0], str(_CLIENT.with_name(program[1]))],
            input=records,
            env={
                **clean_environment(),
                "DBTRACK_TOKEN": services.token(name, *tenants),
                "DBTRACK_TENANT": chosen,
            },
            capture_output=True,
            text=True,
            check=True,
        )
        (tmp_path / "messages.jsonl").write_text(found.stdout)
        received = run_dbtrack(*services.words(str(tmp_path / "messages.jsonl"), "-v"))
        assert (received.returncode, "2 recorded" in received.stderr) == (0, True), received.stderr
    assert [job[:3] for job in services.jobs()] == [
        (f"job {number}", "COMPLETED", tenant) for number in range(2) for tenant in ("acme", "globex")
    ]
