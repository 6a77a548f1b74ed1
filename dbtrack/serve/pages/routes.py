"""The addresses of the pages."""

from __future__ import annotations

import time
from datetime import UTC, timedelta
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import RedirectResponse, StreamingResponse

from dbtrack.documents.markup import Markups
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.reports import REPORTS, ParameterKind, Report
from dbtrack.reports.filters import one_object
from dbtrack.serve.identity import Credentials, Identity, acting, credentials_of
from dbtrack.serve.pages import documents, reader, session
from dbtrack.serve.pages.access import ActingReader, note_access, page_credentials, reading
from dbtrack.serve.pages.answers import PageRoute, base_of, html, page, smallest
from dbtrack.serve.pages.events import Stream
from dbtrack.serve.pages.live import Feed
from dbtrack.serve.pages.now import executions_filter
from dbtrack.serve.pages.reader import Place
from dbtrack.serve.problems import ApiError, ErrorCode, forbidden, from_dbtrack, unavailable
from dbtrack.serve.services import Services
from dbtrack.version import __version__

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_MOST_FEEDS = 200
_MOST_WATCHERS = 500
# Whoever has one token must not keep all others from watching.
_MOST_WATCHERS_OF_A_TOKEN = 250
_REPORT_ROWS = 100
_BUDGETS = (12_000, 6_000, 3_000, 1_000)
_LENGTHS = (200, 80, 40, 16)
_PARTS_OF_SHOW = frozenset({"show", "tenant show"})


class Feeds:
    """The feeds of one worker: one for each token."""

    def __init__(self) -> None:
        self._feeds: dict[tuple[str, bytes, str], Feed] = {}

    @staticmethod
    def of(request: Request) -> Feeds:
        """Return those of the worker that answers a request."""
        feeds = getattr(request.app.state, "page_feeds", None)
        if not isinstance(feeds, Feeds):
            feeds = request.app.state.page_feeds = Feeds()
        return feeds

    def feed(self, services: Services, credentials: Credentials, base: str) -> Feed:
        """Return the feed of a token; all its browsers share it."""
        name = (credentials.token_id, credentials.key, base)
        feed = self._feeds.get(name)
        if feed is None or feed.ended:
            self._forget_unwatched()
            feed = self._feeds[name] = Feed(lambda: reading(services, credentials), base)
        return feed

    @property
    def watchers(self) -> int:
        """How many browsers watch."""
        return sum(feed.watchers for feed in self._feeds.values())

    def _forget_unwatched(self) -> None:
        if len(self._feeds) >= _MOST_FEEDS:
            self._feeds = {name: feed for name, feed in self._feeds.items() if feed.watchers}


@router.get("/")
async def show_now(request: Request) -> Response:
    """Show what is now."""
    services, credentials = Services.of(request), page_credentials(request)
    who, _ = await note_access(services, credentials, "page")
    feed = Feeds.of(request).feed(services, credentials, base_of(request))
    now = await feed.current()
    place = now.recent.place
    seen = place.read_at.astimezone(UTC)
    values = {
        "page": "now",
        "blocks": {name: block.html for name, block in now.blocks.items()},
        "version": now.version,
        "lost": feed.lost,
        "as_of": f"{seen:%H:%M:%S}",
        "now_iso": f"{seen:%Y-%m-%dT%H:%M:%SZ}",
        "heading": f"✘ {now.failures} · " if now.failures else "",
        **_reader_values(who.identity),
    }
    return html(page(request, "now.html", values, place=place, layout="live"))


@router.get("/events")
async def stream_events(request: Request, version: str = "") -> Response:
    """Send the blocks of the first page that change."""
    services, credentials = Services.of(request), page_credentials(request)
    await note_access(services, credentials, "page")
    feeds = Feeds.of(request)
    if feeds.watchers >= _MOST_WATCHERS:
        raise unavailable("too many browsers watch this server")
    feed = feeds.feed(services, credentials, base_of(request))
    if feed.watchers >= _MOST_WATCHERS_OF_A_TOKEN:
        raise unavailable("too many browsers watch with this token")
    await feed.current()
    return StreamingResponse(
        Stream(feed, version).events(services),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/session")
async def check_session(request: Request) -> Response:
    """Answer whether the reader is still signed in: 204, 401, or 503 if the database cannot say."""
    try:
        async with acting(Services.of(request), page_credentials(request), counts=False):
            return Response(status_code=204)
    except ApiError as error:
        return Response(status_code=error.status)
    except DbtrackError as error:
        return Response(status_code=from_dbtrack(error).status)


@router.get("/login")
async def show_login(request: Request) -> Response:
    """Show the form that takes a token."""
    return _login(request, request.query_params.get("next"), None)


@router.post("/login")
async def log_in(request: Request) -> Response:
    """Check a token, and give the browser a session."""
    form = await _form(request)
    services, token = Services.of(request), form.get("token", "").strip()
    credentials = credentials_of(request, token)
    try:
        async with acting(services, credentials):
            pass
    except ApiError as error:
        return _login(request, form.get("next"), error)
    answer = RedirectResponse(session.local_path(form.get("next") or f"{base_of(request)}/"), 303)
    kept = session.Session(credentials.token_id, credentials.key)
    session.set_cookie(answer, request, session.seal(kept, services.settings.session_key, time.time()))
    return answer


@router.post("/logout")
async def log_out(request: Request) -> Response:
    """End the browser's session."""
    await _form(request)
    answer = RedirectResponse(f"{base_of(request)}/login", 303)
    session.forget_cookie(answer, request)
    return answer


async def _form(request: Request) -> dict[str, str]:
    """Return what a form of this server sent.

    Raises:
        ApiError: another site sent it.
    """
    if not session.is_same_origin(request):
        raise forbidden("this form was sent by another site")
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(body, max_num_fields=20).items()}


