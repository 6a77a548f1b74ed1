"""How far the record supports a statement, from answers about its completeness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dbtrack.evidence.facts import Facts
from dbtrack.evidence.model import Measured, Support

# By the status of an answer about completeness.
SUPPORT = {"ok": Support.SUPPORTS, "part": Support.IN_PART, "missing": Support.NOT_SHOWN}
_ORDER = (Support.SUPPORTS, Support.IN_PART, Support.NOT_SHOWN)


def weakest(*each: Support) -> Support:
    """Return the weakest of these; what is shown beside something that is not makes it partly shown."""
    if Support.NOT_SHOWN in each and set(each) != {Support.NOT_SHOWN}:
        return Support.IN_PART
    return max(each, key=_ORDER.index)


def if_none(open_count: int) -> Support:
    """Return the support of a statement to which so many exceptions are open."""
    return Support.IN_PART if open_count else Support.SUPPORTS


def of_the_period(
    measure: Callable[[Facts], Measured], *, needs_changes: bool = False
) -> Callable[[Facts], Measured]:
    """Return a measure that shows no more of a period than the record has of it.

    Args:
        needs_changes: without a change it shows nothing: that all of none have a ticket supports no control.
    """

    def measured(facts: Facts) -> Measured:
        answer = measure(facts)
        covered = SUPPORT[facts.status("record_begins")]
        if covered is Support.NOT_SHOWN and not facts.totals.changes:
            return _nothing(answer, "Nothing of the period is in the record.")
        if covered is Support.NOT_SHOWN:
            # Such as the history of a migration tool that was imported.
            late = "The record began after the period: this is about what was brought into it later."
            status = max(answer.status, Support.IN_PART, key=_ORDER.index)
            return replace(answer, status=status, sentence=f"{late} {answer.sentence}")
        if needs_changes and not facts.totals.changes:
            return _nothing(answer, "No change of the period is in the record.")
        return replace(answer, status=max(answer.status, covered, key=_ORDER.index))

    return measured


def _nothing(answer: Measured, sentence: str) -> Measured:
    return replace(answer, status=Support.NOT_SHOWN, sentence=sentence)
