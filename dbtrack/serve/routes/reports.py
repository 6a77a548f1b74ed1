"""A route for each report, made from the registry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import Parameter as Argument
from inspect import Signature
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from dbtrack.columns import Column
from dbtrack.render.values import json_type
from dbtrack.reports import REPORTS, Parameter, ParameterKind, Report
from dbtrack.serve.answers import json_answer, success_body
from dbtrack.serve.cached_answers import wants_fresh
from dbtrack.serve.identity import credentials_of
from dbtrack.serve.pagination import Page
from dbtrack.serve.problems import invalid
from dbtrack.serve.routes import schemas
from dbtrack.serve.run_report import ReportRows, run_report
from dbtrack.serve.services import Services
from dbtrack.status import Status

_PATHS = {
    "error_list": "errors",
    "errors": "errors/causes",
    "open_error_list": "errors/open",
    "open_errors": "errors/open/causes",
    "dashboard_by_tenant": "dashboard/tenants",
    "performance_by": "performance/by",
    "never_changed": "history/never",
    "evidence_population": "evidence/population",
    "evidence_exceptions": "evidence/exceptions",
    "class_suggestions": "classes/suggestions",
    "class_access": "classes/access",
    "access_changes": "access_review/changes",
}
"""Where the path of a report is not its name: `errors` lists single errors, as get_recent_errors does."""
# A token has no executions of its own; the others are parts of /executions/{key} and /tenants/{tenant}.
_WITHOUT_ROUTE = {"own"}
_COMPOSED = {"show", "tenant show"}
_PAGE_ROWS = 100
_MOST_ROWS = 1000
_MOST = {ParameterKind.DAYS: 36_500, ParameterKind.HOURS: 876_000, ParameterKind.LIMIT: _MOST_ROWS}
_LONGEST_WORD = 1000
# PostgreSQL has no NUL in text.
_WORD = r"^[^\x00]*$"


def report_router() -> APIRouter:
    """Return the routes of all reports that have one."""
    router = APIRouter(tags=["Reports"])
    for report in REPORTS.values():
        if report.name not in _WITHOUT_ROUTE and report.part_of not in _COMPOSED:
            router.add_api_route(
                f"/{_PATHS.get(report.name, report.name)}",
                _endpoint(report),
                methods=["GET"],
                name=report.name,
                summary=report.summary,
                response_class=Response,
                responses=schemas.responses(schemas.report_data(report)),
            )
    return router


def report_body(result: ReportRows) -> bytes:
    """Return the body of the answer with the rows of a report."""
    data: dict[str, Any] = {
        "report": result.report.name,
        "columns": [_column(column) for column in result.columns],
        "rows": result.objects(),
    }
    if result.report.in_pages:
        data["next"] = result.after
    count = len(result.rows)
    return success_body(f"{result.report.title}: {count} {'row' if count == 1 else 'rows'}", data)


def _column(column: Column) -> dict[str, str]:
    described = {"name": column.name, "type": json_type(column.kind), "kind": column.kind.value}
    return described | ({"unit_column": column.unit_column} if column.unit_column else {})


def _endpoint(report: Report) -> Callable[..., Awaitable[Response]]:
    names = {parameter.name for parameter in report.parameters} | ({"after"} if report.in_pages else set())

    async def answer(request: Request, **values: Any) -> Response:
        services, credentials = Services.of(request), credentials_of(request)
        refuse_unknown(request, names)
        page = None
        if report.in_pages:
            page = Page(values.pop("limit") or _PAGE_ROWS, values.pop("after"))
        answer = await run_report(
            services, credentials, report.name, values, report_body, page=page, fresh=wants_fresh(request)
        )
        return json_answer(answer.body, headers=answer.headers)

    parameters = [Argument("request", Argument.KEYWORD_ONLY, annotation=Request)]
    parameters += [_argument(parameter) for parameter in report.parameters]
    if report.in_pages:
        after = Query(
            description="The `next` of the page before.", max_length=200, pattern=r"^[A-Za-z0-9_-]+$"
        )
        parameters.append(
            Argument("after", Argument.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, after])
        )
    answer.__dict__["__signature__"] = Signature(parameters)
    answer.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    answer.__name__ = report.name
    answer.__doc__ = report.summary
    return answer


def refuse_unknown(request: Request, names: set[str]) -> None:
    """Refuse a parameter that the route does not have, or one that is given twice.

    Raises:
        ApiError: a misspelt restriction would otherwise show more than was asked for.
    """
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise invalid(f"there is no parameter {name[:100]!r}; there are: {known}")
    if len(given) != len(set(given)):
        raise invalid("a parameter is given more than once")


def _argument(parameter: Parameter) -> Argument:
    default = Argument.empty if parameter.required else parameter.default
    choices = [*map(str, Status)] if parameter.kind is ParameterKind.STATUS else list(parameter.choices)
    help_text = parameter.help or "Only executions with this status."
    if parameter.kind in _MOST:
        if parameter.kind is ParameterKind.LIMIT:
            default = _PAGE_ROWS
        query = Query(description=help_text.replace("--", ""), ge=1, le=_MOST[parameter.kind])
        return Argument(
            parameter.name, Argument.KEYWORD_ONLY, default=default, annotation=Annotated[int, query]
        )
    if parameter.kind is ParameterKind.FLAG:
        flag = Query(description=help_text)
        return Argument(
            parameter.name, Argument.KEYWORD_ONLY, default=False, annotation=Annotated[bool, flag]
        )
    query = Query(
        description=help_text.replace("--", ""),
        min_length=1,
        max_length=_LONGEST_WORD,
        pattern=_WORD,
        json_schema_extra={"enum": choices} if choices else None,
    )
    annotation = Annotated[str, query] if parameter.required else Annotated[str | None, query]
    return Argument(parameter.name, Argument.KEYWORD_ONLY, default=default, annotation=annotation)
