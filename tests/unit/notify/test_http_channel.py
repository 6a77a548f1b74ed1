"""What each answer of a receiver means, and that none of its misbehaviour holds a delivery up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from dbtrack.notify import http_exchange
from dbtrack.notify.channels.http_channel import HttpChannel
from dbtrack.notify.configuration import BodyFormat, WebhookConfiguration
from dbtrack.notify.http_exchange import READ_BYTES, Limits
from dbtrack.notify.outcome import Outcome, Verdict
from dbtrack.notify.signature import new_secret
from tests.support.events import FAILED, SENDER
from tests.support.receiver import Receiver, Reply, Request, silent_port, write_certificate

SECRET = new_secret()
OPEN: list[HttpChannel] = []
QUICK = Limits(connect_seconds=2.0, total_seconds=0.5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def channel(url: str, body_format: BodyFormat = BodyFormat.STANDARD, *, limits: Limits | None = None,
            secrets: tuple[str, ...] = (SECRET,), headers: dict[str, str] | None = None, allow_private: bool = True,
            asks_first: bool = False) -> HttpChannel:  # fmt: skip
    configuration = WebhookConfiguration(
        body_format, url, secrets, headers or {}, allow_private=allow_private, allow_plain=True,
        asks_first=asks_first, origin="db1.example",
    )  # fmt: skip
    OPEN.append(HttpChannel(configuration, SENDER, limits=limits))
    return OPEN[-1]


def outcome_of(receiver: Receiver, reply: Reply, *, limits: Limits | None = None) -> Outcome:
    receiver.answer = lambda _: reply
    return channel(receiver.url(), limits=limits).deliver(FAILED)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DELIVERED), (202, Verdict.DELIVERED), (204, Verdict.DELIVERED), (301, Verdict.REFUSED),
        (302, Verdict.REFUSED), (304, Verdict.REFUSED), (307, Verdict.REFUSED), (400, Verdict.REFUSED),
        (401, Verdict.REFUSED), (403, Verdict.REFUSED), (404, Verdict.REFUSED), (408, Verdict.UNREACHABLE),
        (410, Verdict.GONE), (413, Verdict.REFUSED), (425, Verdict.UNREACHABLE), (429, Verdict.UNREACHABLE),
        (500, Verdict.FAILED), (501, Verdict.FAILED), (502, Verdict.UNREACHABLE), (503, Verdict.UNREACHABLE),
        (504, Verdict.UNREACHABLE), (599, Verdict.FAILED), (700, Verdict.FAILED),
    ],
)  # fmt: skip
def test_what_a_status_means(receiver: Receiver, status: int, verdict: Verdict) -> None:
    outcome = outcome_of(receiver, Reply(status, body=b"" if status == 204 else b"because"))
    assert outcome.verdict is verdict
    assert outcome.answer.startswith(str(status))


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_can_ask_for_a_wait_in_seconds_or_as_a_date(receiver: Receiver, status: int) -> None:
    assert outcome_of(receiver, Reply(status, {"Retry-After": "77"})).wait_seconds == 77
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    wait = outcome_of(receiver, Reply(status, {"Retry-After": date})).wait_seconds
    assert wait is not None
    assert 200 < wait <= 300


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with Receiver() as inside:
        outcome = outcome_of(receiver, Reply(302, {"Location": inside.url()}))
        assert "redirects are not followed" in outcome.answer
        assert inside.requests == []


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00" * 100, b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"x" * 70000,
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"h%d: v\r\n" % n for n in range(300)) + b"\r\n",
    ],
)  # fmt: skip
def test_an_answer_that_lies_is_no_delivery(receiver: Receiver, raw: bytes) -> None:
    assert outcome_of(receiver, Reply(raw=raw), limits=QUICK).verdict is Verdict.FAILED


@pytest.mark.parametrize("raw", [b"HTTP/1.1 200 OK\r\nX: y\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_receiver_that_dribbles_is_cut(receiver: Receiver, raw: bytes) -> None:
    outcome = outcome_of(receiver, Reply(raw=raw, byte_seconds=0.005), limits=QUICK)
    assert (outcome.verdict, outcome.answer) == (Verdict.FAILED, "no answer in time")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
    ],
)
def test_the_status_counts_and_not_a_body_that_is_cut_off(receiver: Receiver, raw: bytes) -> None:
    assert outcome_of(receiver, Reply(raw=raw), limits=QUICK).is_delivered


def test_a_receiver_that_hangs_is_cut(receiver: Receiver) -> None:
    outcome = outcome_of(receiver, Reply(hangs=True), limits=QUICK)
    assert (outcome.verdict, outcome.answer) == (Verdict.FAILED, "no answer in time")


def test_a_long_answer_is_read_to_a_limit_only(receiver: Receiver) -> None:
    outcome = outcome_of(receiver, Reply(400, body=b"word " * READ_BYTES * 100))
    assert outcome.verdict is Verdict.REFUSED
    assert len(outcome.answer) < 300


def test_nobody_there_and_a_port_that_never_speaks_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = channel(f"http://127.0.0.1:{port}/").deliver(FAILED)
    assert (outcome.verdict, outcome.answer) == (Verdict.UNREACHABLE, "connection refused")
    with silent_port() as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        outcome = channel(url, limits=QUICK).deliver(FAILED)
    assert (outcome.verdict, outcome.answer) == (Verdict.UNREACHABLE, "no answer in time")


def test_an_inside_address_is_not_connected_to(receiver: Receiver) -> None:
    outcome = channel(receiver.url(), allow_private=False).deliver(FAILED)
    assert outcome.verdict is Verdict.UNREACHABLE
    assert "127.0.0.1 is a loopback address" in outcome.answer
    assert receiver.requests == []


def test_a_name_that_begins_to_lead_inside_is_no_longer_delivered_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is looked up at each delivery, and the kept connection goes with it."""
    addresses = ["127.0.0.1"]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda _host, port, *_, **__: [(2, 1, 6, "", (each, port)) for each in addresses],
    )
    sender = channel(receiver.url("hook.example"))
    assert sender.deliver(FAILED).is_delivered
    assert receiver.requests[0].headers["host"] == f"hook.example:{receiver.port}"
    addresses[:] = ["169.254.169.254"]
    assert "metadata" in sender.deliver(FAILED).answer
    assert len(receiver.requests) == 1


