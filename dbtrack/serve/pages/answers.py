"""Pages as answers: the frame, the headers, and errors that people can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dbtrack.documents.markup import Markups
from dbtrack.errors import DbtrackError
from dbtrack.serve.pages import access
from dbtrack.serve.pages.live import EndedError
from dbtrack.serve.pages.reader import Place
from dbtrack.serve.pages.templating import assets, render
from dbtrack.serve.problems import ApiError, from_dbtrack
from dbtrack.version import __version__

MOST_PAGE_BYTES = 60_000
"""No page is larger."""


def base_of(request: Request) -> str:
    """Return the path under which the pages are served, without a slash at its end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def html(text: str, status: int = 200) -> Response:
    """Return a page, with the policy that lets its own style and script run and nothing else."""
    return Response(
        text.encode("utf-8", "replace"),
        status,
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": assets().policy, "Cache-Control": "no-store"},
    )


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    place: Place | None = None,
    layout: str = "doc",
    longest: int = 200,
) -> str:
    """Render a template in the frame of all pages."""
    now = place.read_at if place else datetime.now(UTC)
    frame = {
        "page": "",
        "words": "",
        "place": place,
        "layout": layout,
        "base": base_of(request),
        "m": Markups(now, longest),
        "can_sign_out": place is not None and access.has_session(request),
        "dbtrack_version": __version__,
    }
    return render(template, {**frame, **values})


def smallest(render_with: Callable[[int], str], sizes: tuple[int, ...]) -> str:
    """Return the first rendering that is small enough to be a page; the last one in any case.

    Args:
        render_with: renders the page with this much in it.
        sizes: how much, the most first.
    """
    text = ""
    for size in sizes:
        text = render_with(size)
        if len(text.encode()) < MOST_PAGE_BYTES:
            break
    return text


class PageRoute(APIRoute):
    """A route whose errors are pages; who is not signed in is sent to the form, and back afterwards."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Return the handler, with errors as pages."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except EndedError:
                return _to_login(request)
            except ApiError as error:
                return _refused(request, error)
            except DbtrackError as error:
                return _refused(request, from_dbtrack(error))

        return answer


def _refused(request: Request, error: ApiError) -> Response:
    if error.status == 401:
        return _to_login(request)
    headings = {403: "You may not see this", 404: "There is no such execution", 429: "Too many requests"}
    heading = headings.get(error.status, "This cannot be shown")
    if error.status >= 500:
        heading = "The database does not answer" if error.status == 503 else "An error"
    is_lost = error.status in (429, 503)
    values = {
        "heading": heading,
        "problem": error.message,
        "hint": None,
        "again": str(request.url.path) if is_lost else f"{base_of(request)}/",
        "again_label": "Try again" if is_lost else "To the first page",
    }
    answer = html(page(request, "message.html", values), error.status)
    answer.headers.update(
        {name: value for name, value in (error.headers or {}).items() if name == "Retry-After"}
    )
    return answer


def _to_login(request: Request) -> Response:
    from urllib.parse import urlencode

    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    query = urlencode({"next": target[:2000]}) if request.method == "GET" and target != "/" else ""
    return RedirectResponse(f"{base_of(request)}/login{'?' if query else ''}{query}", 303)
