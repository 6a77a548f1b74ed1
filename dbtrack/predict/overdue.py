"""Warn when an operation runs longer than it usually does.

What that needs is imported by the thread that waits, so that the command starts at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic, sleep

from dbtrack import sql_files
from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.terminal.messages import Say


def watch(target: ConnectionTarget, name: str, script_type: str, say: Say) -> None:
    """Warn once, from another thread, when the operation that begins now takes longer than usual.

    The thread reads the record over a connection of its own. It ends with the process, and says nothing if
    the record cannot be read or has too few runs.
    """
    started = monotonic()

    def run() -> None:
        limit = usual_limit(_durations(target, name, script_type))
        if limit is None:
            return
        sleep(max(limit.milliseconds / 1000 - (monotonic() - started), 0))
        from dbtrack.render.screens.shortening import short_duration

        passed = short_duration((monotonic() - started) * 1000)
        say(f"dbtrack: {name} still runs after {passed}: {limit.words}")

    # The thread must not receive a signal that the main thread waits for.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        threading.Thread(target=run, daemon=True).start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Limit:
    """The longest usual duration of an operation, and in words where it comes from."""

    def __init__(self, milliseconds: float, level: float, runs: int) -> None:
        self.milliseconds = milliseconds
        from dbtrack.render.screens.shortening import short_duration

        share = f"{round(level * 10)} of 10, from {runs} runs"
        self.words = f"it usually ends within {short_duration(milliseconds)} ({share})"


def usual_limit(durations: Sequence[float]) -> Limit | None:
    """Return the upper end of what an operation takes; None with too few runs.

    Args:
        durations: of its runs in milliseconds, the oldest first.
    """
    from dbtrack.predict.duration import Run, interval

    found = interval([Run(1, duration) for duration in durations], 1)
    if found is None or found.level is None:
        return None
    return Limit(found.high, found.level, len(durations))


def _durations(target: ConnectionTarget, name: str, script_type: str) -> list[float]:
    try:
        with Database.connect(replace(target, no_password=True, force_password=False)) as database:
            database.execute("SET statement_timeout = '5s'")
            parameters = {"name": name, "script_type": script_type}
            rows = database.rows(sql_files.query("predict/usual_duration"), parameters)
    except DbtrackError:
        return []
    return [float(row[0]) for row in rows]
