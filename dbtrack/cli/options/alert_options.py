"""The options that define an alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import typer

from dbtrack.cli.program.typer_adapter import choice

_SEVERITIES = ("info", "warning", "critical")
_GROUPS = ("tenant", "name", "user")


@dataclass(frozen=True)
class AlertArguments:
    """What an alert is about, when it fires, and how often it is notified."""

    when: Annotated[
        str | None,
        typer.Option("--when", metavar="CONDITION", help="Which rows match: \"script_type = 'MIGRATION'\"."),
    ] = None
    report: Annotated[
        str | None,
        typer.Option(
            "--report",
            metavar="REPORT",
            help="Whose rows: executions, errors, running, signals, notices, dashboard, health and others. "
            "Default: executions.",
        ),
    ] = None
    severity: Annotated[
        str | None,
        typer.Option(
            "--severity",
            metavar="SEVERITY",
            click_type=choice(_SEVERITIES),
            help="info, warning or critical. Default: warning.",
        ),
    ] = None
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="TENANT", help="Only rows of this tenant, whom the alert concerns."),
    ] = None
    group_by: Annotated[
        str | None,
        typer.Option(
            "--group-by",
            metavar="GROUP",
            click_type=choice(_GROUPS),
            help="tenant, name or user: each fires by itself. Default: one message for all.",
        ),
    ] = None
    count: Annotated[
        int | None,
        typer.Option("--count", metavar="NUMBER", min=1, help="How many rows must match. Default: 1."),
    ] = None
    within: Annotated[
        str | None,
        typer.Option(
            "--within",
            metavar="DURATION",
            help="How long a matching execution or notice counts. The alert is resolved after as long "
            "without one. Default: 1h.",
        ),
    ] = None
    hold_for: Annotated[
        str | None,
        typer.Option(
            "--for", metavar="DURATION", help="Fire when it has held for so long: 10m. Default: at once."
        ),
    ] = None
    clear_for: Annotated[
        str | None,
        typer.Option(
            "--clear-for",
            metavar="DURATION",
            help="Resolve when it has not held for so long. Default: 5m.",
        ),
    ] = None
    remind: Annotated[
        str | None,
        typer.Option(
            "--remind",
            "--every",
            metavar="DURATION",
            help="Send a reminder so often while it fires; never for none. Default: 4h.",
        ),
    ] = None
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="ENDPOINT",
            help="Send its notices to this endpoint alone; may be repeated. Default: to all that take them.",
        ),
    ] = None
    announced: Annotated[
        bool,
        typer.Option("--announced", help="Match DDL inside a tracked operation too, which was announced."),
    ] = False

    def given(self) -> dict[str, Any]:
        """Return what was given, by the names of the fields of an `AlertDefinition`.

        Raises:
            UsageError: a duration is malformed.
        """
        fields: dict[str, Any] = {
            "report": self.report,
            "condition": self.when,
            "severity": self.severity,
            "tenant": self.tenant,
            "group_by": self.group_by,
            "at_least": self.count,
            "counted_for": parse_duration_option(self.within, "--within"),
            "hold_for": parse_duration_option(self.hold_for, "--for"),
            "clear_for": parse_duration_option(self.clear_for, "--clear-for"),
            "with_announced": self.announced or None,
            "endpoints": self.to,
        }
        return {key: value for key, value in fields.items() if value is not None} | self._reminder()

    def _reminder(self) -> dict[str, timedelta | None]:
        if self.remind is None:
            return {}
        is_never = self.remind.lower() == "never"
        return {"remind_every": None if is_never else parse_duration_option(self.remind, "--remind")}


def parse_duration_option(text: str | None, option: str) -> timedelta | None:
    """Return the duration of an option, as 90s, 10m and 1h 30m say it; None if it was not given.

    Raises:
        UsageError: it is not a duration.
    """
    from dbtrack.notify.alerts.words import parse_duration

    return None if text is None else timedelta(milliseconds=float(parse_duration(text, option)))
