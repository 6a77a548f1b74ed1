"""The definition of a report: name, columns with kinds, and parameters. Its SQL is sql/reports/NAME.sql."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dbtrack.columns import Column, Kind

__all__ = ["Column", "Kind", "Parameter", "ParameterKind", "Report"]


class ParameterKind(Enum):
    """The type of a parameter, which determines its command-line option and the check by `run`."""

    TENANT = "tenant"  # a business key, or a hash key in hex; bound as the tenant's hash key
    SINCE = "since"  # a time as `time_words` reads it: 02:00, 24h, 7d, friday, 2026-01-01
    UNTIL = "until"
    MOMENT = "moment"  # a time, as SINCE: the record as it stood then
    DAYS = "days"  # a positive whole number
    HOURS = "hours"
    LIMIT = "limit"
    TEXT = "text"
    STATUS = "status"  # an execution status, in upper or lower case
    WORDS = "words"  # a comma list, or several of them, with * and ?; bound as two arrays by `filters`
    TYPES = "types"  # script types in any case: a comma list, or several of them
    OBJECTS = "objects"  # identities of objects, or parts of them, with * and ?
    PHRASE = "phrase"  # a text that occurs in another; lower case finds upper case too
    FLAG = "flag"
    KEY = "key"  # an execution's hash key in hex, or its first digits; bound as the whole key


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report; its SQL reads it as ``%(name)s``.

    Args:
        default: the value if the caller gives none; None does not restrict.
        required: whether the caller has to give it.
        is_argument: whether the command also takes it without the option: ``history public.orders``.
        choices: the only values that it may have; empty: any.
    """

    name: str
    kind: ParameterKind
    help: str = ""
    default: str | int | None = None
    required: bool = False
    is_argument: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A report as data.

    Args:
        name: of the command and of the SQL file.
        title: the heading of its output.
        summary: one line for help and documentation.
        live: whether it has the option ``--watch``.
        from_rollups: whether it reads the rollups, which should be advanced before.
        part_of: the command that shows it with other reports (``show``); None if it has its own command.
        window_hours: the window that its SQL takes without any of since, until, days and hours.
        has_needs: whether its command has the option ``--check``.
        switches: parameters of its SQL that are no options of their own, false unless
            `PreparedReport.switched` sets them.
        in_pages: whether its SQL can continue after a row, by `in_pages`, `after_time` and `after_key`.
        by_tenant: the report that its command runs with ``--by-tenant``, with one row for each tenant.
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
    in_pages: bool = False
    switches: tuple[str, ...] = ()
    window_hours: int | None = None
    has_needs: bool = False

    @property
    def usual_columns(self) -> tuple[Column, ...]:
        """The columns that are computed without a switch."""
        return self.columns_with(())

    def columns_with(self, switches: Collection[str]) -> tuple[Column, ...]:
        """Return the columns that are computed with these switches."""
        return tuple(column for column in self.columns if column.switch is None or column.switch in switches)

    def with_columns(
        self, columns: Sequence[Column], rows: Iterator[Sequence[Any]]
    ) -> Iterator[tuple[Any, ...]]:
        """Return rows of the report's SQL with the values of these columns only."""
        if len(columns) == len(self.columns):
            return map(tuple, rows)
        kept = [self.columns.index(column) for column in columns]
        return (tuple(row[i] for i in kept) for row in rows)
