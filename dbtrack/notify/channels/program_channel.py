"""Deliver to a program: the event as JSON on its standard input, the outcome by its exit code."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from typing import IO

from dbtrack.errors import UsageError
from dbtrack.events.event import Event
from dbtrack.notify.bodies.standard import standard_body
from dbtrack.notify.configuration import PROGRAM_PREFIX, WebhookConfiguration
from dbtrack.notify.excerpt import excerpt
from dbtrack.notify.http_exchange import Limits
from dbtrack.notify.outcome import Outcome, Verdict

_TEMPORARY_FAILURE = 75  # EX_TEMPFAIL of sysexits.h
_KEPT_BYTES = 2048
# dbtrack's own settings may be secrets: its encryption key, the password of the database.
_NOT_PASSED_ON = ("DBTRACK_", "PG", "DATABASE_URL")


def program_words(url: str) -> list[str]:
    """Return the program and its arguments, as a shell would split them; no shell runs.

    Raises:
        UsageError: there is none, it has an open quotation mark, or its path is not absolute.
    """
    try:
        words = shlex.split(url.removeprefix(PROGRAM_PREFIX))
    except ValueError as error:
        raise UsageError("the program's words have an open quotation mark") from error
    if not words or not words[0].startswith("/"):
        raise UsageError(
            "the program must be given by its absolute path", hint="exec:/usr/local/bin/on-event"
        )
    return words


class ProgramChannel:
    """A way to a program on this machine."""

    def __init__(self, configuration: WebhookConfiguration, *, limits: Limits | None = None) -> None:
        self._words = program_words(configuration.url)
        self._limits = limits or Limits()
        self._running: subprocess.Popen[bytes] | None = None

    def deliver(self, event: Event) -> Outcome:
        """Run the program once."""
        with tempfile.TemporaryFile() as stdin:
            # A file, since a program that does not read would block a pipe.
            stdin.write(standard_body(event))
            stdin.seek(0)
            try:
                process = subprocess.Popen(
                    self._words,
                    stdin=stdin,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=_environment(event),
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                return Outcome(Verdict.UNREACHABLE, f"{self._words[0]} cannot be run: {reason}")
        self._running = process
        try:
            return self._ended(process)
        finally:
            self._running = None
            _kill_group(process)

    def cut(self) -> None:
        """Kill the program that is running."""
        process = self._running
        if process is not None:
            _kill_group(process)

    def close(self) -> None:
        """Do nothing: no program runs between events."""

    def _ended(self, process: subprocess.Popen[bytes]) -> Outcome:
        beginning = bytearray()
        reader = threading.Thread(
            target=_drain, args=(process.stderr, beginning), daemon=True, name="program's messages"
        )
        reader.start()
        try:
            code = process.wait(self._limits.total_seconds)
        except subprocess.TimeoutExpired:
            _kill_group(process)
            process.wait()
            return Outcome(Verdict.FAILED, f"killed after {self._limits.total_seconds:g} s")
        reader.join(1.0)
        words = excerpt(bytes(beginning), ())
        said = f"exit code {code}" if code >= 0 else f"killed by signal {-code}"
        said = f"{said}: {words}" if words else said
        if code == 0:
            return Outcome(Verdict.DELIVERED, said)
        return Outcome(Verdict.UNREACHABLE if code == _TEMPORARY_FAILURE else Verdict.FAILED, said)


def _environment(event: Event) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
    return {**kept, "DBTRACK_EVENT_ID": event.id, "DBTRACK_EVENT_TYPE": event.type}


def _drain(stream: IO[bytes] | None, beginning: bytearray) -> None:
    """Read all that a program writes, and keep the beginning, so that it never blocks."""
    if stream is None:
        return
    with stream, suppress(OSError, ValueError):
        while data := stream.read(_KEPT_BYTES):
            beginning += data[: _KEPT_BYTES - len(beginning)]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # What it started may outlive it; the group has its number.
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
