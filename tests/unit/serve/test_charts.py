"""Charts: rows in, SVG out, without styles or scripts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from dbtrack.documents import charts as document_charts
from dbtrack.serve.pages import charts
from tests.unit.serve.sample_record import NOW


def paths(svg: str, style: str) -> str:
    """Return the drawing of this class."""
    return "".join(re.findall(rf'<path class="{style}"[^>]* d="([^"]*)"', svg))


def hours(*counts: tuple[int, int, int]) -> list[tuple[datetime, int, int, int, int]]:
    return [
        (NOW.replace(minute=0, second=0) - timedelta(hours=ago), ok, bad, 0, 0) for ago, ok, bad in counts
    ]


def test_an_hour_is_a_bar_and_a_failure_a_mark() -> None:
    shown = charts.throughput(hours((0, 9, 1), (30, 4, 0)), NOW)
    svg = str(charts.throughput_chart(shown))
    assert paths(svg, "s-bar").count("M") == 2
    assert paths(svg, "s-bad").count("M") == 1
    assert "at most 10" in svg


def test_the_days_add_up_and_the_last_is_today() -> None:
    shown = charts.throughput(hours((0, 9, 1), (1, 2, 0), (30, 4, 3)), NOW)
    assert [day.ended for day in shown.days][-2:] == [7, 12]
    assert [day.failed for day in shown.days][-2:] == [3, 1]
    assert [day.is_today for day in shown.days] == [False] * 7 + [True]
    assert len(shown.hours) == 192


def test_a_bad_hour_has_five_marks_and_a_line() -> None:
    shown = charts.throughput(hours((2, 0, 10_000)), NOW)
    svg = str(charts.throughput_chart(shown))
    # A dash and a gap are four units; the last gap is left out.
    assert "v19" in paths(svg, "s-bad")
    assert paths(svg, "f-bad")


def test_hours_of_the_future_and_of_long_ago_are_left_out() -> None:
    shown = charts.throughput(hours((-5, 9, 1), (24 * 40, 4, 0)), NOW)
    assert shown.is_empty


def test_a_line_has_a_bar_for_each_half_day_and_feet_for_failures() -> None:
    svg = str(charts.line({0: 10, 3: 5, 99: 7}, {3: 1}))
    assert paths(svg, "s-bar").count("M") == 2
    assert paths(svg, "s-bad").count("M") == 1
    assert str(charts.line({})).startswith("<svg")


def test_bars_stay_inside() -> None:
    assert 'width="56"' in str(document_charts.bar(7.0))
    assert 'width="1"' in str(document_charts.bar(-1))
    [(x, width)] = re.findall(r'x="([^"]*)" y="2" width="([^"]*)"', str(charts.span(1.5, 9, "bad")))
    assert float(x) + float(width) <= 134


def test_no_chart_has_a_style_or_a_handler() -> None:
    shown = charts.throughput(hours((0, 9, 1)), NOW)
    for svg in (
        charts.throughput_chart(shown),
        charts.line({0: 1}),
        document_charts.bar(0.5),
        charts.span(0, 1, "ok"),
        charts.days_chart({NOW.replace(hour=0, minute=0, second=0): (3, 1)}, NOW),
    ):
        assert "style=" not in str(svg)
        assert " on" not in str(svg).replace(" one", "")
