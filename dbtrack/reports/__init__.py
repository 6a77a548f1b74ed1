"""Reports as data, and how they are run."""

from __future__ import annotations

from dbtrack.reports.model import Column, Kind, Parameter, ParameterKind, Report
from dbtrack.reports.registry import REPORTS
from dbtrack.reports.run import PreparedReport, advance_rollups, bind, prepare, run
from dbtrack.reports.window import Window

__all__ = [
    "REPORTS",
    "Column",
    "Kind",
    "Parameter",
    "ParameterKind",
    "PreparedReport",
    "Report",
    "Window",
    "advance_rollups",
    "bind",
    "prepare",
    "run",
]
