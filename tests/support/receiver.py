"""A receiver of webhooks that answers, fails, hangs, lies, redirects and dribbles as a test asks."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

LONG_SECONDS = 30.0


@dataclass(frozen=True)
class Request:
    """What a receiver was sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Reply:
    """What a receiver answers.

    Args:
        raw: instead of an HTTP answer, these bytes, and then the connection is closed.
        byte_seconds: send `raw` byte by byte with such pauses, again and again.
        hangs: answer nothing.
    """

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw: bytes | None = None
    byte_seconds: float | None = None
    hangs: bool = False


Answer = Callable[[Request], Reply]


class Receiver:
    """A receiver on a port of 127.0.0.1, over HTTP or, with a certificate, HTTPS."""

    def __init__(
        self, answer: Answer | None = None, *, certificate: Path | None = None, port: int = 0
    ) -> None:
        self.requests: list[Request] = []
        self.answer: Answer = answer or (lambda _: Reply())
        self._arrived = threading.Condition()
        self.is_over = threading.Event()
        self._connections: list[socket.socket] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                receiver._handle(self)

            def __getattr__(self, name: str) -> Callable[[], None]:
                if name.startswith("do_"):
                    return self.handle_any
                raise AttributeError(name)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def process_request(self, request: Any, client_address: Any) -> None:
                receiver._connections.append(request)
                super().process_request(request, client_address)

            def handle_error(self, *_: object) -> None:
                """Say nothing: a client that goes away is part of the tests."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = int(self._server.server_address[1])
        self.scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self.scheme = "https"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self, host: str = "127.0.0.1", path: str = "/hook") -> str:
        """The URL to configure."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def posts(self) -> list[Request]:
        """What was posted."""
        return [request for request in list(self.requests) if request.method == "POST"]

    def wait_for(self, count: int, seconds: float = LONG_SECONDS) -> list[Request]:
        """Wait until so many posts have arrived, and return them all."""
        until = monotonic() + seconds
        with self._arrived:
            while len(self.posts) < count:
                if not self._arrived.wait(until - monotonic()):
                    raise AssertionError(f"{len(self.posts)} of {count} posts arrived")
        return self.posts

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(str(handler.command), handler.path, headers, body)
        reply = self.answer(request)
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
        with suppress(OSError):
            self._reply(handler, reply)

    def _reply(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.hangs:
            self.is_over.wait(LONG_SECONDS)
            handler.close_connection = True
        elif reply.raw is not None:
            handler.close_connection = True
            self._send_raw(handler, reply.raw, reply.byte_seconds)
        else:
            handler.send_response(reply.status)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            if reply.status != 204:
                handler.send_header("Content-Length", str(len(reply.body)))
            handler.end_headers()
            handler.wfile.write(reply.body)

    def _send_raw(self, handler: BaseHTTPRequestHandler, raw: bytes, byte_seconds: float | None) -> None:
        if byte_seconds is None:
            handler.wfile.write(raw)
            return
        while not self.is_over.is_set():
            for byte in raw:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                sleep(byte_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the port and every connection, as a receiver that was killed does."""
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


def silent_port() -> socket.socket:
    """Return a socket that takes connections and never says a word."""
    return socket.create_server(("127.0.0.1", 0))


def write_certificate(path: Path, *names: str) -> Path:
    """Write a key and a certificate that signs itself for these names, for a server and for those who trust it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
