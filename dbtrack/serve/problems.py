"""The errors of the API: each has a status, a code and a message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from enum import StrEnum

from starlette.exceptions import HTTPException

from dbtrack.errors import (
    DbtrackError,
    LockedError,
    NoConnectionError,
    NotInstalledError,
    PermissionDeniedError,
    QueryError,
    UsageError,
)
from dbtrack.operations import AlreadyClosedError, UnknownExecutionError


class ErrorCode(StrEnum):
    """The codes of `error_code`; a client decides by them, people by the message."""

    AUTH_FAILED = "AUTH_FAILED"
    INVALID_REQUEST = "INVALID_REQUEST"
    OPERATION_NOT_FOUND = "OPERATION_NOT_FOUND"
    DATABASE_ERROR = "DATABASE_ERROR"
    RATE_LIMITED = "RATE_LIMITED"


class ApiError(HTTPException):
    """An answer that is an error.

    It is one of the framework's own, which would make any other that comes up in reading a body a status 400.

    Args:
        status: of HTTP.
        code: of the answer.
        message: what is wrong and what to do, in one line.
        headers: of the answer.
    """

    def __init__(
        self, status: int, code: ErrorCode, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, message, dict(headers or {}))
        self.status = status
        self.code = code
        self.message = message


_RETRY = {"Retry-After": "2"}
_log = logging.getLogger("dbtrack.serve")


def invalid(message: str, status: int = 422) -> ApiError:
    """Return the error of a request that cannot be answered as it is."""
    return ApiError(status, ErrorCode.INVALID_REQUEST, message)


def unauthorized(message: str) -> ApiError:
    """Return the error of a request without a valid token."""
    return ApiError(401, ErrorCode.AUTH_FAILED, message, {"WWW-Authenticate": 'Bearer realm="dbtrack"'})


def forbidden(message: str) -> ApiError:
    """Return the error of a request whose token may not do that."""
    return ApiError(403, ErrorCode.AUTH_FAILED, message)


def unavailable(message: str) -> ApiError:
    """Return the error of a request that may succeed soon."""
    return ApiError(503, ErrorCode.DATABASE_ERROR, message, _RETRY)


def from_dbtrack(error: DbtrackError) -> ApiError:
    """Return the answer for an error of dbtrack's."""
    match error:
        case NoConnectionError():
            # The message of the driver names hosts and logins: clients need neither.
            return unavailable("the database cannot be reached at the moment")
        case LockedError():
            return unavailable(str(error))
        case UnknownExecutionError():
            return _not_found(error.message)
        case AlreadyClosedError():
            return invalid(error.message, 409)
        case UsageError():
            return invalid(str(error))
        case _:
            return _from_server(error)


def _not_found(message: str) -> ApiError:
    return ApiError(404, ErrorCode.OPERATION_NOT_FOUND, message)


_BY_SQLSTATE: Mapping[str, Callable[[str], ApiError]] = {
    "DT009": _not_found,
    "DT004": forbidden,
    "DT010": lambda message: invalid(message, 409),
    "57014": lambda _: unavailable("the database took too long to answer; ask for less"),
    "25006": lambda _: unavailable("the database is read-only at the moment"),
}
_INVALID_VALUE = "22"


def _from_server(error: DbtrackError) -> ApiError:
    sqlstate = str(getattr(error.__cause__, "sqlstate", None) or "")
    if sqlstate in _BY_SQLSTATE:
        return _BY_SQLSTATE[sqlstate](error.message)
    # Without a code: the driver could not send a value.
    if isinstance(error, QueryError) and (not sqlstate or sqlstate.startswith(_INVALID_VALUE)):
        return invalid(error.message)
    if isinstance(error, NotInstalledError):
        return unavailable("dbtrack is not installed in the database, or is older than this server needs")
    _log.error("the database refused a request: %s", error)
    if isinstance(error, PermissionDeniedError):
        return ApiError(500, ErrorCode.DATABASE_ERROR, "the server's login lacks a privilege: see its log")
    return ApiError(500, ErrorCode.DATABASE_ERROR, error.message)
