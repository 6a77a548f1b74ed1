"""Drawing a report again and again until Ctrl-C, through lost connections."""

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
Act = Callable[["Database"], None]
Show = Callable[[str], None]

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_HOME, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"


def watch(connection: ConnectionArguments, seconds: float, draw: Draw) -> None:
    """Draw now and after every pause of so many seconds, until Ctrl-C.

    A connection lost later is said, and tried again.

    Raises:
        NoConnectionError: the first connection fails.
    """
    with _until_interrupted(), _screen(seconds) as show:

        def act(database: Database) -> None:
            frame = Frame()
            draw(database, frame)
            show(frame.getvalue())

        _repeat(connection, seconds, act)


def repeat(connection: ConnectionArguments, seconds: float, act: Act) -> None:
    """Act now and after every pause of so many seconds, until Ctrl-C, through lost connections as `watch`.

    Raises:
        NoConnectionError: the first connection fails.
    """
    with _until_interrupted():
        _repeat(connection, seconds, act)


def watch_seconds(given: float | None) -> float | None:
    """Return what --watch was given.

    Raises:
        UsageError: it is no number.
    """
    if given is not None and math.isnan(given):
        raise UsageError("--watch needs a number of seconds")
    return given


def _repeat(connection: ConnectionArguments, seconds: float, act: Act) -> None:
    with connected(connection) as database:
        _act_until_lost(database, seconds, act)
    while True:
        time.sleep(seconds)
        _act_again(connection, seconds, act)


def _act_again(connection: ConnectionArguments, seconds: float, act: Act) -> None:
    try:
        with connected(connection) as database:
            _act_until_lost(database, seconds, act)
    except NoConnectionError as error:
        _say_lost(error)


def _act_until_lost(database: Database, seconds: float, act: Act) -> None:
    try:
        while True:
            act(database)
            time.sleep(seconds)
    except NoConnectionError as error:
        _say_lost(error)


def _say_lost(error: NoConnectionError) -> None:
    messages.warn(f"{_clock()} {error.message}; trying again")


class Frame(io.StringIO):
    """One drawing, kept until it is whole; writers treat it as what it will be shown on."""

    def isatty(self) -> bool:
        """Return whether it will be shown on a terminal."""
        return sys.stdout.isatty()

    def fileno(self) -> int:
        """Return the terminal's descriptor, by which writers find its width."""
        return sys.stdout.fileno()


@contextmanager
def _until_interrupted() -> Iterator[None]:
    try:
        yield
    except Terminated:
        raise
    except KeyboardInterrupt:
        return  # Ctrl-C is how a watch is meant to end


@contextmanager
def _screen(seconds: float) -> Iterator[Show]:
    if not sys.stdout.isatty():
        yield _append
        return
    _append(_ENTER)
    try:
        yield lambda text: _redraw(text, seconds)
    finally:
        with suppress(OSError):  # the terminal may be what went away
            _append(_LEAVE)


def _append(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _redraw(text: str, seconds: float) -> None:
    """Replace the screen line by line, which does not flicker as clearing it would."""
    room = shutil.get_terminal_size().lines - 2
    lines = text.splitlines()
    if len(lines) > room:
        lines = [*lines[: room - 1], f"... {len(lines) - room + 1} more lines"]
    header = f"{_clock()}, every {seconds:g} s; Ctrl-C ends"
    _append(_HOME + "".join(f"{line}{_CLEAR_LINE}\n" for line in [header, *lines]) + _CLEAR_BELOW)


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
