"""Events reach receivers: signed, in order, with the same id at each attempt, and none is lost."""

from __future__ import annotations

import random
import signal
from time import sleep

import pytest
from standardwebhooks import Webhook

from dbtrack.config import ConnectionOptions, key_ring, resolve_target
from dbtrack.db import Database
from dbtrack.errors import QueryError
from dbtrack.notify.notify import Notifier, NotifyOptions
from tests.support.receiver import Receiver, Reply, Request
from tests.support.waiting import wait_until
from tests.support.webhooked import KEY, Webhooked

pytestmark = pytest.mark.any_server


def subjects(requests: list[Request]) -> list[str]:
    return [request.document["subject"] for request in requests]


def test_a_failed_operation_reaches_the_receiver_signed(hooked: Webhooked, receiver: Receiver) -> None:
    secret = hooked.add("ops", receiver.url())
    hooked.record("deploy")
    result = hooked.once()
    assert (result.returncode, result.stderr) == (0, "")
    [request] = receiver.posts
    verified = Webhook(secret).verify(request.body, request.headers)
    assert (verified["type"], verified["number"]) == ("execution.failed", 1)
    assert verified["data"]["error"] == "no such table"
    assert verified["id"] == request.headers["webhook-id"]
    # What is delivered is not delivered again.
    hooked.once()
    assert len(receiver.posts) == 1


def test_many_arrive_in_order_and_only_the_types_that_were_asked_for(
    hooked: Webhooked, receiver: Receiver
) -> None:
    hooked.add("ops", receiver.url(), "--events", "execution.failed,alert.*")
    hooked.connection.execute("CREATE TABLE not_asked_for (id int)")
    names = hooked.fails(250)
    hooked.once()
    assert subjects(receiver.posts) == names
    assert [request.document["number"] for request in receiver.posts] == list(range(1, 251))


def test_the_whole_record_is_sent_if_asked_for(hooked: Webhooked, receiver: Receiver) -> None:
    hooked.record("before")
    hooked.add("new", receiver.url(path="/new"))
    hooked.add("all", receiver.url(path="/all"), "--from-beginning")
    hooked.record("after")
    hooked.once()
    paths = {path: [each for each in receiver.posts if each.path == path] for path in ("/new", "/all")}
    assert subjects(paths["/new"]) == ["after"]
    assert subjects(paths["/all"]) == ["before", "after"]


def test_a_receiver_that_is_away_blocks_and_a_restart_keeps_the_waiting_time(
    hooked: Webhooked, receiver: Receiver
) -> None:
    receiver.answer = lambda _: Reply(503, {"Retry-After": "3600"}, b"busy")
    hooked.add("ops", receiver.url())
    hooked.record("one", "two")
    result = hooked.once()
    assert result.returncode == 3
    assert "503 Service Unavailable: busy" in result.stderr
    assert hooked.value(
        "SELECT next_attempt_at > now() + interval '50 minutes' FROM script_tracking.webhook_delivery"
    )
    # Another process waits as well.
    assert hooked.once().returncode == 3
    assert subjects(receiver.posts) == ["one"]
    receiver.answer = lambda _: Reply()
    assert hooked.run("webhook", "resume", "ops").returncode == 0
    assert hooked.once().returncode == 0
    assert subjects(receiver.posts) == ["one", "one", "two"]
    ids = [request.document["id"] for request in receiver.posts]
    assert ids[0] == ids[1]
    assert receiver.posts[0].body == receiver.posts[1].body


def test_an_event_that_is_refused_becomes_a_dead_letter_and_those_behind_it_go_on(
    hooked: Webhooked, receiver: Receiver
) -> None:
    receiver.answer = lambda request: (
        Reply(422, body=b"no") if request.document["subject"] == "bad" else Reply()
    )
    hooked.add("ops", receiver.url())
    hooked.record("one", "bad", "two")
    for _ in range(5):
        hooked.once()
        hooked.skip_wait()
    assert subjects(receiver.posts) == ["one", *["bad"] * 5, "two"]
    [letter] = _letters(hooked)
    assert (letter["subject"], letter["attempt_count"]) == ("bad", 5)
    assert str(letter["last_failure"]).startswith("422")
    # Sent again with the same id, and refused again.
    assert hooked.run("webhook", "replay", "ops").returncode == 3
    assert len(_letters(hooked)) == 1
    receiver.answer = lambda _: Reply()
    replayed = hooked.run("webhook", "replay", "ops")
    assert (replayed.returncode, replayed.stderr) == (0, "dbtrack: delivered 1 dead letter of webhook ops\n")
    assert _letters(hooked) == []
    assert receiver.posts[-1].body == receiver.posts[1].body


