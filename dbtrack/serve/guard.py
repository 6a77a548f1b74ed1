"""What holds for every request and answer: sizes, times, headers, and an answer whatever fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dbtrack.serve.answers import failure
from dbtrack.serve.problems import ApiError, ErrorCode, invalid
from dbtrack.serve.settings import ServeSettings

_log = logging.getLogger("dbtrack.serve")
# A page sets its own policy for what it loads; these are for whoever sets none.
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
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
        answer = _Answer(send, self._headers)
        body = _Body(receive, self._settings)
        try:
            if _declared_length(scope) > self._settings.most_body_bytes:
                raise body.too_long()
            await self._app(scope, body.receive, answer.send)
        except ApiError as error:
            await self._fail(error, scope, receive, answer)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            internal = ApiError(500, ErrorCode.DATABASE_ERROR, "an internal error; the server's log has it")
            await self._fail(internal, scope, receive, answer)

    async def _fail(self, error: ApiError, scope: Scope, receive: Receive, answer: _Answer) -> None:
        if answer.has_begun:
            raise error
        response = failure(error)
        # What is left of the body would be taken for the next request.
        response.headers["Connection"] = "close"
        await response(scope, receive, answer.send)


class _Answer:
    """Adds the headers that the answer does not have."""

    def __init__(self, send: Send, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self._send = send
        self._headers = headers
        self.has_begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
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

    def too_long(self) -> ApiError:
        return invalid(f"the body has more than {self._most_bytes} bytes", 413)

    async def receive(self) -> MutableMapping[str, Any]:
        if self._is_whole:
            # Who waits now waits for the client to go away.
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise invalid("the request took too long to arrive", 408) from error
        self._bytes += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._bytes > self._most_bytes:
            raise self.too_long()
        return message


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
