"""The options of a report, made from its parameters: a new report needs nothing written here."""

from __future__ import annotations

from enum import StrEnum
from inspect import Parameter as Argument
from typing import Annotated, Any, NamedTuple

import typer

from dbtrack.cli.parse_values import MOST_DAYS
from dbtrack.reports.model import Parameter, ParameterKind

MOST_HOURS = MOST_DAYS * 24
_MOMENT = " A date, a time, or an age, as PostgreSQL reads it: 2026-01-01, yesterday, 24h, 7d."


class ExecutionStatus(StrEnum):
    """The statuses that an execution can have."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    ABANDONED = "ABANDONED"


class _Taking(NamedTuple):
    """What an option takes: its type, the name of its value, and help for a parameter that has none."""

    type: type
    metavar: str
    help: str
    most: int | None = None
    spellings: str = ""


_TAKINGS = {
    ParameterKind.TENANT: _Taking(
        str, "TENANT", "Only this tenant: its short name, or its key in hexadecimal."
    ),
    ParameterKind.SINCE: _Taking(
        str, "TIME", "Only executions that started at or after this time.", spellings=_MOMENT
    ),
    ParameterKind.UNTIL: _Taking(
        str, "TIME", "Only executions that started before this time.", spellings=_MOMENT
    ),
    ParameterKind.DAYS: _Taking(int, "DAYS", "Only the last DAYS days.", most=MOST_DAYS),
    ParameterKind.HOURS: _Taking(int, "HOURS", "Only the last HOURS hours.", most=MOST_HOURS),
    ParameterKind.LIMIT: _Taking(int, "ROWS", "Maximum number of rows."),
    ParameterKind.TEXT: _Taking(str, "TEXT", ""),
    ParameterKind.STATUS: _Taking(
        ExecutionStatus, "STATUS", "Only this status: RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED."
    ),
    ParameterKind.KEY: _Taking(str, "KEY", "The execution's key, or at least its first 8 digits."),
}


def option_of(parameter: Parameter) -> Argument:
    """Return one report parameter as the parameter of a command's function."""
    return Argument(
        parameter.name,
        Argument.KEYWORD_ONLY,
        default=Argument.empty if parameter.required else parameter.default,
        annotation=_annotation(parameter),
    )


def _annotation(parameter: Parameter) -> Any:
    taking = _TAKINGS[parameter.kind]
    option = typer.Option(
        "--" + parameter.name.replace("_", "-"),
        metavar=taking.metavar,
        min=1 if taking.type is int else None,
        max=taking.most,
        case_sensitive=False,
        help=f"{parameter.help or taking.help}{taking.spellings}",
    )
    return Annotated[taking.type if parameter.required else taking.type | None, option]
