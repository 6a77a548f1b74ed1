"""Which executions are exported: of a tenant, since and until a moment, and by the filters of the reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from dbtrack.db import Database
from dbtrack.reports import Parameter, ParameterKind, Report, bind
from dbtrack.reports.columns import FILTERS, TYPE

_ARGUMENTS = Report(
    "export",
    "Export",
    "",
    columns=(),
    parameters=(
        Parameter("tenant", ParameterKind.TENANT),
        Parameter("since", ParameterKind.SINCE),
        Parameter("until", ParameterKind.UNTIL),
        TYPE,
        *FILTERS,
    ),
)


def bind_selection(
    database: Database,
    subject: str,
    *,
    tenant: str | None,
    since: str | None,
    until: str | None,
    filters: Mapping[str, object] | None = None,
    zone: tzinfo | None = None,
) -> dict[str, object]:
    """Return the parameters of the selection as the server has them, and note the access.

    Args:
        subject: what is exported, for the record of who read what.
        filters: by name, those of the report history; None: all executions.
        zone: in which times without a zone are read; None for the machine's.

    Raises:
        UsageError: the tenant, a time or a filter is invalid.
    """
    given = {"tenant": tenant, "since": since, "until": until, **(filters or {})}
    return bind(database, _ARGUMENTS, given, zone=zone, access_name=f"export {subject}")
