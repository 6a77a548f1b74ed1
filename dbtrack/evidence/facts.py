"""What measures read: counts and answers that were collected while the data was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from dbtrack.evidence.model import (
    Change,
    Completeness,
    ExceptionKind,
    Gap,
    KindCount,
    Review,
    Scope,
    Totals,
)

_NO_TENANT = "(none)"
_FAILED = ("FAILED", "CANCELLED", "ABANDONED")


@dataclass(frozen=True)
class Facts:
    """All that a measure may use.

    Args:
        settings: the settings of evidence and some others by name, as the login sees them.
        counts: other numbers by name; None where the login may not see one.
        reviews_due: how many reviews were due in the period; None where none is ever due.
        reviews_signed: how many of those due the reviews of the same scope cover; of none due, how many
            such reviews there are.
    """

    scope: Scope
    totals: Totals
    kinds: Mapping[ExceptionKind, KindCount]
    gaps: Sequence[Gap]
    completeness: Mapping[str, Completeness]
    reviews: Sequence[Review]
    reviews_due: int | None
    settings: Mapping[str, str | None]
    counts: Mapping[str, int | None]
    reviews_signed: int

    def found(self, kind: ExceptionKind) -> int:
        """Return how many exceptions of a kind there are."""
        return self.kinds[kind].found

    def open(self, kind: ExceptionKind) -> int:
        """Return how many of them nobody has explained."""
        return self.kinds[kind].open

    def status(self, measure: str) -> str:
        """Return the status of a question about completeness; missing where it was not answered."""
        answer = self.completeness.get(measure)
        return answer.status if answer else "missing"


class Tally:
    """Counts the changes as they are read."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._tenants: Counter[str] = Counter()
        self._months: Counter[str] = Counter()
        self._logins: set[str] = set()

    def add(self, change: Change) -> None:
        """Count one change."""
        counts = self._counts
        counts["changes"] += 1
        counts["completed"] += change.status == "COMPLETED"
        counts["failed"] += change.status in _FAILED
        counts["in_pipeline"] += change.is_pipeline
        counts["with_ticket"] += change.ticket is not None
        counts["with_approval"] += change.approved_by is not None
        counts["emergencies"] += change.is_emergency
        counts["classified"] += bool(change.classes)
        counts["privilege_changes"] += _is_about_rights(change.subject)
        self._tenants[change.tenant or _NO_TENANT] += 1
        self._months[change.occurred_at.astimezone(UTC).isoformat()[:7]] += 1
        if change.login is not None:
            self._logins.add(change.login)

    def totals(self) -> Totals:
        """Return the counts."""
        return Totals(
            **self._counts,
            logins=len(self._logins),
            by_tenant=dict(sorted(self._tenants.items())),
            by_month=dict(sorted(self._months.items())),
        )


def _is_about_rights(subject: str) -> bool:
    first, _, rest = subject.partition(" ")
    if first in ("GRANT", "REVOKE"):
        return True
    return first in ("CREATE", "ALTER", "DROP") and rest.split(" ", 1)[0] in (
        "ROLE",
        "USER",
        "GROUP",
        "DEFAULT",
    )
