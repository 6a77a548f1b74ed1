"""Run the application: in this process, or in several that share one socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from dbtrack.serve.application import create_app
from dbtrack.serve.http_protocol import MOST_HEADER_SECONDS, BoundedProtocol
from dbtrack.serve.settings import ServeSettings
from dbtrack.terminal import messages

_STOPPING = (signal.SIGTERM, signal.SIGINT)
_KEEP_ALIVE_SECONDS = 15
_SHORTEST_LIFE_SECONDS = 5.0


@dataclass(frozen=True)
class ServerOptions:
    """How the application is run.

    Args:
        tls: the certificate's context; None for plain HTTP.
        workers: how many processes answer.
        proxies: the addresses of proxies whose X-Forwarded-For is believed.
        stop_seconds: how long running requests may take when the server stops.
        application: makes what answers; None for the API.
    """

    tls: ssl.SSLContext | None = None
    workers: int = 1
    proxies: tuple[str, ...] = ()
    stop_seconds: int = 30
    application: Callable[[ServeSettings], ASGIApp] | None = None


def run_server(settings: ServeSettings, options: ServerOptions, listener: socket.socket) -> None:
    """Answer requests until SIGTERM or SIGINT; then finish the running ones and return.

    Args:
        listener: a socket that listens already.
    """
    if options.workers == 1:
        _work(settings, options, listener, parent=None)
    else:
        workers = _Workers(
            options.workers, listener, lambda parent: _work(settings, options, listener, parent)
        )
        workers.run()


def _work(
    settings: ServeSettings, options: ServerOptions, listener: socket.socket, parent: int | None
) -> None:
    """Answer requests in this process; `parent` is a pipe that ends when the parent does."""
    logging.getLogger("uvicorn").propagate = False
    logging.getLogger("uvicorn.error").addHandler(_Log())
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    tls = options.tls
    config = uvicorn.Config(
        (options.application or create_app)(settings),
        # Not uvloop where it happens to be installed: with it a request waits for ever on a connection to the
        # database that has ended, and it saves little.
        loop="asyncio",
        http=_protocol(settings),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(options.proxies),
        forwarded_allow_ips=list(options.proxies),
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=options.stop_seconds,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        h11_max_incomplete_event_size=32 * 1024,
    )
    _Server(config, parent).run(sockets=[listener])


def _protocol(settings: ServeSettings) -> type[BoundedProtocol]:
    seconds = min(MOST_HEADER_SECONDS, settings.request_timeout_seconds)
    return type("Protocol", (BoundedProtocol,), {"header_seconds": seconds})


class _Server(uvicorn.Server):
    """Stops in order at a signal, and is done then; uvicorn's own would raise the signal again."""

    def __init__(self, config: uvicorn.Config, parent: int | None) -> None:
        super().__init__(config)
        self._parent = parent

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal, and give up on what is running at the second."""
        loop = asyncio.get_running_loop()
        for number in _STOPPING:
            loop.add_signal_handler(number, self._stop)
        if self._parent is not None:
            loop.add_reader(self._parent, self._parent_is_gone)
        yield
        for number in _STOPPING:
            loop.remove_signal_handler(number)

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        # Streams of events end now; everything else is finished first.
        services = getattr(self.config.app, "state", None)
        if services is not None and hasattr(services, "services"):
            services.services.stopping.set()

    def _parent_is_gone(self) -> None:
        asyncio.get_running_loop().remove_reader(self._parent or 0)
        self._stop()


class _Workers:
    """Processes that answer on one socket; one that dies is replaced."""

    def __init__(self, count: int, listener: socket.socket, work: Callable[[int], None]) -> None:
        self._count = count
        self._listener = listener
        self._work = work
        self._born: dict[int, float] = {}
        self._is_stopping = False
        self._alive, self._parent = os.pipe()

    def run(self) -> None:
        """Start them, and return when a signal has ended all."""
        for number in _STOPPING:
            signal.signal(number, self._stop)
        for _ in range(self._count):
            self._start()
        while self._born:
            pid, status = os.waitpid(-1, 0)
            born = self._born.pop(pid, None)
            if born is None or self._is_stopping:
                continue
            messages.warn(f"worker {pid} ended ({_how(status)}); another one takes its place")
            if time.monotonic() - born < _SHORTEST_LIFE_SECONDS:
                time.sleep(1)
            if not self._is_stopping:
                self._start()

    def _start(self) -> None:
        pid = os.fork()
        if pid:
            self._born[pid] = time.monotonic()
            return
        code = 1
        try:
            os.close(self._parent)
            for number in _STOPPING:
                signal.signal(number, signal.SIG_DFL)
            self._work(self._alive)
            code = 0
        finally:
            # Nothing of the parent's, its exit handlers included, is this process's.
            os._exit(code)

    def _stop(self, *_: object) -> None:
        self._is_stopping = True
        # Otherwise clients could still connect, and nobody would answer.
        self._listener.close()
        for pid in self._born:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit code {code}"


class _Log(logging.Handler):
    """Writes a record as one message of the program."""

    def emit(self, record: logging.LogRecord) -> None:
        messages.say(f"dbtrack: {self.format(record)}")


def show_log(*, requests: bool) -> None:
    """Write the server's own log to standard error: errors, and each request where asked."""
    for name, level in (("dbtrack.serve", logging.ERROR), ("dbtrack.serve.requests", logging.INFO)):
        logger = logging.getLogger(name)
        logger.propagate = False
        if name == "dbtrack.serve" or requests:
            logger.addHandler(_Log())
            logger.setLevel(level)