def _letters(hooked: Webhooked) -> list[dict[str, object]]:
    import json

    result = hooked.run("webhook", "dead", "ops", "--format", "jsonl")
    assert result.returncode == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_receiver_that_refuses_everything_is_paused_instead_of_emptying_the_record(
    hooked: Webhooked, receiver: Receiver
) -> None:
    receiver.answer = lambda _: Reply(403)
    hooked.add("ops", receiver.url())
    hooked.fails(15)
    hooked.connection.execute(
        "UPDATE script_tracking.webhook_delivery SET refused_in_row = 9; "
        "INSERT INTO script_tracking.webhook_delivery (endpoint_name, refused_in_row) VALUES ('ops', 9)"
    )
    for _ in range(5):
        hooked.once()
        hooked.skip_wait()
    assert len(_letters(hooked)) == 1
    [row] = _list(hooked)
    assert row["endpoint_state"] == "paused"
    assert "10 events in a row were refused" in str(row["problem"])
    receiver.answer = lambda _: Reply()
    hooked.run("webhook", "resume", "ops")
    hooked.once()
    assert len({request.document["id"] for request in receiver.posts}) == 15


def _list(hooked: Webhooked) -> list[dict[str, object]]:
    import json

    result = hooked.run("webhook", "list", "--format", "jsonl")
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_410_ends_deliveries_until_somebody_resumes_them(hooked: Webhooked, receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(410)
    hooked.add("ops", receiver.url())
    hooked.record("one", "two")
    assert "wants no more events" in hooked.once().stderr
    hooked.once()
    assert len(receiver.posts) == 1
    receiver.answer = lambda _: Reply()
    hooked.run("webhook", "resume", "ops")
    hooked.once()
    assert subjects(receiver.posts) == ["one", "one", "two"]


def test_a_slow_receiver_holds_no_other_up(hooked: Webhooked, receiver: Receiver) -> None:
    with Receiver(lambda _: Reply(hangs=True)) as slow:
        hooked.add("a-slow", slow.url())
        hooked.add("b-quick", receiver.url())
        with hooked.serving():
            names = hooked.fails(20)
            assert subjects(receiver.wait_for(20)) == names
            slow.wait_for(1)
            slow.is_over.set()


def test_workers_share_the_webhooks_and_take_over_from_one_that_is_killed(
    hooked: Webhooked, receiver: Receiver
) -> None:
    for number in range(4):
        hooked.add(f"hook{number}", receiver.url(path=f"/{number}"))
    with hooked.serving() as one, hooked.serving():
        hooked.record("first")
        receiver.wait_for(4)
        one.kill()
        one.wait(30)
        hooked.record("second")
        wait_until(
            lambda: (
                {(each.path, each.document["subject"]) for each in receiver.posts}
                == {(f"/{number}", name) for number in range(4) for name in ("first", "second")}
            ),
            "the other worker continues",
        )


@pytest.mark.slow
def test_kills_of_worker_and_receiver_lose_and_reorder_nothing(hooked: Webhooked) -> None:
    chance = random.SystemRandom()
    received: list[Request] = []
    receiver = Receiver()
    port = receiver.port
    hooked.add("ops", receiver.url())
    names: list[str] = []
    process = hooked.start()
    for kill in range(6):
        names += hooked.fails(30, f"round{kill}")
        sleep(chance.random() * 0.4)
        if kill % 2:
            process.kill()
            process.communicate()
            process = hooked.start()
        else:
            receiver.close()
            received += receiver.posts
            receiver = Receiver(port=port)
    # The last worker delivers this one, so it is up before it is told to end.
    names += hooked.fails(1, "last")
    wait_until(lambda: {*subjects(received), *subjects(receiver.posts)} >= set(names), "all arrive")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    receiver.close()
    received += receiver.posts
    first: dict[str, int] = {}
    for request in received:
        known = first.setdefault(request.document["id"], request.document["number"])
        assert known == request.document["number"], "a duplicate has another number"
    assert list(first.values()) == list(range(1, len(names) + 1)), "lost or out of order"


def test_a_worker_ends_in_order_when_it_is_told_to(hooked: Webhooked, receiver: Receiver) -> None:
    hooked.add("ops", receiver.url())
    process = hooked.start()
    hooked.record("one")
    receiver.wait_for(1)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "")
    assert hooked.value("SELECT lease_until IS NULL FROM script_tracking.event_endpoint")
    hooked.once()
    assert len(receiver.posts) == 1


def test_the_connection_may_break_and_the_trouble_is_said_once(hooked: Webhooked, receiver: Receiver) -> None:
    hooked.add("ops", receiver.url())
    process = hooked.start()
    hooked.record("one")
    receiver.wait_for(1)
    for _ in range(3):
        hooked.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        hooked.record("more")
        sleep(0.3)
    assert {*subjects(receiver.wait_for(4))} == {"one", "more"}
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    lines = said.splitlines()
    assert len(lines) <= 6
    assert all("the database is" in line for line in lines), said


