"""Charts of documents as SVG by attributes and classes: no style, no script. Values in, markup out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WEEK_WIDTH = 440
_WEEK_HEIGHT = 148
_WEEK_FOOT = 126
_WEEK_TALLEST = 60
_SHARE_TOP = 18
_SHARE_BOTTOM = 46
_GAP = 8

_CELL = 13
_ROW = 17
_LABELS = 40
_TOTALS = 440
_HOURS_A_DAY = 24

_RANGE_WIDTH = 200
_SHORTEST_MS = 1.0
_DECADES = 6  # 1 ms to 17 minutes, each step ten times


@dataclass(frozen=True)
class Week:
    """One bar of the chart of weeks.

    Args:
        label: under the bar; empty for none.
        ended: how many executions ended.
        failed: how many of them did not complete.
    """

    label: str
    ended: int
    failed: int

    @property
    def share(self) -> float:
        """Which share failed, in percent."""
        return 100 * self.failed / self.ended if self.ended else 0.0


@dataclass(frozen=True)
class DayOfHours:
    """One row of the chart of hours: what ended and failed in each of 24 hours."""

    label: str
    ended: Sequence[int]
    failed: Sequence[int]


def bar(share: float, style: str = "bar", width: int = 56, height: int = 8) -> Markup:
    """Return a horizontal bar.

    Args:
        share: of the whole width, 0 to 1.
        style: the colour: bar, ok, bad, warn or run.
        width: of the whole, in pixels.
        height: in pixels.
    """
    filled = f"{max(1.0, min(1.0, max(0.0, share)) * width):.1f}".removesuffix(".0")
    return Markup(
        '<svg class="hb" width="{}" height="{}" viewBox="0 0 {} {}" aria-hidden="true">'
        '<rect class="f-{}" width="{}" height="{}"/></svg>'
    ).format(width, height, width, height, style, filled, height)


def weeks_chart(weeks: Sequence[Week]) -> Markup:
    """Return a bar for each week, the last one darker, and above them the share that failed."""
    most = max((week.ended for week in weeks), default=0) or 1
    worst = max((week.share for week in weeks), default=0.0)
    step = (_WEEK_WIDTH - _GAP) / max(1, len(weeks))
    middles = [4 + step * place + (step - _GAP) / 2 for place in range(len(weeks))]
    title = (
        f"{len(weeks)} weeks. Operations went from {weeks[0].ended:,} to {weeks[-1].ended:,} a week. "
        f"The share that failed was {worst:.2f} percent at most, and is {weeks[-1].share:.2f} percent now."
    )
    parts = [
        Markup('<path class="s-line" d="M0 {}.5H{}"/>').format(_WEEK_FOOT, _WEEK_WIDTH),
        *(_week_bar(week, place, step, most, len(weeks)) for place, week in enumerate(weeks)),
        _share_line(weeks, middles, worst),
    ]
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="w1"><title id="w1">{}</title>{}</svg>'
    ).format(_WEEK_WIDTH, _WEEK_HEIGHT, title, Markup("").join(parts))


def _week_bar(week: Week, place: int, step: float, most: int, count: int) -> Markup:
    x, tall = 4 + step * place, _WEEK_TALLEST * week.ended / most
    is_last = place == count - 1
    bar_and_label = Markup(
        '<rect class="f-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
        '<text x="{:.1f}" y="142">{}</text>'
    ).format("ink" if is_last else "bar", x, _WEEK_FOOT - tall, step - _GAP, tall, x, week.label)
    if not is_last:
        return bar_and_label
    return bar_and_label + Markup('<text class="ik" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
        _WEEK_WIDTH, _WEEK_FOOT - tall - 5, f"{week.ended:,}"
    )


def _share_line(weeks: Sequence[Week], middles: Sequence[float], worst: float) -> Markup:
    """Return the line of the shares that failed; nothing where nothing failed."""
    if not worst:
        return Markup("")
    # A week in which nothing ended has no share.
    dated = [(week, x) for week, x in zip(weeks, middles, strict=True) if week.ended]
    places = [(x, _SHARE_BOTTOM - (_SHARE_BOTTOM - _SHARE_TOP) * week.share / worst) for week, x in dated]
    points = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = Markup("").join(
        Markup('<circle class="f-bad" cx="{:.1f}" cy="{:.1f}" r="2"/>').format(x, y) for x, y in places
    )
    last = Markup("")
    if weeks[-1].ended:
        last = Markup('<text class="bd" x="{}" y="{:.1f}" text-anchor="end">{:.2f} %</text>').format(
            _WEEK_WIDTH, max(10.0, places[-1][1] - 7), weeks[-1].share
        )
    return Markup('<path class="s-bad" stroke-width="1.5" d="M{}"/>{}{}').format(points, dots, last)


def hours_chart(days: Sequence[DayOfHours]) -> Markup:
    """Return a row for each day with a cell for each hour: darker for more, marked if something failed."""
    most = max((count for day in days for count in day.ended), default=0)
    rows = Markup("").join(_day_row(day, place, most) for place, day in enumerate(days))
    foot = Markup("").join(
        Markup('<text x="{}" y="{}">{:02d}</text>').format(
            _LABELS + hour * _CELL, len(days) * _ROW + 12, hour
        )
        for hour in (0, 6, 12, 18)
    )
    title = "Hours of each day. " + "; ".join(
        f"{day.label} {sum(day.ended):,} operations, {sum(day.failed):,} failed" for day in days
    )
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="w2"><title id="w2">{}.</title>{}{}</svg>'
    ).format(_TOTALS, len(days) * _ROW + 18, title, rows, foot)


def _day_row(day: DayOfHours, place: int, most: int) -> Markup:
    top = place * _ROW
    cells = Markup("").join(
        _hour_cell(_LABELS + hour * _CELL, top, day.ended[hour], day.failed[hour], most)
        for hour in range(_HOURS_A_DAY)
    )
    failed = sum(day.failed)
    marks = Markup('<text class="bd" x="{}" y="{}" text-anchor="end">✘ {:,}</text>').format(
        _TOTALS, top + 12, failed
    )
    return Markup(
        '<text x="0" y="{}">{}</text>{}<text class="ik" x="390" y="{}" text-anchor="end">{:,}</text>{}'
    ).format(top + 12, day.label, cells, top + 12, sum(day.ended), marks if failed else Markup(""))


def _hour_cell(x: int, top: int, ended: int, failed: int, most: int) -> Markup:
    shade = 0.06 + 0.64 * ended / most if most and ended else 0.03
    cell = Markup('<rect class="f-ink" fill-opacity="{:.2f}" x="{}" y="{}" width="12" height="16"/>').format(
        shade, x, top
    )
    if not failed:
        return cell
    return cell + Markup('<rect class="f-bad mk" x="{}" y="{}" width="6" height="6"/>').format(x + 3, top + 5)


def range_chart(p50_ms: float | None, p95_ms: float | None, longest_ms: float, *, is_late: bool) -> Markup:
    """Return the usual durations as a bar from the median to the 95th percentile, and the longest as a dot.

    The scale is logarithmic, from 1 ms to 17 minutes.
    """
    usual = Markup("")
    if p50_ms is not None and p95_ms is not None:
        start, end = _range_x(p50_ms), _range_x(p95_ms)
        usual = Markup('<rect class="f-bar" x="{:.1f}" y="3" width="{:.1f}" height="7"/>').format(
            start, max(2.0, end - start)
        )
    return Markup(
        '<svg class="rg" width="{}" height="12" viewBox="0 0 {} 12" aria-hidden="true">'
        '<path class="s-line" d="M0 6.5H{}"/>{}<circle class="f-{}" cx="{:.1f}" cy="6.5" r="4"/></svg>'
    ).format(
        _RANGE_WIDTH, _RANGE_WIDTH, _RANGE_WIDTH, usual, "warn" if is_late else "ink", _range_x(longest_ms)
    )


def _range_x(milliseconds: float) -> float:
    place = math.log10(max(_SHORTEST_MS, milliseconds)) / _DECADES
    return 4 + (_RANGE_WIDTH - 8) * min(1.0, place)
