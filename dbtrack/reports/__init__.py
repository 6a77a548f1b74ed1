"""Reports as data, and how they are run."""

from __future__ import annotations

from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report
from dbtrack.reports.registry import REPORTS
from dbtrack.reports.run import advance_rollups, bind, run

__all__ = [
    "REPORTS",
    "Column",
    "Kind",
    "Parameter",
    "ParameterKind",
    "Report",
    "advance_rollups",
    "bind",
    "run",
]
