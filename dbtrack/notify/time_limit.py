"""A limit for everything that one delivery does on its sockets, however slowly bytes come and go."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Self


class TimeLimit:
    """Cuts the sockets that it watches when the time is over; `with` ends the watch.

    A time limit of a socket applies to each single call, so that a peer that sends a byte now and then would
    keep a delivery waiting for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_over = False
        self._timer = threading.Timer(seconds, self.cut)
        self._timer.daemon = True
        self._timer.name = "time limit"

    @property
    def is_over(self) -> bool:
        """Whether the sockets were cut."""
        return self._is_over

    @property
    def remaining_seconds(self) -> float:
        """The time that is left, never 0, which would mean no limit."""
        return max(self._ends_at - monotonic(), 0.001)

    def watch(self, connection: socket.socket) -> None:
        """Cut this socket, too, when the time is over."""
        with self._lock:
            self._sockets.append(connection)
            is_late = self._is_over
        if is_late:
            _cut(connection)

    def cut(self) -> None:
        """Cut the sockets now."""
        with self._lock:
            self._is_over = True
            sockets = list(self._sockets)
        for each in sockets:
            _cut(each)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        # The plain socket's method: that of a TLS socket would take its state from the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
