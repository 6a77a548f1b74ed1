"""Send executions to a log server: RFC 5424 messages over TLS (RFC 5425) or TCP, framed by their length."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbtrack.errors import DbtrackError, NoConnectionError, UsageError
from dbtrack.export.output import Progress
from dbtrack.export.reading import Reading
from dbtrack.export.request import ExportFormat
from dbtrack.export.run import ExportReport
from dbtrack.export.source import Source
from dbtrack.export.syslog_message import syslog_message
from dbtrack.export.text_formats import json_rows, renderer

_TLS_PORT = 6514
_TCP_PORT = 514
_HIGHEST_PORT = 65_535
_SECONDS_TO_CONNECT = 20
# A log server that writes to a slow disk may read nothing for a while.
_SECONDS_TO_ANSWER = 60
_BATCH_BYTES = 65_536


@dataclass(frozen=True)
class SyslogServer:
    """A log server.

    Args:
        ca: the certificates that its own is checked with; None for those of the system.
        certificate: our own certificate with its key, if it asks for one.
        is_plain: TCP without TLS.
    """

    host: str
    port: int
    ca: Path | None = None
    certificate: Path | None = None
    is_plain: bool = False

    @classmethod
    def parsed(
        cls,
        text: str,
        *,
        ca: Path | None = None,
        certificate: Path | None = None,
        is_plain: bool = False,
    ) -> SyslogServer:
        """Read HOST, HOST:PORT or [ADDRESS]:PORT.

        Raises:
            UsageError: it is something else.
        """
        match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?", text)
        port = int(match[3]) if match and match[3] else _TCP_PORT if is_plain else _TLS_PORT
        if match is None or not 0 < port <= _HIGHEST_PORT:
            raise UsageError(
                f"{text} is not HOST or HOST:PORT", hint="an IPv6 address needs brackets: [::1]:6514"
            )
        if is_plain and (ca or certificate):
            raise UsageError("--syslog-plain uses no certificates")
        return cls(match[1] or match[2], port, ca, certificate, is_plain)

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"the log server {self.host}:{self.port}"


class SyslogDestination:
    """Sends each row as one message."""

    def __init__(self, server: SyslogServer, chosen: ExportFormat) -> None:
        """Take the format of the messages.

        Raises:
            UsageError: it is not jsonl, ocsf or cef, or a certificate cannot be read.
        """
        if chosen not in (ExportFormat.JSONL, ExportFormat.OCSF, ExportFormat.CEF):
            raise UsageError("a log server takes --format jsonl, ocsf or cef")
        self._server = server
        self._context = None if server.is_plain else _context(server)
        self._format = chosen

    def deliver(self, reading: Reading, progress: Progress) -> ExportReport:
        """Send the rows; it returns once the log server has read them all and closed the connection.

        Raises:
            NoConnectionError: the log server cannot be reached.
            DbtrackError: it is not who it should be, or the connection broke.
        """
        sent = 0
        with _connection(self._server, self._context) as connection:
            render = renderer(self._format, Source.of(reading))
            for row in json_rows(reading):
                connection.send(syslog_message(row, render))
                sent += 1
                progress(sent)
            connection.finish()
        return ExportReport(sent)


class _Connection:
    """A connection that frames its messages, and notices when the other side has gone."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._waiting = bytearray()

    def send(self, message: bytes) -> None:
        """Send a message, with others in one piece."""
        self._waiting += b"%d " % len(message) + message
        if len(self._waiting) >= _BATCH_BYTES:
            self._flush()

    def finish(self) -> None:
        """Send the rest, say that this was all, and wait until the other side has read it and closes too.

        TCP does not tell a program whether what it sent has arrived. The other side's end of stream shows
        that it came to the end of ours; a connection that breaks before is an error.
        """
        self._flush()
        if isinstance(self._socket, ssl.SSLSocket):
            try:
                self._socket = self._socket.unwrap()
            except ssl.SSLEOFError:
                return  # rsyslog does not answer the end of a TLS session with its own before it closes
        self._socket.shutdown(socket.SHUT_WR)
        while self._socket.recv(_BATCH_BYTES):
            pass

    def _flush(self) -> None:
        self._check()
        self._socket.sendall(self._waiting)
        self._waiting.clear()

    def _check(self) -> None:
        """Notice that the other side has closed: sending would still succeed for a while."""
        self._socket.settimeout(0)
        try:
            is_closed = self._socket.recv(1) == b""
        except (BlockingIOError, ssl.SSLWantReadError):
            is_closed = False
        finally:
            self._socket.settimeout(_SECONDS_TO_ANSWER)
        if is_closed:
            raise ConnectionResetError(errno.ECONNRESET, "it closed the connection")


@contextmanager
def _connection(server: SyslogServer, context: ssl.SSLContext | None) -> Iterator[_Connection]:
    try:
        with closing(_opened(server, context)) as connection:
            yield _Connection(connection)
    except ssl.SSLCertVerificationError as error:
        raise DbtrackError(
            f"the certificate of {server.name} is not valid: {error.verify_message}",
            hint="--syslog-ca FILE names the certificates to trust",
        ) from error
    except OSError as error:
        raise DbtrackError(
            f"cannot send to {server.name}: {error.strerror or error}",
            hint="with --state, the next export sends all of it again, with the same ids",
        ) from error


def _context(server: SyslogServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if server.ca is not None:
            context = ssl.create_default_context(cafile=server.ca)
        if server.certificate is not None:
            context.load_cert_chain(server.certificate)
    except OSError as error:
        named = " and ".join(str(path) for path in (server.ca, server.certificate) if path is not None)
        raise UsageError(f"cannot read certificates from {named}: {error.strerror or error}") from error
    return context


def _opened(server: SyslogServer, context: ssl.SSLContext | None) -> socket.socket:
    try:
        plain = socket.create_connection((server.host, server.port), timeout=_SECONDS_TO_CONNECT)
    except OSError as error:
        raise NoConnectionError(
            f"{server.name} cannot be reached: {error.strerror or error}",
            hint="nothing was sent",
            may_pass=True,
        ) from error
    if context is None:
        return plain
    try:
        return context.wrap_socket(plain, server_hostname=server.host)
    except BaseException:
        plain.close()
        raise
