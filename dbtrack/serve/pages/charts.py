"""Charts as SVG by attributes and classes: no style, no script, nothing to load. Rows in, markup out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

_HOURS_A_DAY = 24
_DAYS = 8
_HOUR_WIDTH = 4
_CHART_WIDTH = _DAYS * _HOURS_A_DAY * _HOUR_WIDTH
_BARS_HEIGHT = 66
_CHART_HEIGHT = 92
_MARK_STEP = 4
_MOST_MARKS = 5

_LINE_BARS = 14
_LINE_BAR_WIDTH = 6
_LINE_HEIGHT = 18
_LINE_FOOT = 15


@dataclass(frozen=True)
class Hour:
    """How many executions began in one hour and have ended; `failed` counts all that did not complete."""

    start: datetime
    ended: int
    failed: int


@dataclass(frozen=True)
class Day:
    """One column under the chart."""

    start: datetime
    ended: int
    failed: int
    is_today: bool

    @property
    def success(self) -> float | None:
        """Percent of what has ended."""
        return 100 * (self.ended - self.failed) / self.ended if self.ended else None


@dataclass(frozen=True)
class Throughput:
    """Eight days of hours, today's incomplete."""

    hours: Sequence[Hour]
    days: Sequence[Day]
    busiest: int
    failed: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing has ended in these days."""
        return self.busiest == 0


def first_hour(now: datetime) -> datetime:
    """Return when the first of the eight days begins, in UTC."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=_DAYS - 1)


def throughput(rows: Sequence[tuple[datetime, int, int, int, int]], now: datetime) -> Throughput:
    """Return the hours and days of the chart.

    Args:
        rows: of get_throughput: hour, completed, failed, cancelled, abandoned; hours without any are absent.
        now: the server's time; hours after it are left out, for example of executions dated in the future.
    """
    first = first_hour(now)
    counted = {
        row[0].astimezone(UTC): Hour(row[0].astimezone(UTC), sum(row[1:]), sum(row[2:]))
        for row in rows
        if first <= row[0] <= now
    }
    starts = [first + timedelta(hours=hour) for hour in range(_DAYS * _HOURS_A_DAY)]
    hours = [counted.get(start, Hour(start, 0, 0)) for start in starts]
    days = [_day(hours[at : at + _HOURS_A_DAY], now) for at in range(0, len(hours), _HOURS_A_DAY)]
    return Throughput(hours, days, max(hour.ended for hour in hours), sum(hour.failed for hour in hours))


def _day(hours: Sequence[Hour], now: datetime) -> Day:
    start = hours[0].start
    return Day(
        start,
        sum(hour.ended for hour in hours),
        sum(hour.failed for hour in hours),
        start.date() == now.astimezone(UTC).date(),
    )


def throughput_chart(shown: Throughput) -> Markup:
    """Return the chart: a bar an hour, a mark beneath for each failure up to five, then their number."""
    title = (
        f"Operations an hour since {shown.hours[0].start:%a %d %b}, at most {shown.busiest:,}; beneath, "
        f"a mark for each of {shown.failed:,} failures. The table below has the days as numbers."
    )
    return Markup(
        '<svg class="tc" viewBox="-1.5 0 {} {}" preserveAspectRatio="none" role="img" aria-labelledby="c1t">'
        '<title id="c1t">{}</title><path class="s-line" d="{}"/>'
        '<path class="s-bar" stroke-width="3" d="{}"/>'
        '<path class="s-bad" stroke-width="3" stroke-dasharray="3 1" d="{}"/>{}</svg>'
    ).format(
        _CHART_WIDTH,
        _CHART_HEIGHT,
        title,
        _grid(),
        _hour_bars(shown),
        _failure_marks(shown),
        _many_failures(shown),
    )


def _grid() -> str:
    days = "".join(f"M{day * _HOURS_A_DAY * _HOUR_WIDTH} 0V{_CHART_HEIGHT}" for day in range(1, _DAYS))
    return f"{days}M0 {_BARS_HEIGHT}.5H{_CHART_WIDTH}"


def _hour_bars(shown: Throughput) -> str:
    """Return the bars as strokes, which take half the bytes of rectangles."""
    return "".join(
        f"M{_hour_x(place)} {_BARS_HEIGHT}v-{_height(hour.ended, shown.busiest, _BARS_HEIGHT)}"
        for place, hour in enumerate(shown.hours)
        if hour.ended
    )


def _hour_x(place: int) -> str:
    return f"{place * _HOUR_WIDTH}"


