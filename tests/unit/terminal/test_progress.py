from __future__ import annotations

import io
from time import monotonic, sleep
from types import SimpleNamespace

import pytest

from dbtrack.terminal import messages, progress
from dbtrack.terminal.progress import BYTES, ProgressLine

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
    now = [1.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    with ProgressLine() as line:
        for count, moment in (("1 row", 1.0), ("2 rows", 1.05), ("3 rows", 1.2)):
            now[0] = moment
            line.update(count)
    assert terminal.getvalue() == f"{ERASE}1 row{ERASE}3 rows{ERASE}"


def test_a_count_with_a_total_is_a_bar_with_rate_and_time_left(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    monkeypatch.setenv("COLUMNS", "80")
    mega = 1024 * 1024
    with ProgressLine("ingest") as line:
        line.begin("ingest big.json")
        line.count(6 * mega, 206 * mega, BYTES)
        assert "/s" not in terminal.getvalue(), "there is no rate yet"
        now[0] += 5
        line.count(56 * mega, 206 * mega, BYTES)
    shown = terminal.getvalue().split(ERASE)[-2]
    assert shown == "ingest big.json ━━━━━╸──────────────  27 %  56/206 MB  10 MB/s  ETA 15 s"
    assert len(shown) < 80


def test_a_narrow_terminal_keeps_the_numbers_and_loses_the_bar(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    with ProgressLine("verify") as line:
        line.count(1500, 3000, "rows")
    assert f"{ERASE}verify ━━━━╸───  50 %  1,500/3,000 rows{ERASE}" in terminal.getvalue()
    monkeypatch.setenv("COLUMNS", "32")
    with ProgressLine("verify") as line:
        line.count(1500, 3000, "rows")
    assert terminal.getvalue().endswith(f"{ERASE}verify  50 %  1,500/3,000 rows{ERASE}")


def test_without_a_total_the_line_has_no_bar_and_no_question_mark(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    with ProgressLine("seal") as line:
        line.count(0, None, "rows")
        now[0] += 4
        line.count(12_000, None, "rows")
    assert terminal.getvalue().endswith(f"{ERASE}seal  12,000 rows  3,000 rows/s  4 s{ERASE}")


def test_a_long_statement_shows_that_time_passes(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_TICK_SECONDS", 0.01)
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    with ProgressLine("reconcile") as line:
        line.show("reading the catalogs")
        now[0] += 65
        deadline = monotonic() + 30
        while "1 min 5 s" not in terminal.getvalue() and monotonic() < deadline:
            sleep(0.01)
    assert "reconcile  reading the catalogs  1 min 5 s" in terminal.getvalue()
    assert terminal.getvalue().endswith(ERASE)


def test_an_interrupt_leaves_the_terminal_clean(terminal: Terminal) -> None:
    def interrupt() -> None:
        with ProgressLine("seal") as line:
            line.count(1, 2, "rows")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert terminal.getvalue().endswith(ERASE)


def test_a_message_is_written_on_a_line_of_its_own(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "sys", SimpleNamespace(stderr=terminal))
    with ProgressLine("ingest") as line:
        line.show("x")
        messages.warn("two lines are damaged")
        line.show("y")
    assert f"ingest  x{ERASE}dbtrack: warning: two lines are damaged\n{ERASE}ingest  y" in terminal.getvalue()
    assert messages.before_each == []


def test_a_terminal_that_cannot_erase_shows_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with ProgressLine("seal") as line:
        line.count(1, 2, "rows")
    assert terminal.getvalue() == ""


def test_a_file_name_cannot_control_the_terminal(terminal: Terminal) -> None:
    with ProgressLine("ingest a\x1b[2Jb") as line:
        line.show("x")
    assert "\x1b[2J" not in terminal.getvalue()


def test_a_long_text_is_cut_to_the_width_of_the_terminal(terminal: Terminal) -> None:
    with ProgressLine() as line:
        line.show("x" * 100)
    assert terminal.getvalue() == f"{ERASE}{'x' * 59}{ERASE}"


def test_off_a_terminal_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as line:
        line.show("one")
        line.count(1, 2, "rows")
    assert capsys.readouterr().err == ""


def test_a_quick_command_shows_nothing(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    with ProgressLine("predict", after=1.0) as line:
        line.show("reading the schema")
        assert terminal.getvalue() == ""
        now[0] = 101.5
        line.show("still reading")
    assert terminal.getvalue() == f"{ERASE}predict  still reading  2 s{ERASE}"


def test_one_long_step_is_shown_after_a_while(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_TICK_SECONDS", 0.01)
    with ProgressLine("predict", after=0.02) as line:
        line.show("reading the schema")
        deadline = monotonic() + 10
        while "reading" not in terminal.getvalue() and monotonic() < deadline:
            sleep(0.01)
    assert f"{ERASE}predict  reading the schema" in terminal.getvalue()
