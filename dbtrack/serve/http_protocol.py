"""HTTP/1.1 with limits that uvicorn does not have: the time of headers, the number of connections."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from dbtrack.serve.answers import failure_body
from dbtrack.serve.problems import ApiError, invalid, unavailable

MOST_HEADER_SECONDS = 10.0
MOST_CONNECTIONS = 1000


class BoundedProtocol(H11Protocol):
    """One connection. What the parser refuses is answered in the form of all errors."""

    header_seconds = MOST_HEADER_SECONDS
    _header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, if there are not too many connections."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._end(unavailable("too many connections"))
        else:
            self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read; a request whose headers come byte by byte has as much time as any other."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._start_timer()
        else:
            self._stop_timer()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self._end(invalid(f"{msg.rstrip('.')}: it is not HTTP/1.1", 400))

    def on_response_complete(self) -> None:
        """Wait for the next request of the connection."""
        self._stop_timer()
        super().on_response_complete()

    def _start_timer(self) -> None:
        if self._header_timer is None:
            self._header_timer = self.loop.call_later(self.header_seconds, self._time_out)

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _time_out(self) -> None:
        self._header_timer = None
        self._end(invalid("the request took too long to arrive", 408))

    def _end(self, error: ApiError) -> None:
        """Answer with an error, and close the connection."""
        if self.transport.is_closing():
            return
        body = json.dumps(failure_body(error)).encode()
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.write(_raw_answer(error.status, body, error.headers))
        self.transport.close()


def _raw_answer(status: int, body: bytes, headers: Any) -> bytes:
    """Return an answer as bytes: the parser's state may no longer allow one."""
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "connection: close",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
