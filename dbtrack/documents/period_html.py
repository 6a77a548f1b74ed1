"""The document about a period as one HTML page that loads nothing and has no script."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment

from dbtrack.documents import charts, markup
from dbtrack.documents.inlined import Inlined, inlined_style
from dbtrack.documents.period_facts import PeriodFacts
from dbtrack.documents.period_words import decisions, differences, headline, lead
from dbtrack.documents.template_environment import template_environment

_HERE = Path(__file__).parent


@cache
def _style() -> Inlined:
    return inlined_style(_HERE / "assets" / "period.css")


@cache
def _environment() -> Environment:
    templates = template_environment(_HERE / "templates")
    templates.globals.update(
        bar=charts.bar,
        change=markup.change,
        count=markup.count,
        dot=_after_dot,
        duration=markup.duration,
        finding=markup.finding,
        glyph=markup.glyph,
        hours_chart=charts.hours_chart,
        key=markup.key,
        percentage=markup.percentage,
        range_chart=charts.range_chart,
        weeks_chart=charts.weeks_chart,
    )
    return templates


def period_html(facts: PeriodFacts) -> str:
    """Return the page."""
    writer = markup.Markups(facts.read_at)
    period = facts.period
    local = period.local(facts.read_at)

    values = {
        "f": facts,
        "m": writer,
        "style": _style(),
        "headline": headline(facts),
        "lead": lead(facts),
        "decisions": decisions(facts),
        "differences": differences(facts),
        "most_failures": max((cause.occurrences for cause in facts.causes), default=1),
        "written": f"{local:%a} {local.day} {local:%b %Y %H:%M} {local.tzname()}",
        "zone": period.local(period.until).tzname(),
        "since": period.local(period.since).isoformat(timespec="minutes"),
        "until": period.local(period.until).isoformat(timespec="minutes"),
    }
    return _environment().get_template("period.html").render(values)


def _after_dot(text: str) -> str:
    return f", {text}" if text else ""
