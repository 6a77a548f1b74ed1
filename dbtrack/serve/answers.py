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
    return _json({"success": True, "message": message, "data": data}, status, headers)


def failure(error: ApiError) -> Response:
    """Return the answer to a request that failed."""
    return _json(failure_body(error), error.status, error.headers)


def failure_body(error: ApiError) -> dict[str, Any]:
    """Return the body of the answer to a request that failed."""
    return {
        "success": False,
        "error": error.message,
        "error_code": str(error.code),
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def _json(body: Mapping[str, object], status: int, headers: Mapping[str, str] | None) -> Response:
    return Response(json_bytes(body), status, media_type="application/json", headers=dict(headers or {}))
