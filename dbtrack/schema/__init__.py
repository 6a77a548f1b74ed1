"""What stands in the database: install and upgrade, uninstall, doctor, periodic work, settings, tenants."""

from __future__ import annotations

from dbtrack.schema.doctor import FINDING_COLUMNS, Finding, diagnose
from dbtrack.schema.install import InstallReport, install
from dbtrack.schema.maintenance import (
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
from dbtrack.schema.script import InstallOptions, install_script
from dbtrack.schema.uninstall import UninstallReport, outside_dependents, uninstall, uninstall_preview

__all__ = [
    "FINDING_COLUMNS",
    "CleanupReport",
    "Finding",
    "GuardedStep",
    "InstallOptions",
    "InstallReport",
    "MaintenanceReport",
    "Step",
    "StepResult",
    "UninstallReport",
    "cleanup",
    "diagnose",
    "install",
    "install_script",
    "maintain",
    "outside_dependents",
    "remove_expired",
    "retention_cutoff",
    "roll_up",
    "uninstall",
    "uninstall_preview",
]
