from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from dbtrack.terminal import progress
from dbtrack.terminal.progress import ProgressLine

ERASE = "\r\x1b[K"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    shown = Terminal()
    # Not sys.stderr itself: pytest replaces that before the test.
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=shown))
    monkeypatch.setenv("COLUMNS", "60")
    return shown


def test_each_text_replaces_the_last_and_the_end_erases_it(terminal: Terminal) -> None:
    with ProgressLine() as line:
        line.show("one")
        line.show("two")
    assert terminal.getvalue() == f"{ERASE}one{ERASE}two{ERASE}"


def test_nothing_is_erased_where_nothing_was_shown(terminal: Terminal) -> None:
    with ProgressLine() as line:
        line.clear()
    assert terminal.getvalue() == ""


def test_a_failure_erases_the_line_as_well(terminal: Terminal) -> None:
    def fail() -> None:
        with ProgressLine() as line:
            line.show("one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert terminal.getvalue().endswith(ERASE)


def test_counts_are_shown_ten_times_a_second_at_most(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter((1.0, 1.05, 1.2))
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    with ProgressLine() as line:
        for count in ("1 row", "2 rows", "3 rows"):
            line.update(count)
    assert terminal.getvalue() == f"{ERASE}1 row{ERASE}3 rows{ERASE}"


def test_a_bar_shows_the_share(terminal: Terminal) -> None:
    with ProgressLine() as line:
        line.update_bar(1500, 3000, "rows")
    assert f"[{'#' * 15}{'.' * 15}]  50%  1,500 of 3,000 rows" in terminal.getvalue()


def test_a_long_text_is_cut_to_the_width_of_the_terminal(terminal: Terminal) -> None:
    with ProgressLine() as line:
        line.show("x" * 100)
    assert terminal.getvalue() == f"{ERASE}{'x' * 59}{ERASE}"


def test_off_a_terminal_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as line:
        line.show("one")
        line.update_bar(1, 2, "rows")
    assert capsys.readouterr().err == ""
