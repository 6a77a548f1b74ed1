"""All cases, in the order of the table."""

from __future__ import annotations

from tests.database.capture.coverage.case import Case
from tests.database.capture.coverage.fired import fired
from tests.database.capture.coverage.situations import SITUATIONS
from tests.database.capture.coverage.unfired import UNFIRED


def cases_on(major: int, *, labels: bool = True) -> list[Case]:
    """Return the cases that a server of this major can run.

    Args:
        labels: also those that take the library of `tests.support.label_provider`.
    """
    more = [case for case in (*UNFIRED, *SITUATIONS) if case.is_on(major)]
    return [case for case in (*fired(major), *more) if labels or not case.labels]
