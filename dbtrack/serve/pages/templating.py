"""The templates, and the one style and script that stand in each page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from dbtrack.documents import charts as document_charts
from dbtrack.documents import markup
from dbtrack.documents.inlined import inlined_script, inlined_style
from dbtrack.documents.template_environment import template_environment
from dbtrack.serve.pages import charts

_HERE = Path(__file__).parent

NAVIGATION = (
    ("/", "Now", "now"),
    ("/history", "History", "history"),
    ("/history?status=failed", "Failures", "failures"),
    ("/objects", "Objects", "objects"),
    ("/reports/performance", "Performance", "performance"),
    ("/reports/dashboard_by_tenant", "Tenants", "dashboard_by_tenant"),
    ("/reports", "Reports", "reports"),
)


@dataclass(frozen=True)
class Assets:
    """The style and the script, and what a Content-Security-Policy must allow for them."""

    style: str
    script: str
    policy: str


@cache
def assets() -> Assets:
    """Return the style and the script, read and hashed once."""
    style = inlined_style(_HERE / "assets" / "page.css")
    script = inlined_script(_HERE / "assets" / "page.js")
    policy = (
        "default-src 'none'; "
        f"style-src '{style.source}'; script-src '{script.source}'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return Assets(style.text, script.text, policy)


@cache
def environment() -> Environment:
    """Return the environment of all templates; everything is escaped that is not markup already."""
    templates = template_environment(_HERE / "templates")
    templates.globals.update(
        assets=assets(),
        navigation=NAVIGATION,
        glyph=markup.glyph,
        finding=markup.finding,
        key=markup.key,
        address=markup.address,
        count=markup.count,
        duration=markup.duration,
        percentage=markup.percentage,
        change=markup.change,
        statement=markup.statement,
        bar=document_charts.bar,
        line=charts.line,
        span=charts.span,
        days_chart=charts.days_chart,
        throughput_chart=charts.throughput_chart,
    )
    return templates


def render(template: str, values: Mapping[str, Any]) -> str:
    """Return a template's HTML with these values."""
    return environment().get_template(template).render(values)
