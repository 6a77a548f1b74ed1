"""What holds for every request and answer: sizes, times, headers, and an answer whatever fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dbtrack.serve.answers import failure
from dbtrack.serve.problems import ApiError, ErrorCode, invalid, unavailable
from dbtrack.serve.settings import ServeSettings

_log = logging.getLogger("dbtrack.serve")
_requests = logging.getLogger("dbtrack.serve.requests")
# A page sets its own policy for what it loads; these are for whoever sets none.
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
_VERSIONS = ("1.0", "1.1")
_TLS_HEADER = (b"strict-transport-security", b"max-age=31536000")


class Guard:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app = app
        self._settings = settings
        self._headers = (*_HEADERS, *((_TLS_HEADER,) if settings.is_tls else ()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        answer = _Answer(send, self._headers)
        await self._answer(scope, receive, answer)
        if _requests.isEnabledFor(logging.INFO):
            client = (scope.get("client") or ("-", 0))[0]
            milliseconds = round((time.monotonic() - began) * 1000, 1)
            _requests.info(
                "%s %s %s %s, %s ms", client, scope["method"], scope["path"], answer.status, milliseconds
            )

    async def _answer(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        body = _Body(receive, self._settings)
        refused = _refused(scope, self._settings.most_body_bytes)
        try:
            if refused is None:
                async with asyncio.timeout(self._longest_seconds(scope)):
                    await self._app(scope, body.receive, answer.send)
            else:
                await _fail(refused, scope, receive, answer)
        except ApiError as error:
            await _fail(error, scope, receive, answer)
        except ClientDisconnect:
            # Nobody waits for an answer, and whoever sends half a request must not fill the log.
            return
        except TimeoutError:
            await _fail(unavailable("the database did not answer in time"), scope, receive, answer)
        except Exception as error:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            internal = ApiError(500, ErrorCode.DATABASE_ERROR, "an internal error; the server's log has it")
            await _fail(internal, scope, receive, answer)
            # The framework closes the connection; the log has the error already.
            if answer.is_torn:
                raise ConnectionAbortedError from error

    def _longest_seconds(self, scope: Scope) -> float | None:
        """Return how long a request may take in all; a page's stream of events has no end."""
        if not scope["path"].startswith("/api/"):
            return None
        return self._settings.request_timeout_seconds + 2 * self._settings.statement_timeout_seconds


async def _fail(error: ApiError, scope: Scope, receive: Receive, answer: _Answer) -> None:
    if answer.has_begun:
        answer.is_torn = True
        return
    response = failure(error)
    # What is left of the body would be taken for the next request.
    response.headers["Connection"] = "close"
    await response(scope, receive, answer.send)


def _refused(scope: Scope, most_bytes: int) -> ApiError | None:
    """Return why a request is not even read: its body is too long, not JSON, or of two lengths."""
    headers = dict(scope["headers"])
    if scope["http_version"] not in _VERSIONS:
        return invalid("this is not a version of HTTP that dbtrack speaks: 1.0 or 1.1", 400)
    if b"content-length" in headers and b"transfer-encoding" in headers:
        # A proxy that believes the other one sees the request end elsewhere, and other requests behind it.
        return invalid("a request has a Content-Length or a Transfer-Encoding, not both", 400)
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > most_bytes:
        return _too_long(most_bytes)
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if scope["method"] == "POST" and "/operations/" in scope["path"] and kind != b"application/json":
        return invalid("the body must be JSON: Content-Type: application/json", 415)
    return None


def _too_long(most_bytes: int) -> ApiError:
    return _closing(f"the body has more than {most_bytes} bytes", 413)


class _Answer:
    """Adds the headers that the answer does not have."""

    def __init__(self, send: Send, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self._send = send
        self._headers = headers
        self.has_begun = False
        self.is_torn = False
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            self.status = message["status"]
            given: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            given += [header for header in self._headers if header[0] not in names]
            message = {**message, "headers": given}
        await self._send(message)


class _Body:
    """Limits how long a body is, and how long it may take to arrive."""

    def __init__(self, receive: Receive, settings: ServeSettings) -> None:
        self._receive = receive
        self._most_bytes = settings.most_body_bytes
        self._deadline = asyncio.get_running_loop().time() + settings.request_timeout_seconds
        self._bytes = 0
        self._is_whole = False

    async def receive(self) -> MutableMapping[str, Any]:
        if self._is_whole:
            # Who waits now waits for the client to go away.
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise _closing("the request took too long to arrive", 408) from error
        self._bytes += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._bytes > self._most_bytes:
            raise _too_long(self._most_bytes)
        return message


def _closing(message: str, status: int) -> ApiError:
    """Return an error after which the connection ends, since the rest of the body is not read."""
    return ApiError(status, ErrorCode.INVALID_REQUEST, message, {"Connection": "close"})
