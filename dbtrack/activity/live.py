"""The live screen: keys in, frames out, until somebody quits."""

from __future__ import annotations

import base64
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import tzinfo

from dbtrack.activity.keyboard import Keyboard
from dbtrack.activity.reader import Connect, Reader, Reading, Wanted
from dbtrack.activity.screen import Frame, draw, draw_foot
from dbtrack.activity.snapshot import Ended
from dbtrack.activity.view import Command, View, press
from dbtrack.render.screens.canvas import Canvas
from dbtrack.terminal.abilities import Abilities

_HOME, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
_LONGEST_PAUSE = 1.0
_USUAL_SIZE = os.terminal_size((80, 24))

Run = Callable[[Sequence[str]], None]


class LiveScreen:
    """Shows what runs, and takes keys.

    Args:
        connect: opens a connection for a block.
        abilities: of the terminal; its size is asked for again with each frame.
        count_spooled: how many records wait in the spool of this machine.
        run_command: runs another dbtrack command, to whose output the screen gives way.
        zone: of the times; None for the local one.
    """

    def __init__(
        self,
        connect: Connect,
        abilities: Abilities,
        view: View,
        *,
        count_spooled: Callable[[], int],
        run_command: Run,
        zone: tzinfo | None = None,
    ) -> None:
        self._keyboard = Keyboard()
        self._abilities = abilities
        self._view = view
        self._count_spooled = count_spooled
        self._run_command = run_command
        self._zone = zone
        self._number = 0
        self._reader = Reader(connect, self._wanted(()), self._keyboard.wake)

    def run(self) -> None:
        """Show the screen until somebody quits.

        Raises:
            NoConnectionError: the first connection failed.
            DbtrackError: the server refused what the screen needs.
        """
        try:
            with self._keyboard.raw():
                self._reader.start()
                self._loop()
        finally:
            self._reader.stop()
            self._keyboard.close()

    def _loop(self) -> None:
        while True:
            reading = self._reader.reading
            if reading.failure:
                raise reading.failure
            rows = reading.snapshot.lately if reading.snapshot else ()
            shown = self._draw(reading)
            key = self._keyboard.read(_LONGEST_PAUSE)
            if key is None or key == "redraw":
                continue
            self._view, command = press(self._view, key, min(len(rows), shown))
            if command is Command.QUIT:
                return
            self._obey(command, rows)

    def _obey(self, command: Command, rows: Sequence[Ended]) -> None:
        chosen = rows[self._view.chosen] if self._view.chosen < len(rows) else None
        if command in {Command.REFRESH, Command.SHOW}:
            self._number += 1
        elif command is Command.COPY and chosen:
            self._copy(chosen.key.hex())
        elif command is Command.DIFF and chosen:
            self._diff(chosen)
        self._reader.want(self._wanted(rows))

    def _wanted(self, rows: Sequence[Ended]) -> Wanted:
        view = self._view
        key = rows[view.chosen].key if view.is_open and view.chosen < len(rows) else None
        if key and key != self._reader.reading.details_key:
            self._number += 1
        return Wanted(view.filters, view.tenant, key, view.seconds, view.is_paused, self._number)

    def _copy(self, key: str) -> None:
        """Hand the key to the terminal's clipboard (OSC 52), which works over ssh as well."""
        sys.stdout.write(f"\x1b]52;c;{base64.b64encode(key.encode()).decode()}\a")
        sys.stdout.flush()
        self._view = replace(self._view, notice=f"copied {key}")

    def _diff(self, chosen: Ended) -> None:
        if not chosen.objects:
            self._view = replace(self._view, notice="it changed no object by itself")
            return
        with self._keyboard.lent():
            self._run_command(["diff", chosen.objects[0], f"{chosen.key.hex()}^", chosen.key.hex()])
            sys.stdout.write("\nEnter goes back to dbtrack top ")
            sys.stdout.flush()
            sys.stdin.readline()

    def _draw(self, reading: Reading) -> int:
        """Draw one frame; return how many executions there was room for."""
        size = _terminal_size()
        body, foot = io.StringIO(), io.StringIO()
        abilities = replace(self._abilities, width=size.columns, height=size.lines)
        canvas = Canvas(body, abilities=abilities, zone=self._zone)
        details = reading.details if self._view.is_open else None
        if details and reading.snapshot and self._view.chosen < len(reading.snapshot.lately):
            is_current = reading.snapshot.lately[self._view.chosen].key == reading.details_key
            details = details if is_current else None
        frame = Frame(
            reading.snapshot, self._view, details, reading.trouble, self._count_spooled(), size.lines
        )
        shown = fitted(canvas, frame, size.lines - 1)
        draw_foot(Canvas(foot, abilities=abilities, zone=self._zone), self._view)
        lines = [*body.getvalue().splitlines()[: size.lines - 1]]
        lines += [""] * (size.lines - 1 - len(lines))
        text = "".join(f"{line}{_CLEAR_LINE}\n" for line in lines)
        sys.stdout.write(f"{_HOME}{text}{foot.getvalue().rstrip(chr(10))}{_CLEAR_LINE}{_CLEAR_BELOW}")
        sys.stdout.flush()
        return shown


def _terminal_size() -> os.terminal_size:
    """Return the size of the window as it is now; COLUMNS and LINES are of when the shell began."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return _USUAL_SIZE
    return size if size.columns and size.lines else _USUAL_SIZE


def fitted(canvas: Canvas, frame: Frame, room: int) -> int:
    """Draw a frame with as many executions as there is room for, the chosen one among them.

    Returns:
        How many.
    """
    snapshot = frame.snapshot
    if snapshot is None:
        draw(canvas, frame)
        return 0
    trial = io.StringIO()
    without = replace(frame, snapshot=replace(snapshot, lately=()))
    draw(Canvas(trial, abilities=canvas.abilities, zone=canvas.zone), without)
    # One line says that nothing ended, where nothing is listed.
    left = max(room - trial.getvalue().count("\n") + 1, 1)
    if frame.details:
        left = max(left - 8, frame.view.chosen + 1, 1)
    shown = min(len(snapshot.lately), left)
    draw(canvas, replace(frame, snapshot=replace(snapshot, lately=snapshot.lately[:shown])))
    return shown