def _login(request: Request, target: str | None, error: ApiError | None) -> Response:
    problem = None
    if error is not None:
        is_unknown = error.status == 401
        problem = "This token is unknown, has expired or was revoked." if is_unknown else error.message
    values = {
        "next": session.local_path(target) if target else "",
        "problem": problem,
        "hours": session.LIFETIME_SECONDS // 3600,
        "dbtrack_version": __version__,
    }
    return html(page(request, "login.html", values), error.status if error else 200)


@router.get("/executions/{key}")
async def show_execution(request: Request, key: Annotated[str, Path(max_length=70)]) -> Response:
    """Show one execution."""
    services, credentials = Services.of(request), page_credentials(request)
    who, is_recorded = await note_access(services, credentials, "show", key)
    async with reading(services, credentials) as source:
        place = await reader.read_place(source)
        document = await reader.read_document(source, key)
    shared = {"page": "history", "is_recorded": is_recorded, **_reader_values(who.identity)}
    markups = Markups(place.read_at)

    def render_with(budget: int) -> str:
        values = documents.execution_values(document, markups, budget)
        longest = 200 if budget > _BUDGETS[1] else 60
        return page(request, "execution.html", {**shared, **values}, place=place, longest=longest)

    return html(smallest(render_with, _BUDGETS))


@router.get("/objects")
async def show_objects(request: Request) -> Response:
    """Show the busiest objects, and a form to find another one."""
    name = request.query_params.get("name", "").strip()
    if name:
        from urllib.parse import quote

        return RedirectResponse(f"{base_of(request)}/objects/{quote(name[:1000], safe='')}", 303)
    services, credentials = Services.of(request), page_credentials(request)
    who, _ = await note_access(services, credentials, "page")
    now = await Feeds.of(request).feed(services, credentials, base_of(request)).current()
    values = {"page": "objects", "block": now.blocks["objects"].html, **_reader_values(who.identity)}
    return html(page(request, "objects.html", values, place=now.recent.place))


@router.get("/objects/{name:path}")
async def show_object(request: Request, name: Annotated[str, Path(max_length=1000)]) -> Response:
    """Show what is recorded of one object."""
    services, credentials = Services.of(request), page_credentials(request)
    who, is_recorded = await note_access(services, credentials, "history")
    if "\x00" in name:  # PostgreSQL has no such names
        raise ApiError(404, ErrorCode.INVALID_REQUEST, "there is no such object")
    async with reading(services, credentials) as source:
        place = await reader.read_place(source)
        days = await reader.read_object(source, name)
        if days is None:
            raise unavailable("the database took too long to find what touched this object")
        since = place.read_at - timedelta(days=90)
        rows = await reader.read_executions(
            source, executions_filter(since=since, limit=20, **one_object(name))
        )
    values = documents.object_values(name, days, rows, place.read_at)
    shared = {"page": "objects", "is_recorded": is_recorded, **_reader_values(who.identity)}
    return html(
        smallest(
            lambda longest: page(request, "object.html", {**shared, **values}, place=place, longest=longest),
            _LENGTHS,
        )
    )


@router.get("/history")
async def show_history(request: Request) -> Response:
    """Show executions by pages."""
    services, credentials = Services.of(request), page_credentials(request)
    asked = documents.Filter.of_query(request.query_params)
    who, is_recorded = await note_access(services, credentials, "history")
    found = await _execution_with_key(services, credentials, asked)
    if found is not None:
        return RedirectResponse(f"{base_of(request)}/executions/{found}", 303)
    async with reading(services, credentials) as source:
        place = await reader.read_place(source)
    problem, rows = None, []
    try:
        async with reading(services, credentials) as source:
            rows = await _history_rows(source, asked, place)
    except UsageError as error:
        problem = str(error)
    except DbtrackError as error:
        answer = from_dbtrack(error)
        if answer.status not in (422, 503) or "reached" in answer.message:
            raise
        problem = answer.message
    nothing = _nothing(asked, place)
    values = documents.history_values(asked, rows, problem=problem, nothing=nothing)
    shared = {
        "page": "failures" if asked.status == "failed" else "history",
        "is_recorded": is_recorded,
        **_reader_values(who.identity),
    }
    return html(
        smallest(
            lambda longest: page(request, "history.html", {**shared, **values}, place=place, longest=longest),
            _LENGTHS,
        ),
        422 if problem else 200,
    )


