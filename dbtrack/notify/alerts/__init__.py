"""Alerts: conditions over reports, evaluated once each round whatever number of workers there are."""

from __future__ import annotations

from dbtrack.notify.alerts.evaluate import (
    Evaluation,
    StateChange,
    evaluate_alerts,
    evaluate_due_alerts,
)

__all__ = ["Evaluation", "StateChange", "evaluate_alerts", "evaluate_due_alerts"]
