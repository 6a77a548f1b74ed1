"""Lines of a screen: what they look like at each width, with and without colours and Unicode."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from dbtrack.render.screens import shortening
from dbtrack.render.screens.canvas import DONE, Canvas, Meaning, status_glyph
from dbtrack.render.screens.shortening import cells, clip_middle, fold, short_duration, short_key
from dbtrack.terminal.abilities import Abilities, ColorChoice, abilities_of, wants_color

NOW = datetime(2026, 11, 27, 6, 28, 40, tzinfo=UTC)


def canvas(width: int = 60, **abilities: bool) -> Canvas:
    return Canvas(io.StringIO(), zone=UTC, now=NOW, abilities=Abilities(width, **abilities))


def lines(drawn: Canvas) -> list[str]:
    assert isinstance(drawn.stream, io.StringIO)
    return drawn.stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, "<1 ms"),
        (Decimal("0.91"), "0.9 ms"),
        (Decimal("0.004"), "0.1 ms"),
        (Decimal("9.2"), "9.2 ms"),
        (Decimal("9.97"), "10 ms"),
        (181, "181 ms"),
        (Decimal("999.7"), "1.0 s"),
        (5200, "5.2 s"),
        (59_940, "59.9 s"),
        (59_960, "1 min 0 s"),
        (123_000, "2 min 3 s"),
        (11_100_000, "3 h 5 min"),
        (187_200_000, "2 d 4 h"),
        (-5, "-5 ms"),
    ],
)
def test_durations(milliseconds: int | Decimal, expected: str) -> None:
    assert short_duration(milliseconds) == expected


def test_times_are_as_short_as_they_are_clear() -> None:
    drawn = canvas()
    assert drawn.time(NOW - timedelta(minutes=1)) == "06:27"
    assert drawn.time(NOW - timedelta(days=1), seconds=True) == "26 Nov 06:28:40"
    assert drawn.time(NOW - timedelta(days=400)) == "2025-10-23 06:28"
    assert drawn.time("infinity") == "infinity"
    assert [drawn.ago(NOW - timedelta(seconds=gone)) for gone in (0, 12, 200, 8000, 500_000, -90)] == [
        "now",
        "12 s ago",
        "3 min ago",
        "2 h ago",
        "5 d ago",
        "in 1 min",
    ]
    assert [drawn.day(NOW - timedelta(days=days)) for days in (0, 1, 2, 365)] == [
        "TODAY",
        "YESTERDAY",
        "WEDNESDAY 25 NOV",
        "THURSDAY 27 NOV 2025",
    ]


def test_the_zone_of_the_screen_decides_the_day_and_is_named() -> None:
    drawn = Canvas(io.StringIO(), zone=ZoneInfo("Asia/Kolkata"), now=NOW, abilities=Abilities(60))
    assert (drawn.clock(NOW), drawn.zone_words) == ("11:58", "IST")
    assert drawn.day(NOW.replace(day=26, hour=23)) == "TODAY"
    assert shortening.zone_words(NOW, UTC) == "UTC"
    assert shortening.zone_words(NOW, ZoneInfo("America/Sao_Paulo")) == "UTC-03"


def test_names_are_clipped_in_the_middle_and_fold_at_their_parts() -> None:
    assert clip_middle("public.customer_email_address", 15) == "public.…address"
    assert clip_middle("public.orders", 13) == "public.orders"
    assert cells(clip_middle("公開.日本語テーブル", 9)) <= 9
    assert fold("public.customer_email_address", 16) == ["public.customer_", "email_address"]
    assert fold("one two three", 7) == ["one two", "three"]
    assert fold("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert "".join(fold("日本語" * 9, 10)) == "日本語" * 9
    assert fold("", 10) == [""]


@pytest.mark.parametrize("width", [1, 2, 3, 7, 40])
def test_no_clipped_or_folded_line_is_wider_than_it_may_be(width: int) -> None:
    for text in ("a", "public.very_long.name_of_something", "a b  c", "日本語 テーブル", "e\u0301" * 30):
        assert cells(clip_middle(text, width)) <= width
        assert all(cells(line) <= max(width, 2) for line in fold(text, width))


def test_a_head_leaves_nothing_out_where_the_terminal_is_narrow() -> None:
    wide, narrow = canvas(100), canvas(30)
    for drawn in (wide, narrow):
        drawn.head("history", "prod@127.0.0.1:56180", "since Fri 20 Nov 06:28 UTC", right="3,953 rows")
    assert lines(wide)[0].startswith(" history · prod@127.0.0.1:56180 · since Fri 20 Nov 06:28 UTC  ")
    assert lines(wide)[0].endswith("  3,953 rows")
    assert lines(wide)[1] == "─" * 100
    text = "\n".join(lines(narrow))
    assert all(part in text for part in ("history", "prod@127.0.0.1:56180", "06:28 UTC", "3,953 rows"))
    assert all(cells(line) <= 30 for line in lines(narrow))


def test_a_foot_keeps_the_first_hints() -> None:
    drawn = canvas(24)
    drawn.foot("show KEY", "--failed", "--user alice")
    assert lines(drawn) == [" show KEY · --failed"]


def test_colours_are_written_only_where_they_are_wanted_and_glyphs_always() -> None:
    plain, dark, light = canvas(), canvas(has_color=True), canvas(has_color=True, is_light=True)
    for drawn in (plain, dark, light):
        drawn.put(status_glyph("FAILED"), " ", ("hot", Meaning.WARNING), " ", status_glyph("no such"))
    assert lines(plain) == ["✘ hot ?"]
    assert "\x1b[1;31m✘\x1b[0m" in lines(dark)[0]
    assert "\x1b[33mhot" in lines(dark)[0]
    # Yellow cannot be read on white.
    assert "\x1b[33m" not in lines(light)[0]


def test_ascii_has_the_same_shape_and_loses_nothing() -> None:
    drawn = canvas(20, has_unicode=False)
    drawn.put(DONE, " ", drawn.shown("größe"), right=["12 s…"])
    drawn.rule()
    assert lines(drawn)[:2] == ["+ gr\\xf6\\xdfe  12 s~", "-" * 20]
    assert all(line.isascii() for line in lines(drawn))


def test_control_characters_reach_no_terminal() -> None:
    drawn = canvas(60, has_color=True)
    drawn.put("\x1b[31mred", ("\u202egnp.exe\n", Meaning.BAD))
    drawn.put_folded(4, "two\nlines", first=["a"])
    assert lines(drawn)[0] == "\\x1b[31mred\x1b[1;31m\\u202egnp.exe\\n\x1b[0m"
    assert lines(drawn)[1] == "a   two\\nlines"


def test_what_stands_at_the_right_goes_to_its_own_line_before_anything_is_lost() -> None:
    drawn = canvas(20)
    drawn.put("x" * 15, right=["f95b4591"])
    assert lines(drawn) == ["x" * 15, " " * 12 + "f95b4591"]


def test_keys_have_eight_digits() -> None:
    assert short_key(bytes(range(32))) == short_key(bytes(range(32)).hex()) == "00010203"
    assert short_key(None) == "-"


@pytest.mark.parametrize(
    ("color", "environ", "on_terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"TERM": "dumb"}, True, False),
    ],
)
def test_whether_there_are_colours(
    color: str, environ: dict[str, str], on_terminal: bool, expected: bool
) -> None:
    assert wants_color(ColorChoice(color), environ, on_terminal=on_terminal) is expected


def test_abilities_come_from_the_stream_and_the_environment() -> None:
    class Latin(io.StringIO):
        encoding = "ISO-8859-1"

        def isatty(self) -> bool:
            return True

    found = abilities_of(Latin(), {"COLUMNS": "72", "LINES": "20", "COLORFGBG": "0;15"})
    assert found == Abilities(72, 20, has_color=True, has_unicode=False, is_light=True)
    assert abilities_of(io.StringIO(), {"COLUMNS": "72"}).width is None
