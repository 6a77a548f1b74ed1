"""All cases, in the order of the table."""

from __future__ import annotations

from tests.database.coverage.case import Case
from tests.database.coverage.fired import fired
from tests.database.coverage.situations import SITUATIONS
from tests.database.coverage.unfired import UNFIRED


def cases_on(major: int, *, labels: bool = True) -> list[Case]:
    """Return the cases that a server of this major can run.

    Args:
        labels: also those that take the library of `tests.database.label_provider`.
    """
    more = [case for case in (*UNFIRED, *SITUATIONS) if case.is_on(major)]
    return [case for case in (*fired(major), *more) if labels or not case.labels]
