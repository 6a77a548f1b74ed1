"""Start and complete operations."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dbtrack.operations import NewOperation
from dbtrack.operations.execution_keys import parse_key
from dbtrack.operations.operations import complete_values, not_closed, start_values
from dbtrack.serve.answers import success
from dbtrack.serve.identity import acting, credentials_of, record
from dbtrack.serve.queries import query
from dbtrack.serve.routes import schemas
from dbtrack.serve.services import Services
from dbtrack.status import Status

# https://www.w3.org/TR/trace-context/#traceparent-header
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
LONGEST_DURATION_US = 2**53
"""More than a century, and exact in every JSON reader."""
KEY_SCHEMA: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
"""For OpenAPI: an execution's key."""
# For OpenAPI: what `checked_operation_name` and `checked_operation_type` refuse.
_NAME_SCHEMA = {"pattern": r"^(?!\s*[dD][bB][tT][rR][aA][cC][kK]\s)(?=[\s\S]*\S)[^\x00]*$"}
_TYPE_SCHEMA = {
    "pattern": r"^(?!\s*([dD][dD][lL]_([aA][uU][tT][oO]|[lL][oO][gG])"
    r"|[sS][eE][cC][uU][rR][iI][tT][yY]|[uU][nN][aA][tT][tT][rR][iI][bB][uU][tT][eE][dD])\s*$)"
    r"(?=[\s\S]*\S)[^\x00]*$"
}

RequestKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Any text of your own: for a day, the same key starts no second operation.",
    ),
]
TraceParent = Annotated[
    str | None,
    Header(
        description="W3C trace context; kept in the operation's metadata, so that traces lead to it. An "
        "invalid one is ignored.",
    ),
]


def whole_number(value: object) -> object:
    """Return 1.0 as 1: JSON has one kind of number, and JSON Schema calls this an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Start(BaseModel):
    """What an operation starts with."""

    model_config = ConfigDict(extra="forbid")
    script_name: Annotated[
        str,
        Field(min_length=1, max_length=255, json_schema_extra=_NAME_SCHEMA, description="Its name."),
    ]
    script_type: Annotated[
        str,
        Field(
            min_length=1,
            max_length=50,
            json_schema_extra=_TYPE_SCHEMA,
            description="MANUAL, MIGRATION, MAINTENANCE, BACKUP, REPORTING, AUTHENTICATION or a word of your "
            "own.",
        ),
    ] = "MANUAL"
    metadata: Annotated[
        dict[str, Any] | None, Field(description="Anything else; values that look like secrets are replaced.")
    ] = None


class Complete(BaseModel):
    """How an operation ended."""

    model_config = ConfigDict(extra="forbid")
    execution_key: Annotated[
        str, Field(pattern=r"^[0-9a-fA-F]{64}$", description="The key that its start returned.")
    ]
    success: Annotated[bool, Field(strict=True, description="Whether it succeeded.")] = True
    error_message: Annotated[
        str | None, Field(max_length=100_000, description="Why it failed; the last 8 KiB are kept.")
    ] = None
    execution_status: Annotated[
        Literal["COMPLETED", "FAILED", "CANCELLED"] | None,
        Field(description="Wins over `success`; default: by it."),
    ] = None
    affected_objects: Annotated[
        list[Annotated[str, Field(max_length=1000)]] | None,
        Field(max_length=500, description="Identities of the objects that it changed."),
    ] = None
    duration_us: Annotated[
        Annotated[int, Field(strict=True, ge=0, le=LONGEST_DURATION_US), BeforeValidator(whole_number)]
        | None,
        Field(description="How long it took, in microseconds. Default: until now."),
    ] = None
    metadata: Annotated[dict[str, Any] | None, Field(description="Merged into that of the start.")] = None


def operation_router() -> APIRouter:
    """Return the routes that record operations."""
    router = APIRouter(prefix="/operations", tags=["Operations"])
    started = {
        "type": "object",
        "required": ["execution_key", "is_new"],
        "properties": {
            "execution_key": KEY_SCHEMA,
            "is_new": {
                "type": "boolean",
                "description": "false: an earlier request with this key started it.",
            },
        },
    }
    closed = {
        "type": "object",
        "required": ["execution_key", "execution_status"],
        "properties": {"execution_key": KEY_SCHEMA, "execution_status": {"enum": [*map(str, Status)]}},
    }
    shared: dict[str, Any] = {"methods": ["POST"], "response_class": Response}
    router.add_api_route(
        "/start",
        start,
        name="start_operation",
        summary="Start an operation.",
        status_code=201,
        responses=schemas.responses(started, status=201, others=(200, 408, 409, 413, 415)),
        **shared,
    )
    router.add_api_route(
        "/complete",
        complete,
        name="complete_operation",
        summary="Close an operation.",
        responses=schemas.responses(closed, others=(404, 408, 409, 413, 415)),
        **shared,
    )
    return router


async def start(
    request: Request, body: Start, idempotency_key: RequestKey = None, traceparent: TraceParent = None
) -> Response:
    """Start an operation and return its key."""
    services, credentials = Services.of(request), credentials_of(request)
    metadata = {**(body.metadata or {}), "client_address": credentials.client}
    if traceparent is not None and _TRACEPARENT.fullmatch(traceparent):
        metadata["traceparent"] = traceparent
    values = start_values(NewOperation(body.script_name, body.script_type, None, metadata))
    if idempotency_key is None:
        [[key, is_new]] = await record(services, credentials, query("serve/start_proven"), values)
    else:
        once = {"request_key": idempotency_key, "content": body.model_dump_json()}
        [[key, is_new]] = await record(
            services, credentials, query("serve/start_once_proven"), {**values, **once}
        )
    message = f"started {body.script_name}" if is_new else "this request has started the operation before"
    data = {"execution_key": bytes(key).hex(), "is_new": is_new}
    return success(message, data, status=201 if is_new else 200)


async def complete(request: Request, body: Complete) -> Response:
    """Close an operation."""
    services, credentials = Services.of(request), credentials_of(request)
    key = parse_key(body.execution_key)
    values = complete_values(
        key,
        success=body.success,
        error_message=body.error_message,
        metadata=body.metadata,
        status=body.execution_status,
        affected_objects=body.affected_objects,
        duration_us=body.duration_us,
    )
    [[is_closed]] = await record(services, credentials, query("serve/complete_proven"), values)
    if not is_closed:
        async with acting(services, credentials, counts=False, may_be_behind=False) as transaction:
            raise not_closed(
                key, await transaction.database.row(query("serve/current_version"), {"key": key})
            )
    status = body.execution_status or (Status.COMPLETED if body.success else Status.FAILED)
    return success(f"closed: {status}", {"execution_key": key.hex(), "execution_status": str(status)})
