"""Which executions are exported: of a tenant, since and until a moment."""

from __future__ import annotations

from dbtrack.db import Database
from dbtrack.reports import Parameter, ParameterKind, Report, bind

_ARGUMENTS = Report(
    "export",
    "Export",
    "",
    columns=(),
    parameters=(
        Parameter("tenant", ParameterKind.TENANT),
        Parameter("since", ParameterKind.SINCE),
        Parameter("until", ParameterKind.UNTIL),
    ),
)


def bind_selection(
    database: Database, subject: str, *, tenant: str | None, since: str | None, until: str | None
) -> dict[str, object]:
    """Return the parameters `tenant`, `since` and `until` as the server reads them, and note the access.

    Args:
        subject: what is exported, for the record of who read what.

    Raises:
        UsageError: the tenant or a time is invalid.
    """
    given = {"tenant": tenant, "since": since, "until": until}
    return bind(database, _ARGUMENTS, given, access_name=f"export {subject}")
