"""Text as HTML: escaped, isolated, bounded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dbtrack.documents import markup
from dbtrack.documents.markup import Markups
from tests.unit.serve.sample_record import HOSTILE, NOW

M = Markups(NOW)


def test_a_hostile_name_is_text_and_isolated() -> None:
    shown = str(M.name(HOSTILE))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert shown.startswith("<bdi>")
    assert shown.endswith("</bdi>")
    assert '<span class="ctl">\\u202e</span>' in shown


def test_a_name_breaks_where_its_parts_end() -> None:
    assert str(M.name("a_b.c(d)")) == "<bdi>a_<wbr>b.<wbr>c(<wbr>d)</bdi>"
    assert str(M.name("a__b, c.")) == "<bdi>a__<wbr>b, c.</bdi>"


def test_a_backslash_that_was_typed_is_not_marked_as_a_control_character() -> None:
    assert "ctl" not in str(M.name(r"\n"))
    assert "ctl" not in str(markup.statement(r"SELECT E'\x1b'"))


def test_a_long_name_loses_its_middle() -> None:
    shown = str(Markups(NOW, longest=20).name("begin" + "x" * 10_000 + "end"))
    assert len(shown) < 60
    assert "begin" in shown
    assert "end" in shown


@pytest.mark.parametrize("text", ["<" * 100_000, "\u202e" * 50_000, "'" * 70_000, "é" * 60_000])
def test_a_statement_keeps_to_its_budget_and_says_what_is_left_out(text: str) -> None:
    shown = str(markup.statement(text, 8_000))
    assert len(shown.encode()) <= 8_100
    assert "more characters" in shown


def test_a_statement_keeps_its_lines() -> None:
    shown = str(markup.statement("ALTER\r\n\tTABLE \u2028x\x1c"))
    assert shown.startswith("ALTER\n\tTABLE ")
    assert "\\u2028" in shown
    assert "\\x1c" in shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86400 * 3, "3 d"),
    ],
)
def test_ages(seconds: int, text: str) -> None:
    assert markup.age(timedelta(seconds=seconds)) == text


def test_a_time_is_relative_and_exact() -> None:
    shown = str(M.time(NOW - timedelta(hours=30)))
    assert 'datetime="2026-11-26T00:41:23Z"' in shown
    assert '<span class="rel">1 d ago</span>' in shown
    assert '<span class="abs">26 Nov 00:41</span>' in shown


def test_a_time_that_python_does_not_have_is_text() -> None:
    assert "infinity" in str(M.time("infinity"))


def test_a_status_has_a_sign_and_a_word() -> None:
    assert "✘" in str(markup.glyph("FAILED"))
    assert 'aria-label="Failed"' in str(markup.glyph("FAILED"))
    assert "Unknown" in str(markup.glyph('"><script>'))


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(112, 100, "▲ 12 %"), (74, 100, "▼ 26 %"), (100, 100, ""), (5, 0, ""), (None, 3, ""), (1005, 1000, "")],
)
def test_changes(now: float | None, before: float, text: str) -> None:
    assert markup.change(now, before) == text
