"""The tools that an agent can call: one for each report, described from the report's definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbtrack.render.values import json_type
from dbtrack.reports import REPORTS, Column, Parameter, ParameterKind, Report
from dbtrack.status import Status

DEFAULT_ROWS = 50
MOST_ROWS = 1000
LIMIT = "limit"
_LONGEST_WORD = 1000
_WHOLE_NUMBERS = {ParameterKind.DAYS: 36_500, ParameterKind.HOURS: 876_000, ParameterKind.LIMIT: MOST_ROWS}
# Their rows are part of another report, or of a command that also writes.
_WITHOUT_TOOL = {"tenant show"}
_SHOW = "show"


@dataclass(frozen=True)
class ReportTool:
    """A tool: a report, or several that answer one question together.

    Args:
        name: what the agent calls.
        reports: whose rows it returns; each is one section of the answer.
    """

    name: str
    description: str
    reports: tuple[Report, ...]
    parameters: tuple[Parameter, ...] = field(default=())

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments. It takes no argument that it does not name."""
        properties = {parameter.name: _property(parameter) for parameter in self.parameters}
        if LIMIT not in properties:
            properties[LIMIT] = _limit("Maximum number of rows.")
        required = [parameter.name for parameter in self.parameters if parameter.required]
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    @property
    def output_schema(self) -> dict[str, Any]:
        """The JSON Schema of the answer. A value that is not known is left out of its row."""
        sections = {report.name: _section_schema(report) for report in self.reports}
        return {"type": "object", "properties": sections, "required": [*sections]}


def all_tools() -> dict[str, ReportTool]:
    """Return every tool by name."""
    tools = [
        _tool(report.name, report.summary, (report,))
        for report in REPORTS.values()
        if report.part_of not in {*_WITHOUT_TOOL, _SHOW}
    ]
    sections = tuple(report for report in REPORTS.values() if report.part_of == _SHOW)
    tools.append(
        _tool(_SHOW, "Show one execution: versions, objects, privileges, and what ran inside it.", sections)
    )
    return {tool.name: tool for tool in tools}


def _tool(name: str, description: str, reports: Sequence[Report]) -> ReportTool:
    return ReportTool(name, description, tuple(reports), reports[0].parameters)


def check_arguments(tool: ReportTool, arguments: Mapping[str, object]) -> tuple[dict[str, object], int]:
    """Return the arguments that were given, without the limit, and the limit.

    Raises:
        ValueError: the tool has no such argument; a misspelt restriction would show more than was asked for.
    """
    known = tool.input_schema["properties"]
    unknown = arguments.keys() - known.keys()
    if unknown:
        raise ValueError(
            f"{tool.name} has no argument {', '.join(sorted(unknown))}; it has: {', '.join(sorted(known))}"
        )
    given = {name: value for name, value in arguments.items() if value is not None}
    for parameter in tool.parameters:
        if parameter.kind is ParameterKind.FLAG and not isinstance(given.get(parameter.name, False), bool):
            raise ValueError(f"{parameter.name} must be true or false")
    rows = given.pop(LIMIT, DEFAULT_ROWS)
    if not isinstance(rows, int) or not 1 <= rows <= MOST_ROWS:
        raise ValueError(f"{LIMIT} must be a whole number from 1 to {MOST_ROWS}")
    return given, rows


def _property(parameter: Parameter) -> dict[str, Any]:
    description = parameter.help.replace("--", "") or "Only executions with this status."
    if parameter.kind is ParameterKind.LIMIT:
        return _limit(description)
    if parameter.kind in _WHOLE_NUMBERS:
        schema: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": _WHOLE_NUMBERS[parameter.kind]}
    elif parameter.kind is ParameterKind.FLAG:
        schema = {"type": "boolean", "default": False}
    elif parameter.kind is ParameterKind.STATUS:
        schema = {"type": "string", "enum": [*map(str, Status)]}
    elif parameter.choices:
        schema = {"type": "string", "enum": [*parameter.choices]}
    else:
        schema = {"type": "string", "minLength": 1, "maxLength": _LONGEST_WORD}
    if parameter.default is not None:
        schema["default"] = parameter.default
    return {**schema, "description": description}


def _limit(description: str) -> dict[str, Any]:
    return {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_ROWS,
        "default": DEFAULT_ROWS,
        "description": description,
    }


def _section_schema(report: Report) -> dict[str, Any]:
    columns = {
        column.name: {"description": column.help or column.heading} | _json_type(column)
        for column in report.columns
    }
    return {
        "type": "object",
        "description": report.summary,
        "properties": {
            "rows": {"type": "array", "items": {"type": "object", "properties": columns}},
            "has_more": {
                "type": "boolean",
                "description": "Whether there are more rows than the limit allowed.",
            },
        },
        "required": ["rows", "has_more"],
    }


def _json_type(column: Column) -> dict[str, Any]:
    name = json_type(column.kind)
    return {} if name == "any" else {"type": name}