def test_tls_proves_the_name_and_not_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = write_certificate(tmp_path / "hook.pem", "hook.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    http_exchange.tls_context.cache_clear()
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, *_, **__: [(2, 1, 6, "", ("127.0.0.1", port))]
    )
    try:
        with Receiver(certificate=certificate) as receiver:
            assert channel(receiver.url("hook.example")).deliver(FAILED).is_delivered
            other = channel(receiver.url("other.example")).deliver(FAILED)
            assert other.verdict is Verdict.UNREACHABLE
            assert "certificate is not valid" in other.answer
            assert len(receiver.requests) == 1
    finally:
        http_exchange.tls_context.cache_clear()


def test_a_connection_is_kept_and_made_anew_when_the_receiver_closed_it(receiver: Receiver) -> None:
    sender = channel(receiver.url())
    assert sender.deliver(FAILED).is_delivered
    assert sender.deliver(FAILED).is_delivered
    receiver.answer = lambda _: Reply(200, {"Connection": "close"}, b"bye")
    assert sender.deliver(FAILED).is_delivered
    receiver.answer = lambda _: Reply()
    assert sender.deliver(FAILED).is_delivered
    assert len({request.headers["webhook-id"] for request in receiver.posts}) == 1
    for request in receiver.posts:
        Webhook(SECRET).verify(request.body, request.headers)


def test_cut_ends_an_attempt_from_another_thread(receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(hangs=True)
    sender = channel(receiver.url(), limits=Limits(5.0, 60.0))
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(sender.deliver(FAILED)))
    thread.start()
    receiver.wait_for(1)
    sender.cut()
    thread.join(20)
    assert [outcome.is_delivered for outcome in outcomes] == [False]


def test_what_the_receiver_repeats_of_a_secret_is_not_kept(receiver: Receiver) -> None:
    def echo(request: Request) -> Reply:
        text = f"bad {request.path} {request.headers['authorization']} password=hunter22 \x1b[31mred"
        return Reply(400, body=text.encode())

    receiver.answer = echo
    sender = channel(
        receiver.url(path="/services/T0SECRETPART?token=abc123def"),
        headers={"Authorization": "Bearer s3cr3tvalue"},
    )
    answer = sender.deliver(FAILED).answer
    for secret in ("T0SECRETPART", "abc123def", "s3cr3tvalue", "hunter22", "\x1b"):
        assert secret not in answer
    assert answer.startswith("400 ")


def test_cloud_events_ask_first_and_send_structured_json(receiver: Receiver) -> None:
    receiver.answer = lambda request: (
        Reply(200, {"WebHook-Allowed-Origin": "db1.example", "WebHook-Allowed-Rate": "60000"})
        if request.method == "OPTIONS"
        else Reply()
    )
    sender = channel(
        receiver.url(), BodyFormat.CLOUDEVENTS, headers={"aeg-sas-key": "topic-key"}, asks_first=True
    )
    assert sender.deliver(FAILED).is_delivered
    assert sender.deliver(FAILED).is_delivered
    asked, posted, _again = receiver.requests
    assert asked.method == "OPTIONS"
    assert asked.headers["webhook-request-origin"] == "db1.example"
    assert posted.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert posted.headers["aeg-sas-key"] == "topic-key"
    read = posted.document
    assert (read["id"], read["type"], read["source"]) == (
        FAILED.id,
        "io.dbtrack.execution.failed",
        SENDER.source,
    )
    assert read["data"]["error"] == FAILED.data["error"]


@pytest.mark.parametrize(
    "reply",
    [Reply(200), Reply(405, body=b"no"), Reply(200, {"WebHook-Allowed-Origin": "other.example"}), Reply(503)],
)
def test_a_receiver_that_does_not_allow_events_gets_none(receiver: Receiver, reply: Reply) -> None:
    receiver.answer = lambda request: reply if request.method == "OPTIONS" else Reply()
    outcome = channel(receiver.url(), BodyFormat.CLOUDEVENTS, asks_first=True).deliver(FAILED)
    assert outcome.verdict is Verdict.UNREACHABLE
    assert receiver.posts == []


def test_pagerduty_gets_its_routing_key(receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(202, body=b'{"status":"success"}')
    assert channel(receiver.url(), BodyFormat.PAGERDUTY, secrets=("R0UT1NG",)).deliver(FAILED).is_delivered
    document = receiver.posts[0].document
    assert (document["routing_key"], document["event_action"]) == ("R0UT1NG", "trigger")
    assert document["payload"]["severity"] == "error"
    assert "webhook-signature" not in receiver.posts[0].headers
