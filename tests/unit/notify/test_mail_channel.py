"""Mail goes out with TLS, once, to a server that proves its name."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_string, policy
from pathlib import Path
from typing import Self

import pytest

from dbtrack.errors import UsageError
from dbtrack.notify import http_exchange
from dbtrack.notify.channels.mail_channel import MailAddresses, MailChannel
from dbtrack.notify.configuration import BodyFormat, WebhookConfiguration
from dbtrack.notify.http_exchange import Limits
from dbtrack.notify.outcome import Outcome, Verdict
from tests.support.events import FAILED, SENDER
from tests.support.receiver import write_certificate

QUERY = "?from=dbtrack@example.com&to=dba@example.com&to=ops+db@example.com"


class MailServer:
    """A mail server of one connection at a time."""

    def __init__(self, certificate: Path, *, answers: dict[str, str] | None = None, is_tls: bool = False,
                 offers_tls: bool = True) -> None:  # fmt: skip
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._answers = answers or {}
        self._is_tls = is_tls
        self._offers_tls = offers_tls
        self.commands: list[str] = []
        self.mails: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with suppress(OSError):
                    self._talk(self._wrapped(connection) if self._is_tls else connection)

    def _wrapped(self, connection: socket.socket) -> ssl.SSLSocket:
        return self._context.wrap_socket(connection, server_side=True)

    def _talk(self, connection: socket.socket) -> None:
        connection.sendall(self._answers.get("greeting", "220 ready\r\n").encode())
        lines = connection.makefile("r", newline="\r\n", errors="replace")
        while line := lines.readline().rstrip("\r\n"):
            self.commands.append(line)
            word = line.split(" ", 1)[0].upper()
            if word == "DATA":
                connection.sendall(b"354 go\r\n")
                text = ""
                while (part := lines.readline()) not in {".\r\n", ""}:
                    text += part
                self.mails.append(text)
            default = "250-mail.example\r\n250-AUTH PLAIN\r\n" + (
                "250-STARTTLS\r\n" if self._offers_tls else ""
            )
            answer = self._answers.get(word)
            if word == "EHLO":
                answer = answer or default + "250 OK\r\n"
            elif word == "STARTTLS":
                answer = answer or "220 go\r\n"
            elif word == "AUTH":
                answer = answer or "235 ok\r\n"
            connection.sendall((answer or "250 ok\r\n").encode())
            if word == "STARTTLS" and answer == "220 go\r\n":
                connection = self._wrapped(connection)
                lines = connection.makefile("r", newline="\r\n", errors="replace")
        connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = write_certificate(tmp_path / "mail.pem", "mail.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, *_, **__: [(2, 1, 6, "", ("127.0.0.1", port))]
    )
    http_exchange.tls_context.cache_clear()
    yield path
    http_exchange.tls_context.cache_clear()


def deliver(
    server: MailServer, *, scheme: str = "smtp", host: str = "mail.example", allow_plain: bool = False
) -> Outcome:
    url = f"{scheme}://dbtrack%40example.com@{host}:{server.port}{QUERY}"
    configuration = WebhookConfiguration(
        BodyFormat.EMAIL, url, ("hunter22",), allow_private=True, allow_plain=allow_plain
    )
    return MailChannel(configuration, SENDER, limits=Limits(2.0, 3.0)).deliver(FAILED)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_arrives_over_tls(certificate: Path, scheme: str) -> None:
    with MailServer(certificate, is_tls=scheme == "smtps") as server:
        outcome = deliver(server, scheme=scheme)
    assert (outcome.verdict, outcome.answer) == (Verdict.DELIVERED, "250 accepted")
    assert ("STARTTLS" in server.commands) is (scheme == "smtp")
    assert [each for each in server.commands if each.upper().startswith("RCPT")] == [
        "rcpt TO:<dba@example.com>",
        "rcpt TO:<ops+db@example.com>",
    ]
    read = message_from_string(server.mails[0], policy=policy.default)
    assert "Failed: migrate_users" in read["Subject"]
    assert "ADD COLUMN email" in read.get_content()


def test_without_tls_no_login_and_no_mail_is_sent(certificate: Path) -> None:
    with MailServer(certificate, offers_tls=False) as server:
        outcome = deliver(server)
        assert outcome.verdict is Verdict.UNREACHABLE
        assert server.mails == []
        assert not any(each.upper().startswith("AUTH") for each in server.commands)
        assert deliver(server, allow_plain=True).is_delivered


def test_a_server_that_cannot_prove_its_name_gets_nothing(certificate: Path) -> None:
    with MailServer(certificate, is_tls=True) as server:
        outcome = deliver(server, scheme="smtps", host="other.example")
    assert outcome.verdict is Verdict.UNREACHABLE
    assert server.mails == []


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"RCPT": "451 try later\r\n"}, Verdict.UNREACHABLE),
        ({"RCPT": "550 no such user\r\n"}, Verdict.REFUSED),
        ({"MAIL": "452 no space\r\n"}, Verdict.UNREACHABLE),
        ({"AUTH": "535 hunter22 is wrong\r\n"}, Verdict.UNREACHABLE),
        ({"STARTTLS": "454 not now\r\n"}, Verdict.UNREACHABLE),
        ({"greeting": "554 go away\r\n"}, Verdict.REFUSED),
    ],
)
def test_what_an_answer_means(certificate: Path, answers: dict[str, str], verdict: Verdict) -> None:
    with MailServer(certificate, answers=answers) as server:
        outcome = deliver(server)
    assert outcome.verdict is verdict, outcome
    assert "hunter22" not in outcome.answer


def test_a_server_that_never_speaks_is_cut(certificate: Path) -> None:
    with MailServer(certificate, answers={"greeting": ""}) as server:
        assert deliver(server).verdict is Verdict.UNREACHABLE


@pytest.mark.parametrize(
    "query",
    ["", "?from=a@b.c", "?to=a@b.c", "?from=a&to=b@c.d", "?from=a@b.c&to=x%0d%0aBcc:y@z", "?from=a@b.c&to=d@e.f&cc=g@h.i",
     "?from=a@b.c,d@e.f&to=g@h.i", "?from=<a@b.c>&to=d@e.f"],
)  # fmt: skip
def test_addresses_that_are_refused(query: str) -> None:
    with pytest.raises(UsageError):
        MailAddresses(f"smtps://mail.example.com{query}")
