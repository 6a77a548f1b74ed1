"""Evidence as one HTML page that loads nothing and has no script."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from dbtrack.documents import markup
from dbtrack.documents.evidence_timeline import timeline
from dbtrack.documents.evidence_words import (
    ANSWERS,
    ANY_PROGRAM,
    DISCLAIMER,
    NOT_SEEN,
    checked_words,
    control_checked,
    drawn_words,
    exceptions_status,
    grouped,
    headline,
    moment,
    none_found,
    period_title,
    population_counts,
    question,
    scope_facts,
    tenant_counts,
)
from dbtrack.documents.inlined import Inlined, inlined_style
from dbtrack.documents.template_environment import template_environment
from dbtrack.evidence.model import Evidence, Support
from dbtrack.evidence.words import signed_words
from dbtrack.render import readable
from dbtrack.render.readable import counted

_HERE = Path(__file__).parent
_SUPPORT = {
    Support.SUPPORTS: ("ok", "✔"),
    Support.IN_PART: ("warn", "▲"),
    Support.NOT_SHOWN: ("bad", "✘"),
}
_MOST_LISTED = 100
_GROUP = 4


@cache
def _style() -> Inlined:
    return inlined_style(_HERE / "assets" / "evidence.css")


@cache
def _environment() -> Environment:
    templates = template_environment(_HERE / "templates")
    templates.globals.update(
        answer=_answer,
        control_checked=control_checked,
        count=markup.count,
        counted=counted,
        key=markup.key,
        moment=moment,
        question=question,
        sign=_sign,
        size=readable.size,
        statement=markup.statement,
        support=_support,
        timeline=timeline,
    )
    return templates


def evidence_html(evidence: Evidence) -> str:
    """Return the page: the eight parts of the document, the finding as its heading."""
    scope = evidence.scope
    listed = grouped(evidence.exceptions)[:_MOST_LISTED]
    values = {
        "e": evidence,
        "s": scope,
        "m": markup.Markups(scope.drawn_at),
        "style": _style(),
        "headline": headline(evidence),
        "signed": signed_words(evidence.reviews_signed, evidence.reviews_due),
        "disclaimer": DISCLAIMER,
        "period": period_title(scope),
        "checked": checked_words(evidence.framework),
        "facts": list(scope_facts(evidence)),
        "drawn": drawn_words(scope),
        "not_seen": NOT_SEEN,
        "any_program": ANY_PROGRAM,
        "marked": exceptions_status(evidence),
        "none_found": none_found(evidence),
        "counts": population_counts(evidence.totals),
        "tenants": tenant_counts(evidence.totals),
        "listed": listed,
        "shown": sum(len(group.exceptions) for group in listed),
        "digest": _grouped(evidence.data.sha256),
    }
    return _environment().get_template("evidence.html").render(values)


def _grouped(digest: str) -> str:
    """Return a digest in groups of four digits, so that people can compare it."""
    return " ".join(digest[start : start + _GROUP] for start in range(0, len(digest), _GROUP))


def _answer(status: str) -> Markup:
    return _sign(*ANSWERS[status])


def _support(status: Support) -> Markup:
    style, sign = _SUPPORT[status]
    return Markup('<span class="{}"><span aria-hidden="true">{}</span> {}</span>').format(
        style, sign, status.value
    )


def _sign(style: str, sign: str, word: str) -> Markup:
    return Markup('<i class="{}" role="img" aria-label="{}">{}</i>').format(style, word, sign)
