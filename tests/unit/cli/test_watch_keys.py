"""Keys while a report is repeated, on a terminal that the process controls."""

from __future__ import annotations

import sys

from tests.support.command_line import clean_environment
from tests.support.terminal import Terminal
from tests.unit.cli.test_watch import PROGRAM

# So long that only a key brings the next drawing.
SLOW = PROGRAM.replace("0.05", "3000")


def watched(program: str) -> Terminal:
    script = '"$1" -c "$2" fine; echo "ended $?"; stty -a | grep -o " -\\?icanon"; exec sleep 60'
    environment = clean_environment({"LINES": "10", "COLUMNS": "60", "TERM": "xterm"})
    return Terminal(script, [sys.executable, program], environment)


def test_space_refreshes_and_q_quits_and_the_terminal_is_as_before() -> None:
    with watched(SLOW) as terminal:
        terminal.wait_for("drawing 1")
        assert "every 3000 s; q quits, p pauses, space refreshes" in terminal.seen
        assert "drawing 2" not in terminal.seen
        terminal.press(b"x")
        terminal.press(b" ")
        terminal.wait_for("drawing 2")
        terminal.press(b"q")
        terminal.wait_for("ended 0")
        terminal.wait_for("icanon")
    assert "-icanon" not in terminal.seen
    assert "\x1b[?25h\x1b[?1049l" in terminal.seen


def test_p_pauses_until_it_is_pressed_again() -> None:
    with watched(PROGRAM) as terminal:
        terminal.wait_for("drawing 2")
        terminal.press(b"p")
        terminal.wait_for("paused; p continues, space refreshes, q quits")
        paused = terminal.seen.rpartition("paused")[2]
        assert "drawing" not in paused
        terminal.press(b"p")
        drawn = terminal.seen.count("drawing")
        terminal.wait_for(f"drawing {drawn + 2}")
        terminal.press(b"\x03")
        terminal.wait_for("ended 0")
