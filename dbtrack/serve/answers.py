"""The form of all answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from dbtrack.render.values import json_bytes
from dbtrack.serve.problems import ApiError


def success(
    message: str, data: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a request that succeeded."""
    return json_answer(success_body(message, data), status=status, headers=headers)


def success_body(message: str, data: object) -> bytes:
    """Return the body of the answer to a request that succeeded."""
    return json_bytes({"success": True, "message": message, "data": data})


def failure(error: ApiError) -> Response:
    """Return the answer to a request that failed."""
    return json_answer(json_bytes(failure_body(error)), status=error.status, headers=error.headers)


def failure_body(error: ApiError) -> dict[str, Any]:
    """Return the body of the answer to a request that failed."""
    return {
        "success": False,
        "error": error.message,
        "error_code": str(error.code),
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def json_answer(body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer whose body is written already."""
    return Response(body, status, media_type="application/json", headers=dict(headers or {}))
