"""The proof of coverage: what changed without a record of it."""

from __future__ import annotations

from dbtrack.coverage.reconcile import CHANGE_COLUMNS, Outcome, Reconciliation, reconcile

__all__ = ["CHANGE_COLUMNS", "Outcome", "Reconciliation", "reconcile"]
