"""The installation in a database: install, upgrade, uninstall, doctor, settings, reconcile."""

from __future__ import annotations

from dbtrack.schema.doctor import FINDING_COLUMNS, Finding, diagnose
from dbtrack.schema.install import InstallReport, install
from dbtrack.schema.install_script import InstallOptions, install_script
from dbtrack.schema.reconcile import CHANGE_COLUMNS, Outcome, Reconciliation, reconcile
from dbtrack.schema.uninstall import (
    UninstallReport,
    outside_dependents,
    uninstall,
    uninstall_kept,
    uninstall_preview,
)

__all__ = [
    "CHANGE_COLUMNS",
    "FINDING_COLUMNS",
    "Finding",
    "InstallOptions",
    "InstallReport",
    "Outcome",
    "Reconciliation",
    "UninstallReport",
    "diagnose",
    "install",
    "install_script",
    "outside_dependents",
    "reconcile",
    "uninstall",
    "uninstall_kept",
    "uninstall_preview",
]
