"""Record operations that a service kept in an outbox, as often as it sends them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dbtrack.errors import UsageError
from dbtrack.operations.traceparent import TRACEPARENT, parse_traceparent
from dbtrack.redaction.storable_text import (
    checked_operation_name,
    checked_operation_type,
    message_text,
    metadata_text,
    storable,
)
from dbtrack.serve.answers import success
from dbtrack.serve.identity import credentials_of, record
from dbtrack.serve.queries import query
from dbtrack.serve.routes import schemas
from dbtrack.serve.routes.operations import KEY_SCHEMA, LONGEST_DURATION_US, whole_number
from dbtrack.serve.services import Services

_MOST_RECORDS = 500
_OUTCOMES = ("recorded", "closed", "known", "refused")


class OutboxRecord(BaseModel):
    """The start of an operation, its end, or all of it."""

    model_config = ConfigDict(extra="forbid")
    operation_id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=255,
            pattern=r"^[^\x00]+$",
            description="The sender's own identifier, such as a UUID. With `script_name` and `started_at` it "
            "says which operation this is: send the same three in the start and in the end, and each time.",
        ),
    ]
    script_name: Annotated[str, Field(max_length=255, description="As in the start of an operation.")]
    script_type: Annotated[str, Field(max_length=50, description="As in the start of an operation.")] = (
        "MANUAL"
    )
    started_at: Annotated[
        str, Field(max_length=40, description="When it started: RFC 3339, with a time zone.")
    ]
    execution_status: Annotated[
        Literal["RUNNING", "COMPLETED", "FAILED", "CANCELLED"],
        Field(description="RUNNING: it has started. Another one: it has ended."),
    ]
    duration_us: Annotated[
        Annotated[int, Field(strict=True, ge=0, le=LONGEST_DURATION_US), BeforeValidator(whole_number)]
        | None,
        Field(description="How long it took, in microseconds; of an end."),
    ] = None
    error_message: Annotated[str | None, Field(max_length=100_000, description="Why it failed.")] = None
    statement: Annotated[
        str | None, Field(max_length=200_000, description="What it ran; secrets are removed.")
    ] = None
    affected_objects: Annotated[
        list[Annotated[str, Field(max_length=1000)]] | None,
        Field(max_length=500, description="Identities of the objects that it changed."),
    ] = None
    traceparent: Annotated[
        str | None, Field(max_length=255, description="W3C trace context; an invalid one is ignored.")
    ] = None
    metadata: Annotated[
        dict[str, Any] | None, Field(description="Anything else; values that look like secrets are replaced.")
    ] = None


class Outbox(BaseModel):
    """What an outbox sends at once."""

    model_config = ConfigDict(extra="forbid")
    records: Annotated[list[OutboxRecord], Field(min_length=1, max_length=_MOST_RECORDS)]


def outbox_router() -> APIRouter:
    """Return the route that takes what an outbox sends."""
    router = APIRouter(prefix="/operations", tags=["Operations"])
    row = {
        "type": "object",
        "required": ["operation_id", "outcome", "execution_key", "refusal"],
        "properties": {
            "operation_id": {"type": "string"},
            "outcome": {
                "enum": [*_OUTCOMES],
                "description": "known: it was recorded before. refused: it can never be; take it out.",
            },
            "execution_key": {"anyOf": [KEY_SCHEMA, {"type": "null"}]},
            "refusal": {"type": ["string", "null"], "description": "Why it was refused."},
        },
    }
    counts = {outcome: {"type": "integer"} for outcome in _OUTCOMES}
    data = {
        "type": "object",
        "required": [*_OUTCOMES, "records"],
        "properties": {**counts, "records": {"type": "array", "items": row}},
    }
    router.add_api_route(
        "/outbox",
        outbox,
        name="record_outbox",
        summary="Record operations that were kept in an outbox: each once, however often it is sent.",
        methods=["POST"],
        response_class=Response,
        responses=schemas.responses(data, others=(408, 413, 415)),
    )
    return router


async def outbox(request: Request, body: Outbox) -> Response:
    """Record what an outbox sent; one record that cannot be stored does not keep the others from arriving."""
    services, credentials = Services.of(request), credentials_of(request)
    values = [_values(each, credentials.client) for each in body.records]
    refusals = [refusal for _, refusal in values]
    text = json.dumps([value for value, _ in values], ensure_ascii=False)
    rows = await record(services, credentials, query("serve/outbox_proven"), {"records": text})
    records = [
        {
            "operation_id": each.operation_id,
            "outcome": outcome,
            "execution_key": None if key is None else bytes(key).hex(),
            "refusal": refused or refusal,
        }
        for each, refused, (_, key, outcome, refusal) in zip(body.records, refusals, rows, strict=True)
    ]
    counted = Counter(str(each["outcome"]) for each in records)
    counts = {outcome: counted[outcome] for outcome in _OUTCOMES}
    message = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return success(message, {**counts, "records": records})


def _values(each: OutboxRecord, client: str) -> tuple[dict[str, object], str | None]:
    """Return a record as the database takes it, and why it cannot; the database then refuses it, too."""
    try:
        return _storable_values(each, client), None
    except UsageError as error:
        return {"operation_id": each.operation_id}, error.message
    except ValueError:
        return {
            "operation_id": each.operation_id
        }, "started_at is not a time with a time zone, as RFC 3339 has it"


def _storable_values(each: OutboxRecord, client: str) -> dict[str, object]:
    started_at = datetime.fromisoformat(each.started_at)
    if started_at.tzinfo is None:
        raise ValueError(each.started_at)
    metadata = {**(each.metadata or {}), "client_address": client}
    if parse_traceparent(each.traceparent):
        metadata[TRACEPARENT] = each.traceparent
    return {
        "operation_id": each.operation_id,
        "script_name": checked_operation_name(each.script_name),
        "script_type": checked_operation_type(each.script_type),
        "execution_timestamp": started_at.isoformat(),
        "execution_status": each.execution_status,
        "duration_us": each.duration_us,
        "error_message": None if each.error_message is None else message_text(each.error_message),
        "statement": None if each.statement is None else storable(each.statement),
        "affected_objects": (
            None if each.affected_objects is None else [storable(name) for name in each.affected_objects]
        ),
        "metadata": json.loads(metadata_text(metadata)),
    }