async def _history_rows(
    source: ActingReader, asked: documents.Filter, place: Place
) -> list[reader.Execution]:
    try:
        _ = asked.day_count
    except ValueError:
        raise UsageError(f"{asked.days} is not a number of days from 1 to 3660") from None
    position = await reader.read_position(source, asked.before) if asked.before else None
    values = asked.values(place.read_at, position)
    rows = await source.attempt(source.query("page/search_executions", values))
    if rows is None:
        raise UsageError("the database took too long to search; ask for fewer days, or for an exact name")
    return [reader.Execution(*row) for row in rows]


async def _execution_with_key(
    services: Services, credentials: Credentials, asked: documents.Filter
) -> str | None:
    """Return the key that the words of a search are, if there is an execution with it."""
    digits = asked.q.removeprefix("\\x").lower()
    if not (8 <= len(digits) <= 64 and all(digit in "0123456789abcdef" for digit in digits)):
        return None
    try:
        async with reading(services, credentials) as source:
            return digits if await reader.read_position(source, digits) else None
    except DbtrackError:
        return None


def _nothing(asked: documents.Filter, place: Place) -> str:
    if place.sees_nothing:
        return "You see no executions: your token, or its login, has no tenant."
    whose = "" if place.sees_all else " of your tenants"
    what = "No execution" if asked.is_empty else "No execution like this"
    try:
        days = asked.day_count
    except ValueError:
        return f"{what}{whose}."
    return f"{what}{whose} in the last {days:,} days."


@router.get("/reports")
async def list_reports(request: Request) -> Response:
    """List all reports."""
    services, credentials = Services.of(request), page_credentials(request)
    who, _ = await note_access(services, credentials, "page")
    async with reading(services, credentials) as source:
        place = await reader.read_place(source)
    values = {"page": "reports", "reports": list(_public_reports()), **_reader_values(who.identity)}
    return html(page(request, "reports.html", values, place=place))


@router.get("/reports/{name}")
async def show_report(request: Request, name: str) -> Response:
    """Show any report of the registry."""
    report = REPORTS.get(name)
    if report is None or report not in _public_reports():
        raise ApiError(404, ErrorCode.INVALID_REQUEST, "there is no such report")
    services, credentials = Services.of(request), page_credentials(request)
    who, _ = await note_access(services, credentials, report.part_of or report.name)
    given = {key: value.strip() for key, value in request.query_params.items() if value.strip()}
    async with reading(services, credentials) as source:
        place = await reader.read_place(source)
    problem, rows = None, []
    try:
        if _is_complete(report, given):
            async with reading(services, credentials) as source:
                rows = await source.report(name, _arguments(report, given))
    except (UsageError, DbtrackError) as error:
        answer = from_dbtrack(error)
        if answer.status != 422:
            raise
        problem = answer.message
    shared = {"page": name, "problem": problem, **_reader_values(who.identity)}

    def render_with(most_rows: int) -> str:
        longest = 200 if most_rows == _REPORT_ROWS else 60
        values = documents.report_values(
            report, rows, given, Markups(place.read_at, longest), most_rows=most_rows, base=base_of(request)
        )
        return page(request, "report.html", {**shared, **values}, place=place, longest=longest)

    return html(smallest(render_with, (_REPORT_ROWS, 50, 20, 5)), 422 if problem else 200)


def _public_reports() -> list[Report]:
    """Return the reports that stand alone; `own` is of a login, and a token has none."""
    return [
        report for report in REPORTS.values() if report.part_of not in _PARTS_OF_SHOW and report.name != "own"
    ]


def _is_complete(report: Report, given: dict[str, str]) -> bool:
    """Return whether there is what the report needs; otherwise the page is a form to fill in."""
    return all(given.get(parameter.name) for parameter in report.parameters if parameter.required)


def _arguments(report: Report, given: dict[str, str]) -> dict[str, object]:
    """Return a report's arguments.

    Raises:
        UsageError: a word stands where a number is needed.
    """
    numbers = (ParameterKind.DAYS, ParameterKind.HOURS, ParameterKind.LIMIT)
    values: dict[str, object] = {}
    for parameter in report.parameters:
        word = given.get(parameter.name)
        if word is not None and parameter.kind in numbers:
            if not word.isdecimal():
                raise UsageError(f"{parameter.name} must be a whole number, not {word[:50]}")
            values[parameter.name] = int(word)
        elif word is not None:
            values[parameter.name] = word
    if any(parameter.kind is ParameterKind.LIMIT for parameter in report.parameters):
        values.setdefault("limit", _REPORT_ROWS + 1)
    return values


def _reader_values(identity: Identity) -> dict[str, str]:
    tenants = identity.tenants
    if tenants is None:
        whose = "all tenants"
    elif len(tenants) == 1:
        whose = f"tenant {tenants[0]}"
    else:
        whose = f"{len(tenants)} tenants"
    return {"reader_name": identity.token_name, "whose": whose}
