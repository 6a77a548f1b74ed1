"""Evidence as one HTML page that loads nothing and has no script."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment

from dbtrack.documents import markup
from dbtrack.documents.evidence_words import DISCLAIMER, headline, period_title
from dbtrack.documents.inlined import Inlined, inlined_style
from dbtrack.documents.template_environment import template_environment
from dbtrack.evidence.model import Evidence

_HERE = Path(__file__).parent


@cache
def _style() -> Inlined:
    return inlined_style(_HERE / "assets" / "evidence.css")


@cache
def _environment() -> Environment:
    templates = template_environment(_HERE / "templates")
    templates.globals.update(key=markup.key)
    return templates


def evidence_html(evidence: Evidence) -> str:
    """Return the page."""
    values = {
        "e": evidence,
        "m": markup.Markups(evidence.scope.drawn_at),
        "style": _style(),
        "headline": headline(evidence),
        "disclaimer": DISCLAIMER,
        "period": period_title(evidence.scope),
    }
    return _environment().get_template("evidence.html").render(values)
