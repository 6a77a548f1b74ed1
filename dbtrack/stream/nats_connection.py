"""The connection to a NATS JetStream stream, to publish to it or to read it."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from dbtrack.errors import DbtrackError, UsageError
from dbtrack.stream.destination import Destination
from dbtrack.stream.sink import PATIENCE_SECONDS, BrokerAwayError, BrokerRefusalError, require_package

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.js import JetStreamContext

_Result = TypeVar("_Result")
_CONNECT_SECONDS = 3
CONFIRM_SECONDS = 2.0
RETRY_SECONDS = 0.2
_RECONNECT_ATTEMPTS = 2
_TEMPORARY = 503
_REFUSAL = re.compile("authorization|authentication", re.IGNORECASE)


class NatsConnection:
    """A subject that a JetStream stream keeps.

    Args:
        settings: by the names of `producer_settings`.
    """

    def __init__(
        self,
        destination: Destination,
        settings: Mapping[str, str],
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        require_package("nats", "nats", "nats://")
        self._place = destination.url
        self._servers = [f"nats://{server}" for server in destination.servers]
        self._name = destination.name
        self._settings = dict(settings)
        self._patience_seconds = patience_seconds
        self._runner: asyncio.Runner | None = None
        self._client: Client | None = None
        self._subject = destination.name
        self._stream: str | None = None
        self._reason: str | None = None

    def open(self) -> None:
        """Connect, and find the stream of the subject, as `Sink.open`."""
        if self._client is not None:
            return
        self.close()
        self._runner = asyncio.Runner()
        try:
            self._run(self._open())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Disconnect."""
        runner, self._runner = self._runner, None
        client, self._client = self._client, None
        if runner is None:
            return
        try:
            if client is not None:
                runner.run(asyncio.wait_for(client.close(), _CONNECT_SECONDS))
        except (TimeoutError, OSError):
            pass
        finally:
            runner.close()

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    async def _open(self) -> None:
        self._reason = None
        self._client = await self._connect()
        self._stream, self._subject = await self._find_stream(self._client.jetstream(timeout=CONFIRM_SECONDS))

    async def _connect(self) -> Client:
        import nats
        from nats.errors import Error as NatsError

        # Nobody else reads what asyncio logs of a connection that fails.
        logging.getLogger("asyncio").addHandler(logging.NullHandler())
        connecting = nats.connect(
            servers=self._servers,
            name="dbtrack",
            error_cb=self._note_error,
            connect_timeout=_CONNECT_SECONDS,
            max_reconnect_attempts=_RECONNECT_ATTEMPTS,
            reconnect_time_wait=RETRY_SECONDS,
            **_login(self._settings),
        )
        try:
            # The library waits for ever for a server whose certificate it does not accept.
            return await asyncio.wait_for(connecting, self._patience_seconds)
        except (NatsError, OSError, TimeoutError) as error:
            text = self._reason or _text_of(error) or "no answer"
            if _REFUSAL.search(text):
                raise self._refused(text) from error
            raise BrokerAwayError(f"{self._place}: {text}") from error

    def _refused(self, reason: str) -> BrokerRefusalError:
        return BrokerRefusalError(f"{self._place}: the login is refused: {reason}")

    async def _note_error(self, error: Exception) -> None:
        self._reason = _text_of(error) or type(error).__name__

    async def _find_stream(self, jetstream: JetStreamContext) -> tuple[str, str]:
        """Return the stream of the destination, and the subject to publish to."""
        stream = await self._answer(jetstream.find_stream_name_by_subject, self._name)
        if stream:
            return str(stream), self._name
        # The name of a stream has no dots.
        info = None if "." in self._name else await self._answer(jetstream.stream_info, self._name)
        if info is None:
            create = f"nats stream add NAME --subjects {self._name}"
            raise DbtrackError(f"{self._place}: no JetStream stream keeps it", hint=f"create it: {create}")
        subjects = list(info.config.subjects or ())
        if len(subjects) == 1 and not set(subjects[0]) & {"*", ">"}:
            return self._name, subjects[0]
        kept = ", ".join(subjects)
        raise UsageError(f"--to: {self._name} is a stream of the subjects {kept}", hint="name one subject")

    async def _answer(self, ask: Callable[[str], Awaitable[_Result]], name: str) -> _Result | None:
        """Return the answer of JetStream's API; None where it finds nothing."""
        from nats.errors import Error as NatsError
        from nats.js.errors import NotFoundError

        until = monotonic() + self._patience_seconds
        while True:
            try:
                return await ask(name)
            except NotFoundError:
                return None
            except (NatsError, OSError, TimeoutError) as error:
                self._raise_unless_temporary(error)
                if monotonic() > until:
                    raise self._away(error) from error
            await asyncio.sleep(RETRY_SECONDS)

    def _raise_unless_temporary(self, error: Exception) -> None:
        from nats.js.errors import APIError

        if isinstance(error, APIError) and error.code not in {None, _TEMPORARY}:
            raise DbtrackError(f"{self._place}: {error.description}") from error

    def _away(self, error: Exception) -> BrokerAwayError:
        text = self._reason or _text_of(error) or "no answer"
        return BrokerAwayError(f"{self._place}: {text}")


def _text_of(error: Exception) -> str:
    # asyncio's own text is "[Errno 111] Connect call failed ('127.0.0.1', 4222)".
    if isinstance(error, ConnectionError) and error.errno is not None:
        return os.strerror(error.errno)
    return str(error)


def _login(settings: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of the library's `connect` for a login and for TLS."""
    names = {
        "user": "user",
        "password": "password",
        "token": "token",
        "creds": "user_credentials",
        "nkey": "nkeys_seed",
    }
    given: dict[str, Any] = {name: settings[key] for key, name in names.items() if key in settings}
    for key in ("creds", "nkey", "ca", "cert", "key"):
        if key in settings and not Path(settings[key]).is_file():
            raise UsageError(f"setting {key} of NATS: there is no file {settings[key]}")
    if settings.keys() & {"ca", "cert", "key"}:
        given["tls"] = _tls(settings)
    return given


def _tls(settings: Mapping[str, str]) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.get("ca"))
        if "cert" in settings:
            context.load_cert_chain(settings["cert"], settings.get("key"))
    except (ssl.SSLError, OSError) as error:
        raise UsageError(f"the TLS files of NATS cannot be used: {error}") from error
    return context
