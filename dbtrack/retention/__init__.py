"""Periodic work: maintain, rollups and cleanup."""

from __future__ import annotations

from dbtrack.retention.cleanup import (
    CleanupReport,
    GuardedStep,
    Step,
    StepResult,
    cleanup,
    conflicting_rules,
    permit_cleanup,
    remove_expired,
    retention_cutoff,
    server_clock,
)
from dbtrack.retention.maintain import MaintenanceReport, maintain
from dbtrack.retention.rollups import roll_up

__all__ = [
    "CleanupReport",
    "GuardedStep",
    "MaintenanceReport",
    "Step",
    "StepResult",
    "cleanup",
    "conflicting_rules",
    "maintain",
    "permit_cleanup",
    "remove_expired",
    "retention_cutoff",
    "roll_up",
    "server_clock",
]
