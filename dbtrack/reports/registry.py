"""All reports. A new one needs an SQL file, a definition and an entry here; docs/reports.md is generated."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dbtrack.reports.aftermath import SHOW_OUTCOME, SHOW_WAITS
from dbtrack.reports.anomalies import ANOMALIES
from dbtrack.reports.classes import (
    ACCESS_CHANGES,
    ACCESS_REVIEW,
    CLASS_ACCESS,
    CLASS_SUGGESTIONS,
    CLASSES,
)
from dbtrack.reports.dashboard_health import DASHBOARD, HEALTH, PERFORMANCE, PERFORMANCE_BY
from dbtrack.reports.evidence import EVIDENCE_EXCEPTIONS, EVIDENCE_POPULATION
from dbtrack.reports.executions import (
    ERROR_LIST,
    ERRORS,
    HISTORY,
    NEVER_CHANGED,
    OPEN_ERROR_LIST,
    OPEN_ERRORS,
    OWN,
)
from dbtrack.reports.foresight import ADVISE, FORECAST
from dbtrack.reports.model import Report
from dbtrack.reports.objects import BLAME, GRANTS, LOG
from dbtrack.reports.show import (
    SHOW_CHILDREN,
    SHOW_EXECUTION,
    SHOW_OBJECTS,
    SHOW_PRIVILEGES,
    SHOW_TRACE,
    SHOW_USUAL,
    SHOW_VERSIONS,
)
from dbtrack.reports.tenants import (
    ACCESS,
    ADMINISTRATION,
    DASHBOARD_BY_TENANT,
    SHOW_TENANT,
    SHOW_TENANT_COUNTS,
    SHOW_TENANT_NAMES,
)
from dbtrack.reports.trends import TRENDS

_ALL = (
    DASHBOARD,
    HISTORY,
    NEVER_CHANGED,
    OWN,
    ERRORS,
    ERROR_LIST,
    OPEN_ERRORS,
    OPEN_ERROR_LIST,
    PERFORMANCE,
    PERFORMANCE_BY,
    HEALTH,
    TRENDS,
    ANOMALIES,
    FORECAST,
    ADVISE,
    ACCESS,
    ADMINISTRATION,
    DASHBOARD_BY_TENANT,
    BLAME,
    LOG,
    GRANTS,
    SHOW_EXECUTION,
    SHOW_VERSIONS,
    SHOW_OBJECTS,
    SHOW_PRIVILEGES,
    SHOW_CHILDREN,
    SHOW_TRACE,
    SHOW_USUAL,
    SHOW_OUTCOME,
    SHOW_WAITS,
    SHOW_TENANT,
    SHOW_TENANT_NAMES,
    SHOW_TENANT_COUNTS,
    EVIDENCE_POPULATION,
    EVIDENCE_EXCEPTIONS,
    CLASSES,
    CLASS_SUGGESTIONS,
    CLASS_ACCESS,
    ACCESS_REVIEW,
    ACCESS_CHANGES,
)

REPORTS: Mapping[str, Report] = MappingProxyType({report.name: report for report in _ALL})
