"""Answer the controls of a framework, by measures or by a query of the framework's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.evidence.facts import Facts
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.model import Control, ControlAnswer, Framework, Support
from dbtrack.evidence.retention import against_retention
from dbtrack.evidence.support import weakest


def answers(
    database: Database, framework: Framework, facts: Facts, window: Mapping[str, Any]
) -> Iterator[ControlAnswer]:
    """Yield the answer of each control.

    Args:
        window: since, until and tenant, for queries of the framework's own.

    Raises:
        UsageError: a wording names a value that there is not, or a query failed.
    """
    for control in framework.controls:
        answer = _measured(control, facts) if control.sql is None else _asked(database, control, window)
        if "retention" in control.measures:
            kept, begins = facts.counts.get("retention_days"), facts.scope.record_begins
            age = None if begins is None else (facts.scope.drawn_at - begins).days
            answer = against_retention(answer, framework.retention, kept, age)
        yield answer if control.limit is None else _limited(answer, control.limit)


def _limited(answer: ControlAnswer, limit: str) -> ControlAnswer:
    """Return the answer to a control of which the record cannot show all: it ends with what is missing."""
    status = Support.IN_PART if answer.status is Support.SUPPORTS else answer.status
    return replace(answer, status=status, sentence=f"{answer.sentence} {limit}")


def _measured(control: Control, facts: Facts) -> ControlAnswer:
    measured = [MEASURES[name](facts) for name in control.measures]
    values = {name: value for each in measured for name, value in each.values.items()}
    status = weakest(*(each.status for each in measured))
    sentence = " ".join(dict.fromkeys(each.sentence for each in measured))
    return ControlAnswer(control, status, _worded(control, values) or sentence, values)


def _asked(database: Database, control: Control, window: Mapping[str, Any]) -> ControlAnswer:
    """Run the control's own query: one row; its column `supports` is true, false or null."""
    try:
        result = database.result(control.sql or "", window)
    except DbtrackError as error:
        raise UsageError(
            f"the query of {control.paragraph} failed: {error.message}", hint=error.hint
        ) from error
    if len(result.rows) != 1:
        raise UsageError(f"the query of {control.paragraph} returned {len(result.rows)} rows and not one")
    values = dict(zip((column.name for column in result.columns), result.rows[0], strict=True))
    supports = values.pop("supports", None)
    status = {True: Support.SUPPORTS, False: Support.IN_PART}.get(supports, Support.NOT_SHOWN)
    listed = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in values.items())
    return ControlAnswer(control, status, _worded(control, values) or f"{listed}.", values)


def _worded(control: Control, values: Mapping[str, object]) -> str | None:
    if control.wording is None:
        return None
    shown = {name: "not known" if value is None else _shown(value) for name, value in values.items()}
    try:
        return control.wording.format_map(shown)
    except KeyError as error:
        known = ", ".join(sorted(shown))
        raise UsageError(
            f"{control.paragraph}: there is no value {error.args[0]}", hint=f"there are: {known}"
        ) from None


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
