"""What an install adopted from a `script_tracking` schema that dbtrack did not create."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbtrack import sql_files
from dbtrack.db import Database


@dataclass(frozen=True)
class Adoption:
    """What was adopted.

    Args:
        executions: how many executions.
        lines: what to show to users.
    """

    executions: int = 0
    lines: Sequence[str] = ()


def adoption(database: Database) -> Adoption:
    """Return what the current transaction adopted."""
    row = database.row(sql_files.query("installation/adopted"))
    if row is None:
        return Adoption()
    schema_name, report = row
    return Adoption(int(report["executions"]), list(_describe(str(schema_name), report)))


def _describe(schema_name: str, report: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"copied {report['executions']} executions with {report['versions']} versions; "
        f"the old tables are in the schema {schema_name}"
    )
    for old, new in sorted(report["statuses"].items()):
        yield f"the status {old} became {new}; metadata.adopted keeps the old one"
    if report["without_version"]:
        yield f"{report['without_version']} executions had no version: they are ABANDONED"
    if report["without_hub"]:
        yield f"{report['without_hub']} executions were in the satellite only"
    if report["cut"]:
        yield f"{report['cut']} long names end in '...': metadata.adopted has the complete names"
    if report["unknown_tenants"]:
        yield f"{report['unknown_tenants']} tenants have no name here yet: see dbtrack tenant"
    if report["left"]:
        yield f"not copied, but kept in that schema: {', '.join(report['left'])}"
