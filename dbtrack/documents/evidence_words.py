"""The finding of an evidence document, in the words that all its writers use."""

from __future__ import annotations

from dbtrack.evidence.model import Evidence, Scope
from dbtrack.evidence.words import counted, duration_words

DISCLAIMER = "This document supports an examination. It does not say that anybody is compliant."


def headline(evidence: Evidence) -> str:
    """Return the finding in one sentence: how many changes, how complete, how many exceptions."""
    changes = counted(evidence.totals.changes, "change")
    found = counted(evidence.found, "exception")
    state = f"{evidence.open} of them open" if evidence.found else ""
    return f"{changes}; {_complete(evidence)}; {', '.join(filter(None, (found, state)))}"


def _complete(evidence: Evidence) -> str:
    open_questions = [
        each for each in evidence.completeness if each.status != "ok" and each.measure != "clock"
    ]
    end = min(evidence.scope.until, evidence.scope.drawn_at)
    off = [min(gap.until or end, end) - gap.since for gap in evidence.gaps]
    if off:
        return f"the population is not complete: capture was off for {duration_words(sum(off[1:], off[0]))} at most"
    if not open_questions:
        return "the population is complete, as far as the record shows"
    return f"{counted(len(open_questions), 'question')} about its completeness not answered in full"


def period_title(scope: Scope) -> str:
    """Return the period in words."""
    since, until = scope.local(scope.since), scope.local(scope.until)
    return f"{since.day} {since:%b %Y %H:%M} to {until.day} {until:%b %Y %H:%M} {until.tzname()}"