def _height(value: int, most: int, height: int) -> str:
    # One execution among thousands is still seen.
    return str(max(1, round(value * height / most)))


def _failure_marks(shown: Throughput) -> str:
    """Return a dashed stroke an hour: a dash for each failure."""
    return "".join(
        f"M{_hour_x(place)} {_BARS_HEIGHT + 3}v{_MARK_STEP * min(hour.failed, _MOST_MARKS) - 1}"
        for place, hour in enumerate(shown.hours)
        if hour.failed
    )


def _many_failures(shown: Throughput) -> Markup:
    """Return a line under an hour with more failures than marks; the day's number is in the table."""
    wide = "".join(
        f"M{place * _HOUR_WIDTH - 1} {_CHART_HEIGHT - 2}h5v2h-5z"
        for place, hour in enumerate(shown.hours)
        if hour.failed > _MOST_MARKS
    )
    return Markup('<path class="f-bad" d="{}"/>').format(wide) if wide else Markup("")


def line(by_half_day: Mapping[int, int], failures: Mapping[int, int] | None = None) -> Markup:
    """Return seven days as fourteen bars without axes, with a red foot where something failed.

    Args:
        by_half_day: executions by how many half-days ago they began, 0 to 13.
        failures: the same of those that failed.
    """
    most = max(by_half_day.values(), default=0)
    bars = "".join(
        f"M{_line_x(ago)} {_LINE_FOOT}v-{_height(value, most, _LINE_FOOT - 1)}"
        for ago, value in sorted(by_half_day.items(), reverse=True)
        if value and 0 <= ago < _LINE_BARS
    )
    feet = "".join(
        f"M{_line_x(ago)} {_LINE_FOOT + 1}v2"
        for ago, value in sorted((failures or {}).items(), reverse=True)
        if value and 0 <= ago < _LINE_BARS
    )
    # The size and the width of the strokes are in the style: there are dozens of these on a page.
    return Markup(
        '<svg class="sp" viewBox="-2.5 0 {} {}" aria-hidden="true"><path class="s-bar" d="{}"/>{}</svg>'
    ).format(
        _LINE_BARS * _LINE_BAR_WIDTH,
        _LINE_HEIGHT,
        bars,
        Markup('<path class="s-bad" d="{}"/>').format(feet) if feet else "",
    )


def _line_x(half_days_ago: int) -> str:
    return str((_LINE_BARS - 1 - half_days_ago) * _LINE_BAR_WIDTH)


def span(start: float, length: float, style: str, width: int = 134) -> Markup:
    """Return a bar on a line: when, within the whole, something ran.

    Args:
        start: where it begins, 0 to 1.
        length: how long it is, 0 to 1.
        style: the colour: ok, bad, warn or run.
        width: of the whole, in pixels.
    """
    begin = min(1.0, max(0.0, start)) * width
    long = max(2.0, min(width - begin, max(0.0, length) * width))
    return Markup(
        '<svg class="gt" width="{}" height="12" viewBox="0 0 {} 12" aria-hidden="true">'
        '<path class="s-line" d="M0 6.5H{}"/><rect class="f-{}" x="{}" y="2" width="{}" height="8"/></svg>'
    ).format(width, width, width, style, f"{min(begin, width - 2):.1f}", f"{long:.1f}")


def days_chart(counts: Mapping[datetime, tuple[int, int]], now: datetime, days: int = 90) -> Markup:
    """Return a bar a day for the last days, with a red foot on those with failures.

    Args:
        counts: executions and failures by the day (00:00 UTC).
        now: the server's time.
        days: how many days to show.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - timedelta(days=days - 1 - day) for day in range(days)]
    values = [counts.get(start, (0, 0)) for start in starts]
    most = max((executions for executions, _ in values), default=0)
    step, height = 8, 44
    bars = "".join(
        f"M{place * step} {height}v-{_height(executions, most, height)}h6V{height}z"
        for place, (executions, _) in enumerate(values)
        if executions
    )
    feet = "".join(
        f"M{place * step} {height + 2}h6v4h-6z" for place, (_, failures) in enumerate(values) if failures
    )
    title = f"Executions a day for {days} days, at most {most:,}; days with failures are marked beneath."
    return Markup(
        '<svg class="dc" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-labelledby="c2t">'
        '<title id="c2t">{}</title><path class="s-line" d="M0 {}.5H{}"/><path class="f-bar" d="{}"/>'
        '<path class="f-bad" d="{}"/></svg>'
    ).format(days * step, height + 8, title, height, days * step, bars, feet)
