"""The files for monitoring systems that dbtrack brings along."""

from __future__ import annotations

from enum import StrEnum
from importlib import resources


class PrintedFile(StrEnum):
    """What `dbtrack metrics --print` prints."""

    GRAFANA_DASHBOARD = "grafana-dashboard"
    ALERT_RULES = "alert-rules"
    PROMETHEUS_CONFIG = "prometheus-config"
    PGWATCH = "pgwatch"


_NAMES = {
    PrintedFile.GRAFANA_DASHBOARD: "grafana-dashboard.json",
    PrintedFile.ALERT_RULES: "alert-rules.yml",
    PrintedFile.PROMETHEUS_CONFIG: "prometheus-config.yml",
    PrintedFile.PGWATCH: "pgwatch.yml",
}


def printed_file(name: PrintedFile) -> str:
    """Return the text of a file."""
    return (resources.files("dbtrack.metrics") / "files" / _NAMES[name]).read_text("utf-8")
