"""What a report is: a name, columns with their kinds, and parameters. Its SQL is sql/reports/NAME.sql."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from dbtrack.columns import Column, Kind

__all__ = ["Column", "Kind", "Parameter", "ParameterKind", "Report"]


class ParameterKind(Enum):
    """What a parameter takes, from which the command line makes its option and `run` its check."""

    TENANT = "tenant"  # a business key or a hash key in hex; bound as the tenant's hash key
    SINCE = "since"  # a moment in PostgreSQL's own words: 24h, 7d, yesterday, 2026-01-01
    UNTIL = "until"
    DAYS = "days"  # a whole number above zero
    HOURS = "hours"
    LIMIT = "limit"
    TEXT = "text"
    STATUS = "status"  # an execution status, in any case
    KEY = "key"  # an execution's hash key in hex, or its first digits; bound as the whole key


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report; its SQL reads it as ``%(name)s``.

    Args:
        default: what the SQL is given when the caller says nothing; None means no restriction.
        required: whether the caller must give it.
    """

    name: str
    kind: ParameterKind
    help: str = ""
    default: str | int | None = None
    required: bool = False


@dataclass(frozen=True)
class Report:
    """A report as data.

    Args:
        name: the command's, the route's and the SQL file's name.
        title: the heading over its output.
        summary: one line for help and documentation.
        live: whether it is worth watching (``--watch``).
        from_rollups: whether it reads the rollups, which are best brought forward before.
        part_of: the command that shows it together with others (``show``); None for one of its own.
        by_tenant: the report that its command runs with ``--by-tenant``: a row a tenant.
    """

    name: str
    title: str
    summary: str
    columns: tuple[Column, ...]
    parameters: tuple[Parameter, ...] = ()
    live: bool = False
    from_rollups: bool = False
    part_of: str | None = None
    by_tenant: str | None = None
