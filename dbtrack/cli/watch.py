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
from functools import partial
from typing import TYPE_CHECKING, TextIO

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.errors import NoConnectionError, UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.exit_signals import Terminated
from dbtrack.terminal.keys import Wait, reading_keys

if TYPE_CHECKING:
    from dbtrack.db import Database

Draw = Callable[["Database", TextIO], None]
Call = Callable[["Database"], None]
Show = Callable[[str], None]
Pause = Callable[[float], None]

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_KEYS = "q quits, p pauses, space refreshes"
_PAUSED_SECONDS = 3600.0
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
    with _until_interrupted(), _screen(seconds) as (show, pause):

        def call(database: Database) -> None:
            frame = Frame()
            draw(database, frame)
            show(frame.getvalue())

        _repeat(connection, seconds, call, pause)


def repeat(connection: ConnectionArguments, seconds: float, call: Call) -> None:
    """Call a function now and every so many seconds, until Ctrl-C; connect again as `watch` does.

    Raises:
        NoConnectionError: the first connection fails.
    """
    with _until_interrupted():
        _repeat(connection, seconds, call, time.sleep)


def watch_seconds(given: float | None) -> float | None:
    """Return the value of --watch.

    Raises:
        UsageError: it is not a number.
    """
    if given is not None and math.isnan(given):
        raise UsageError("--watch needs a number of seconds")
    return given


def _repeat(connection: ConnectionArguments, seconds: float, call: Call, pause: Pause) -> None:
    with connected(connection, may_be_behind=True) as database:
        _call_until_lost(database, seconds, call, pause)
    while True:
        pause(seconds)
        _reconnect_and_call(connection, seconds, call, pause)


def _reconnect_and_call(connection: ConnectionArguments, seconds: float, call: Call, pause: Pause) -> None:
    try:
        with connected(connection, may_be_behind=True) as database:
            _call_until_lost(database, seconds, call, pause)
    except NoConnectionError as error:
        _warn_of_lost_connection(error)


def _call_until_lost(database: Database, seconds: float, call: Call, pause: Pause) -> None:
    try:
        while True:
            call(database)
            pause(seconds)
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
def _screen(seconds: float) -> Iterator[tuple[Show, Pause]]:
    if not sys.stdout.isatty():
        yield _append, time.sleep
        return
    _append(_ENTER)
    try:
        with reading_keys() as wait:
            pause = time.sleep if wait is None else partial(_wait_for_keys, wait)
            help_words = "Ctrl-C ends" if wait is None else _KEYS
            yield lambda text: _redraw(text, f"every {seconds:g} s; {help_words}"), pause
    finally:
        with suppress(OSError):  # the terminal may have gone away
            _append(_LEAVE)


def _append(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _wait_for_keys(wait: Wait, seconds: float) -> None:
    """Wait until the next drawing is due, or a key asks for it.

    Raises:
        KeyboardInterrupt: q was pressed.
    """
    is_paused = False
    while True:
        key = wait(_PAUSED_SECONDS if is_paused else seconds)
        if key in {"q", "Q"}:
            raise KeyboardInterrupt
        if key in {"p", "P"}:
            if is_paused:
                return
            is_paused = True
            _append(f"{_HOME}{_clock()}, paused; p continues, space refreshes, q quits{_CLEAR_LINE}")
        elif key == " " or (key is None and not is_paused):
            return


def _redraw(text: str, header: str) -> None:
    """Replace the screen line by line: clearing it would flicker."""
    room = shutil.get_terminal_size().lines - 2
    lines = text.splitlines()
    if len(lines) > room:
        lines = [*lines[: room - 1], f"... {len(lines) - room + 1} more lines"]
    shown = [f"{_clock()}, {header}", *lines]
    _append(_HOME + "".join(f"{line}{_CLEAR_LINE}\n" for line in shown) + _CLEAR_BELOW)


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
