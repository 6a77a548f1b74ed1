"""Periodic maintenance and cleanup."""

from __future__ import annotations

from dbtrack.retention.maintain import (
    CleanupReport,
    GuardedStep,
    MaintenanceReport,
    Step,
    StepResult,
    cleanup,
    maintain,
    remove_expired,
    retention_cutoff,
    roll_up,
)

__all__ = [
    "CleanupReport",
    "GuardedStep",
    "MaintenanceReport",
    "Step",
    "StepResult",
    "cleanup",
    "maintain",
    "remove_expired",
    "retention_cutoff",
    "roll_up",
]