def test_a_receiver_that_fails_is_reported_once_and_when_it_is_back(
    hooked: Webhooked, receiver: Receiver
) -> None:
    fails = 3
    receiver.answer = lambda _: Reply(500 if len(receiver.posts) < fails else 204)
    hooked.add("ops", receiver.url())
    process = hooked.start()
    hooked.record("one")
    receiver.wait_for(fails + 1)
    wait_until(
        lambda: hooked.value("SELECT sent_count = 1 FROM script_tracking.event_endpoint") is True,
        "acknowledged",
    )
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert said.splitlines() == [
        "dbtrack: webhook ops: 500 Internal Server Error; trying again",
        "dbtrack: webhook ops gets its events again",
    ]


def test_an_event_is_sent_only_to_the_tenants_that_were_named(hooked: Webhooked, receiver: Receiver) -> None:
    for tenant in ("acme", "other"):
        hooked.run("tenant", "add", tenant)
        hooked.connection.execute(f"CREATE SCHEMA {tenant}_data".encode())
        hooked.run("tenant", "map-schema", f"{tenant}_data", tenant)
    hooked.add("acme", receiver.url(), "--events", "*", "--tenant", "acme")
    for tenant in ("acme", "other"):
        hooked.connection.execute(f"CREATE TABLE {tenant}_data.t (id int)".encode())
    hooked.once()
    assert [request.document["tenant"] for request in receiver.posts] == ["acme"]


def test_what_was_delivered_is_sent_again_with_the_same_ids(hooked: Webhooked, receiver: Receiver) -> None:
    hooked.add("ops", receiver.url())
    hooked.record("one", "two")
    hooked.once()
    assert hooked.run("webhook", "resume", "ops", "--since", "1h").returncode == 0
    hooked.once()
    ids = [request.document["id"] for request in receiver.posts]
    assert len(ids) == 4
    assert ids[:2] == ids[2:]


def test_more_webhooks_than_places_take_turns(hooked: Webhooked, receiver: Receiver) -> None:
    paths = {f"/{number}" for number in range(9)}
    for path in sorted(paths):
        hooked.add(f"hook{path[1:]}", receiver.url(path=path))
    name = ""

    def reached() -> set[str]:
        return {each.path for each in receiver.posts if each.document["subject"] == name}

    with hooked.serving("--most-webhooks", "2"):
        for name in ("first", "second"):
            hooked.record(name)
            wait_until(lambda: reached() == paths, "each has its turn")
    hooked.record("third")
    assert hooked.once("--most-webhooks", "2").returncode == 0
    assert len(receiver.posts) == 27


def test_without_a_standby_nothing_is_sent_that_a_failover_could_undo(
    hooked: Webhooked, receiver: Receiver
) -> None:
    hooked.add("ops", receiver.url(), "--deliver-after", "standby")
    hooked.record("one")
    result = hooked.once("--timeout", "1")
    assert result.returncode == 3
    assert "no standby had the log" in result.stderr
    assert receiver.requests == []


def test_a_receiver_that_hangs_does_not_keep_a_worker_from_ending(
    hooked: Webhooked, receiver: Receiver
) -> None:
    receiver.answer = lambda _: Reply(hangs=True)
    hooked.add("ops", receiver.url())
    process = hooked.start("--timeout", "300")
    hooked.record("one")
    receiver.wait_for(1)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    # The attempt was cut and does not count.
    assert hooked.value("SELECT count(*) FROM script_tracking.webhook_delivery") == 0
    receiver.answer = lambda _: Reply()
    assert hooked.once().returncode == 0
    assert len({request.document["id"] for request in receiver.posts}) == 1


def test_what_is_wrong_with_alerts_stops_no_delivery(hooked: Webhooked, receiver: Receiver) -> None:
    hooked.add("ops", receiver.url())
    hooked.record("one")
    said: list[str] = []

    def evaluate(_: Database) -> None:
        raise QueryError("a pattern takes too long")

    keys = key_ring({"DBTRACK_KEY": "test=env:KEY", "KEY": KEY})
    target = resolve_target(ConnectionOptions(dbname=hooked.conninfo), {})
    options = NotifyOptions(is_once=True)
    with Database.connect(target) as database:
        summary = Notifier(database, target, keys, options, said.append, tick=evaluate).run()
    assert (summary.delivered, summary.undelivered) == (1, {})
    assert subjects(receiver.posts) == ["one"]
    assert said == ["dbtrack: the alerts cannot be evaluated: a pattern takes too long; trying again"]
