"""One execution with all its parts, and one tenant."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from dbtrack.errors import DbtrackError
from dbtrack.reports import REPORTS
from dbtrack.serve.answers import success
from dbtrack.serve.identity import Credentials, acting, credentials_of
from dbtrack.serve.problems import from_dbtrack
from dbtrack.serve.routes import schemas
from dbtrack.serve.run_report import report_rows
from dbtrack.serve.services import Services

_EXECUTION_PARTS = {
    "versions": "show_versions",
    "objects": "show_objects",
    "privileges": "show_privileges",
    "children": "show_children",
    "trace": "show_trace",
}
_TENANT_PARTS = {"names": "show_tenant_names", "executions": "show_tenant_counts"}

Key = Annotated[
    str,
    Path(
        description="Its key, or at least the first 8 digits of it.",
        min_length=8,
        max_length=64,
        pattern=r"^[0-9a-fA-F]+$",
    ),
]
TenantName = Annotated[
    str,
    Path(
        description="Its short name, or its key in hexadecimal.",
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00/]*$",
    ),
]


def execution_router() -> APIRouter:
    """Return the routes that compose several reports."""
    router = APIRouter(tags=["Reports"])
    shared: dict[str, Any] = {"methods": ["GET"], "response_class": Response}
    router.add_api_route(
        "/executions/{key}",
        execution,
        name="execution",
        summary="Show one execution: versions, objects, privileges, children, its trace.",
        responses=schemas.responses(_data("execution", "show_execution", _EXECUTION_PARTS), others=(404,)),
        **shared,
    )
    router.add_api_route(
        "/tenants/{tenant}",
        tenant_details,
        name="tenant",
        summary="Show one tenant: names, roles, schemas, counts.",
        responses=schemas.responses(_data("tenant", "show_tenant", _TENANT_PARTS)),
        **shared,
    )
    return router


async def execution(request: Request, key: Key) -> Response:
    """Show one execution."""
    data = await _composed(request, {"key": key.lower()}, "execution", "show_execution", _EXECUTION_PARTS)
    return success(f"execution {data['execution']['execution_key'][:12]}", data)


async def tenant_details(request: Request, tenant: TenantName) -> Response:
    """Show one tenant."""
    data = await _composed(request, {"tenant": tenant}, "tenant", "show_tenant", _TENANT_PARTS)
    return success(f"tenant {data['tenant']['tenant']}", data)


async def _composed(
    request: Request, arguments: dict[str, object], name: str, head: str, parts: dict[str, str]
) -> dict[str, Any]:
    services, credentials = Services.of(request), credentials_of(request)
    if services.has_standby:
        try:
            return await _read(services, credentials, arguments, name, head, parts, may_be_behind=True)
        except DbtrackError as error:
            # A standby may not have yet what its client has just recorded.
            if from_dbtrack(error).status != 404:
                raise
    return await _read(services, credentials, arguments, name, head, parts, may_be_behind=False)


async def _read(
    services: Services,
    credentials: Credentials,
    arguments: dict[str, object],
    name: str,
    head: str,
    parts: dict[str, str],
    *,
    may_be_behind: bool,
) -> dict[str, Any]:
    async with acting(services, credentials, may_be_behind=may_be_behind) as transaction:
        [first] = (await report_rows(services, transaction, head, arguments)).objects()
        data: dict[str, Any] = {name: first}
        for part, report in parts.items():
            rows = await report_rows(services, transaction, report, arguments, records_access=False)
            data[part] = rows.objects()
    return data


def _data(name: str, head: str, parts: dict[str, str]) -> schemas.Schema:
    lists = {part: {"type": "array", "items": schemas.row(REPORTS[report])} for part, report in parts.items()}
    return {
        "type": "object",
        "required": [name, *parts],
        "properties": {name: schemas.row(REPORTS[head]), **lists},
    }
