"""The OpenAPI description of answers, made from the definitions of the reports."""

from __future__ import annotations

from typing import Any

from dbtrack.columns import Column
from dbtrack.render.values import json_type
from dbtrack.reports import Report
from dbtrack.serve.problems import ErrorCode

Schema = dict[str, Any]

FAILURE: Schema = {
    "type": "object",
    "required": ["success", "error", "error_code", "timestamp"],
    "properties": {
        "success": {"const": False},
        "error": {"type": "string", "description": "What is wrong, in one line, for people."},
        "error_code": {"type": "string", "enum": [*map(str, ErrorCode)]},
        "timestamp": {"type": "string", "format": "date-time"},
    },
}
_MEANINGS = {
    400: "The request cannot be read, or lacks something.",
    401: "There is no token, or it is unknown, expired or revoked.",
    403: "The token may not do this.",
    404: "There is no such execution, or the token may not see it.",
    408: "The request took too long to arrive.",
    409: "The operation is closed already, or the Idempotency-Key has started another one.",
    413: "The body is too long.",
    415: "The body is not JSON.",
    422: "A parameter or the body is not valid.",
    429: "The token has sent too many requests; Retry-After says when to go on.",
    500: "The database raised an error.",
    503: "The database cannot be reached at the moment; Retry-After says when to try again.",
}
_ALWAYS = (400, 401, 403, 422, 429, 500, 503)


def success_of(data: Schema) -> Schema:
    """Return the schema of an answer with this data."""
    return {
        "type": "object",
        "required": ["success", "message", "data"],
        "properties": {"success": {"const": True}, "message": {"type": "string"}, "data": data},
    }


def report_data(report: Report) -> Schema:
    """Return the schema of a report's data."""
    data: Schema = {
        "type": "object",
        "required": ["report", "columns", "rows"],
        "properties": {
            "report": {"const": report.name},
            "columns": {"type": "array", "items": {"type": "object"}},
            "rows": {"type": "array", "items": row(report)},
        },
    }
    if report.in_pages:
        data["properties"]["next"] = {
            "type": ["string", "null"],
            "description": "Give it as `after` for the next page; null: this is the last.",
        }
    return data


def row(report: Report) -> Schema:
    """Return the schema of a report's row."""
    return {
        "type": "object",
        "required": [column.name for column in report.usual_columns],
        "properties": {column.name: _value(column) for column in report.usual_columns},
    }


def responses(data: Schema, *, status: int = 200, others: tuple[int, ...] = ()) -> dict[int | str, Schema]:
    """Return the `responses` of a route.

    Args:
        status: of success.
        others: the other statuses of this route, beside the errors of all routes.
    """
    answers: dict[int | str, Schema] = {status: _answer("It succeeded.", success_of(data))}
    for code in sorted({*_ALWAYS, *others}):
        is_error = code in _MEANINGS
        answers[code] = _answer(_MEANINGS[code], FAILURE) if is_error else answers[status]
    return answers


def _answer(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _value(column: Column) -> Schema:
    kind = json_type(column.kind)
    description = {"description": column.help} if column.help else {}
    if kind == "any":
        return description
    items = {"items": {"type": ["string", "null"]}} if kind == "array" else {}
    # A number that JSON cannot express is text.
    types = [kind, "string", "null"] if kind == "number" else [kind, "null"]
    return {"type": types, **items, **description}
