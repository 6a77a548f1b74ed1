"""Repeat a report until Ctrl-C, and connect again where the connection is lost."""

from __future__ import annotations

import io
import math
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.errors import NoConnectionError, UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.exit_signals import Terminated

if TYPE_CHECKING:
    from dbtrack.db import Database

Draw = Callable[["Database", TextIO], None]
Call = Callable[["Database"], None]
Show = Callable[[str], None]

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_HOME, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"


def watch(connection: ConnectionArguments, seconds: float, draw: Draw) -> None:
    """Draw now and every so many seconds, until Ctrl-C.

    A connection that is lost later is reported and tried again.

    Args:
        seconds: the pause between two drawings.
        draw: writes one drawing to the stream that it is given.

    Raises:
        NoConnectionError: the first connection fails.
    """
    with _until_interrupted(), _screen(seconds) as show:

        def call(database: Database) -> None:
            frame = Frame()
            draw(database, frame)
            show(frame.getvalue())

        _repeat(connection, seconds, call)


def repeat(connection: ConnectionArguments, seconds: float, call: Call) -> None:
    """Call a function now and every so many seconds, until Ctrl-C; connect again as `watch` does.

    Raises:
        NoConnectionError: the first connection fails.
    """
    with _until_interrupted():
        _repeat(connection, seconds, call)


def watch_seconds(given: float | None) -> float | None:
    """Return the value of --watch.

    Raises:
        UsageError: it is not a number.
    """
    if given is not None and math.isnan(given):
        raise UsageError("--watch needs a number of seconds")
    return given


def _repeat(connection: ConnectionArguments, seconds: float, call: Call) -> None:
    with connected(connection) as database:
        _call_until_lost(database, seconds, call)
    while True:
        time.sleep(seconds)
        _reconnect_and_call(connection, seconds, call)


def _reconnect_and_call(connection: ConnectionArguments, seconds: float, call: Call) -> None:
    try:
        with connected(connection) as database:
            _call_until_lost(database, seconds, call)
    except NoConnectionError as error:
        _warn_of_lost_connection(error)


def _call_until_lost(database: Database, seconds: float, call: Call) -> None:
    try:
        while True:
            call(database)
            time.sleep(seconds)
    except NoConnectionError as error:
        _warn_of_lost_connection(error)


def _warn_of_lost_connection(error: NoConnectionError) -> None:
    messages.warn(f"{_clock()} {error.message}; trying again")


class Frame(io.StringIO):
    """One drawing, collected before it is shown; writers treat it as the terminal that will show it."""

    def isatty(self) -> bool:
        """Return whether it will be shown on a terminal."""
        return sys.stdout.isatty()

    def fileno(self) -> int:
        """Return the descriptor of the terminal, whose width writers ask for."""
        return sys.stdout.fileno()


@contextmanager
def _until_interrupted() -> Iterator[None]:
    try:
        yield
    except Terminated:
        raise
    except KeyboardInterrupt:
        return  # Ctrl-C is the way to end a watch


@contextmanager
def _screen(seconds: float) -> Iterator[Show]:
    if not sys.stdout.isatty():
        yield _append
        return
    _append(_ENTER)
    try:
        yield lambda text: _redraw(text, seconds)
    finally:
        with suppress(OSError):  # the terminal may have gone away
            _append(_LEAVE)


def _append(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _redraw(text: str, seconds: float) -> None:
    """Replace the screen line by line: clearing it would flicker."""
    room = shutil.get_terminal_size().lines - 2
    lines = text.splitlines()
    if len(lines) > room:
        lines = [*lines[: room - 1], f"... {len(lines) - room + 1} more lines"]
    header = f"{_clock()}, every {seconds:g} s; Ctrl-C ends"
    _append(_HOME + "".join(f"{line}{_CLEAR_LINE}\n" for line in [header, *lines]) + _CLEAR_BELOW)


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
