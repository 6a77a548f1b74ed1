"""The picture of a period: when capture was on, when reviews were signed, how many changes there were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from markupsafe import Markup

from dbtrack.documents.evidence_words import gap_length, moment
from dbtrack.evidence.model import Evidence, Scope
from dbtrack.evidence.words import duration_words
from dbtrack.render.readable import counted

_LEFT, _RIGHT = 116.0, 892.0
_LEAST_WIDTH = 3.0
_MONTHS_A_YEAR = 12
_BAR_HEIGHT = 30.0


def timeline(evidence: Evidence) -> Markup:
    """Return the picture; its title says in words what it shows."""
    parts = Markup("").join(
        (*_changes(evidence), *_capture(evidence), *_reviews(evidence), *_days(evidence.scope))
    )
    return Markup(
        '<svg viewBox="0 0 900 150" role="img" aria-labelledby="e1"><title id="e1">{}</title>'
        '<text x="0" y="54">changes</text><path class="s-line" d="M116 56H892"/>'
        '<text x="0" y="86">capture</text><path class="s-line" d="M116 80H892"/>'
        '<text x="0" y="118">reviews</text><path class="s-line" d="M116 112H892"/>{}</svg>'
    ).format(_words(evidence), parts)


def _words(evidence: Evidence) -> str:
    off = "; ".join(
        f"off for {duration_words(gap_length(evidence.scope, gap))} from {moment(evidence.scope, gap.since)}"
        for gap in evidence.gaps[:5]
    )
    return (
        f"{counted(evidence.totals.changes, 'change')} by month, in UTC; "
        f"capture {off or 'never known to be off'}; {counted(evidence.reviews_signed, 'review')} signed."
    )


def _x(scope: Scope, value: datetime) -> float:
    share = (value - scope.since) / (scope.until - scope.since)
    return _LEFT + min(1.0, max(0.0, share)) * (_RIGHT - _LEFT)


def _changes(evidence: Evidence) -> Iterator[Markup]:
    most = max(evidence.totals.by_month.values(), default=0)
    for month, number in evidence.totals.by_month.items():
        begin = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        left, right = _x(evidence.scope, begin), _x(evidence.scope, _next_month(begin))
        height = max(1.0, number / most * _BAR_HEIGHT)
        yield _rectangle("bar", left, 56 - height, max(_LEAST_WIDTH, right - left - 2), height)
    if most:
        yield Markup('<text x="116" y="21">{} a month at most</text>').format(f"{most:,}")


def _next_month(begin: datetime) -> datetime:
    year, month = divmod(begin.year * _MONTHS_A_YEAR + begin.month, _MONTHS_A_YEAR)
    return begin.replace(year=year, month=month + 1)


def _capture(evidence: Evidence) -> Iterator[Markup]:
    scope = evidence.scope
    begin = _x(scope, max(scope.since, scope.record_begins or scope.drawn_at))
    end = _x(scope, min(scope.until, scope.drawn_at))
    if end > begin:
        yield _rectangle("ok", begin, 75, end - begin, 9)
    for gap in evidence.gaps:
        left, right = _x(scope, gap.since), _x(scope, min(gap.until or scope.drawn_at, scope.drawn_at))
        yield _rectangle("bad", left, 70, max(_LEAST_WIDTH, right - left), 19)


def _reviews(evidence: Evidence) -> Iterator[Markup]:
    for review in evidence.reviews:
        if review.is_counted and evidence.scope.since <= review.signed_at < evidence.scope.until:
            yield _rectangle("ok", _x(evidence.scope, review.signed_at) - 2, 107, 5, 9)


def _days(scope: Scope) -> Iterator[Markup]:
    """Yield the days at which the picture begins and ends, and the one in its middle."""
    middle = scope.since + (scope.until - scope.since) / 2
    for anchor, value in (("start", scope.since), ("middle", middle), ("end", scope.until)):
        local = scope.local(value)
        yield Markup('<text x="{:.0f}" y="142" text-anchor="{}">{}</text>').format(
            _x(scope, value), anchor, f"{local.day} {local:%b %Y}"
        )


def _rectangle(style: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="f-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        style, x, y, width, height
    )
