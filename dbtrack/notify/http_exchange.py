"""One HTTP request to an address that was checked: no redirects, no proxies, bounded in time and in bytes."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from dbtrack.notify.address import Address
from dbtrack.notify.destination import Destination
from dbtrack.notify.resolve import resolve
from dbtrack.notify.time_limit import TimeLimit

READ_BYTES = 4096
"""How much of an answer's body is read."""


@dataclass(frozen=True)
class Limits:
    """How long a delivery may take, in seconds: to find and reach the receiver, and altogether.

    Args:
        read_bytes: how much of an answer's body is read.
    """

    connect_seconds: float = 5.0
    total_seconds: float = 15.0
    read_bytes: int = READ_BYTES


@dataclass(frozen=True)
class Answer:
    """What a receiver answered. Nothing of it is trusted.

    Args:
        headers: by their names in small letters.
        body: the beginning of it.
    """

    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class ExchangeError(Exception):
    """There is no answer.

    Args:
        was_sent: the receiver may have the request.
    """

    def __init__(self, message: str, *, was_sent: bool) -> None:
        super().__init__(message)
        self.was_sent = was_sent


class HttpExchange:
    """Sends requests to one destination, and keeps its connection as long as its name leads to that address.

    Raises:
        RefusedAddressError, ResolutionError: as `resolve`, from `send`.
    """

    def __init__(
        self, destination: Destination, *, allow_private: bool, limits: Limits | None = None
    ) -> None:
        self._destination = destination
        self._allow_private = allow_private
        self._limits = limits or Limits()
        self._connection: _PinnedConnection | None = None
        self._limit: TimeLimit | None = None

    def send(self, method: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request and return the answer.

        Raises:
            ExchangeError: no answer came in time, or none that can be read.
        """
        addresses = resolve(
            self._destination, allow_private=self._allow_private, seconds=self._limits.connect_seconds
        )
        with TimeLimit(self._limits.total_seconds) as limit:
            self._limit = limit
            try:
                return self._send(addresses, limit, method, headers, body)
            finally:
                self._limit = None

    def cut(self) -> None:
        """End the request that another thread is sending."""
        limit = self._limit
        if limit is not None:
            limit.cut()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(
        self, addresses: list[Address], limit: TimeLimit, method: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        kept = self._kept(addresses)
        if kept is not None:
            try:
                return self._exchange(kept, limit, method, headers, body)
            except ExchangeError:
                # The receiver may have closed it while it was idle; it knows the event's id, if it has it.
                if limit.is_over:
                    raise
        return self._exchange(self._connected(addresses, limit), limit, method, headers, body)

    def _kept(self, addresses: list[Address]) -> _PinnedConnection | None:
        if self._connection is not None and self._connection.address not in addresses:
            self.close()
        return self._connection

    def _connected(self, addresses: list[Address], limit: TimeLimit) -> _PinnedConnection:
        problem: Exception | None = None
        for address in addresses:
            connection = _PinnedConnection(self._destination, address, limit, self._limits.connect_seconds)
            try:
                connection.connect()
            except OSError as error:
                connection.close()
                problem = error
                continue
            self._connection = connection
            return connection
        raise ExchangeError(_reason(problem, limit), was_sent=False) from problem

    def _exchange(
        self,
        connection: _PinnedConnection,
        limit: TimeLimit,
        method: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        connection.use(limit)
        try:
            connection.putrequest(method, self._destination.target, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": self._destination.host_header, **headers}.items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return self._read(connection, limit)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise ExchangeError(_reason(error, limit), was_sent=True) from error

    def _read(self, connection: _PinnedConnection, limit: TimeLimit) -> Answer:
        response = connection.getresponse()
        if limit.is_over:
            # What ends in the middle of the headers is read as if they were complete.
            raise TimeoutError
        body = b""
        # The status is the answer. A body that does not come changes nothing about it.
        with suppress(OSError, http.client.HTTPException, ValueError):
            body = response.read(self._limits.read_bytes)
        answer = Answer(
            response.status,
            response.reason,
            {name.lower(): value for name, value in response.getheaders()},
            body,
        )
        if not response.isclosed() or response.will_close:
            # The rest of a long answer is not read, and so the connection cannot be used again.
            self.close()
        return answer


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to this address; the names in TLS and in the Host header stay the destination's."""

    def __init__(
        self, destination: Destination, address: Address, limit: TimeLimit, connect_seconds: float
    ) -> None:
        super().__init__(destination.host, destination.port)
        self.address = address
        self._destination = destination
        self._limit = limit
        self._connect_seconds = connect_seconds

    def connect(self) -> None:
        seconds = min(self._connect_seconds, self._limit.remaining_seconds)
        plain = socket.create_connection((str(self.address), self._destination.port), timeout=seconds)
        self._limit.watch(plain)
        with suppress(OSError):
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = (
            encrypted(plain, self._destination.host, self._limit) if self._destination.is_tls else plain
        )
        self.sock.settimeout(self._limit.remaining_seconds)

    def use(self, limit: TimeLimit) -> None:
        """Apply the limit of one request to the connection."""
        self._limit = limit
        if self.sock is not None:
            limit.watch(self.sock)
            self.sock.settimeout(limit.remaining_seconds)


def encrypted(plain: socket.socket, host: str, limit: TimeLimit) -> ssl.SSLSocket:
    """Return the socket with TLS, after a handshake in which the peer proved that it is this host."""
    wrapped = tls_context().wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    limit.watch(wrapped)
    wrapped.settimeout(limit.remaining_seconds)
    try:
        wrapped.do_handshake()
    except BaseException:
        wrapped.close()
        raise
    return wrapped


@cache
def tls_context() -> ssl.SSLContext:
    """Return what TLS connections require: a certificate that the machine trusts, and TLS 1.2 or later."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _reason(error: Exception | None, limit: TimeLimit) -> str:
    match error:
        case _ if limit.is_over:
            said = "no answer in time"
        case TimeoutError():
            said = "no answer in time"
        case ssl.SSLCertVerificationError():
            said = f"its certificate is not valid: {error.verify_message}"
        case ssl.SSLError():
            said = f"TLS failed: {error.reason or 'handshake'}"
        case ConnectionRefusedError():
            said = "connection refused"
        case http.client.HTTPException() | ValueError():
            said = f"the answer cannot be read: {type(error).__name__}"
        case OSError():
            said = f"the connection failed: {error.strerror or error}"
        case _:
            said = "no address could be reached"
    return said
