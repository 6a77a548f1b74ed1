"""Post a rehearsal as the comment of a pull request on GitHub, or of a merge request on GitLab.

The comment of an earlier run is found by its marker and changed. Only one of our own is: anybody could write
a comment with the marker, and could change it after us.
"""

from __future__ import annotations

import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from dbtrack.errors import DbtrackError, UsageError
from dbtrack.notify.destination import parse_destination
from dbtrack.notify.http_exchange import Answer, ExchangeError, HttpExchange, Limits
from dbtrack.notify.resolve import RefusedAddressError, ResolutionError
from dbtrack.notify.retry_after import retry_after_seconds
from dbtrack.version import __version__

GITHUB_LIMIT, GITLAB_LIMIT = 65_536, 1_000_000
_LIMITS = Limits(connect_seconds=10.0, total_seconds=30.0, read_bytes=16 << 20)
_MOST_PAGES = 50
_ATTEMPTS = 4
_LONGEST_WAIT = 60.0
_LATER = frozenset({429, 500, 502, 503, 504})
_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*\brel="?next"?')
_PULL = re.compile(r"refs/pull/([1-9]\d{0,9})/")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LARGEST_EVENT = 8 << 20


class NotPostedError(DbtrackError):
    """The comment was not posted. The rehearsal itself is not affected."""


@dataclass(frozen=True)
class Comment:
    """A comment that is there already."""

    number: int
    body: str
    is_own: bool


@dataclass(frozen=True)
class Posted:
    """What was done: a new comment, or an earlier one changed."""

    is_new: bool
    url: str


class Forge(ABC):
    """A service with pull requests.

    Args:
        api: the address of its API.
        token: from the environment; in no message.
        wait: sleeps for so many seconds.
    """

    limit: int
    name: str

    def __init__(self, api: str, token: str, wait: Callable[[float], None] = time.sleep) -> None:
        self._api = api.rstrip("/")
        self._token = token
        self._wait = wait
        self._waited = 0.0

    def post(self, body: str, marker: str) -> Posted:
        """Change the comment with this marker, or write one.

        Raises:
            NotPostedError: the service refuses it, or cannot be reached.
        """
        earlier = next((each for each in self._comments() if marker in each.body and each.is_own), None)
        method, url = self._place(earlier)
        answer = self._request(method, url, {"body": body})
        return Posted(earlier is None, self._shown(answer))

    @abstractmethod
    def _comments(self) -> Iterator[Comment]:
        """Yield the comments that are there."""

    @abstractmethod
    def _place(self, earlier: Comment | None) -> tuple[str, str]:
        """Return by which method and where a comment is changed, or a new one written."""

    @abstractmethod
    def _headers(self) -> Mapping[str, str]:
        """Return the headers that prove who we are."""

    @abstractmethod
    def _advice(self, status: int) -> str | None:
        """Return what to do about a refusal."""

    @abstractmethod
    def _shown(self, written: Any) -> str:
        """Return where a written comment can be seen."""

    def _pages(self, url: str) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list, page by page."""
        following: str | None = url
        for _ in range(_MOST_PAGES):
            if following is None:
                return
            answer = self._answer("GET", following, None)
            document = _document(answer)
            yield from (each for each in document if isinstance(each, dict))
            following = self._next(answer, url)
        raise NotPostedError(f"{self.name}: there are more than {_MOST_PAGES * 100:,} comments")

    def _next(self, answer: Answer, _first: str) -> str | None:
        """Return the next page; never one of another server, which would get the token."""
        match = _NEXT.search(answer.headers.get("link", ""))
        if match is None:
            return None
        if urlsplit(match[1])[:2] != urlsplit(self._api)[:2]:
            raise NotPostedError(f"{self.name}: the list of comments continues at another server")
        return match[1]

    def _request(self, method: str, url: str, body: Mapping[str, Any] | None) -> Any:
        return _document(self._answer(method, url, body))

    def _answer(self, method: str, url: str, body: Mapping[str, Any] | None) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            answer = self._send(method, url, body)
            if 200 <= answer.status < 300:
                return answer
            seconds = self._pause(answer, attempt)
            # A POST that failed on the way may have been done nevertheless.
            if seconds is None or attempt == _ATTEMPTS or (method == "POST" and answer.status >= 500):
                raise self._refusal(answer)
            self._waited += seconds
            self._wait(seconds)

    def _pause(self, answer: Answer, attempt: int) -> float | None:
        """Return how long to wait before the next attempt; None if it is of no use."""
        headers = answer.headers
        is_limited = answer.status == 403 and (
            "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
        )
        if answer.status not in _LATER and not is_limited:
            return None
        asked = retry_after_seconds(headers.get("retry-after"))
        if asked is None and headers.get("x-ratelimit-reset", "").isdigit() and answer.status in {403, 429}:
            asked = max(float(headers["x-ratelimit-reset"]) - time.time(), 0.0)
        seconds = float(2**attempt) if asked is None else max(asked, 0.1)
        return seconds if self._waited + seconds <= _LONGEST_WAIT else None

    def _send(self, method: str, url: str, body: Mapping[str, Any] | None) -> Answer:
        headers = {"User-Agent": f"dbtrack/{__version__}", **self._headers()}
        data = b""
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        destination = parse_destination(
            url, allow_plain=urlsplit(url).hostname in _LOOPBACK, sent="a comment"
        )
        # The address is the CI system's own, which may well be in a private network.
        exchange = HttpExchange(destination, allow_private=True, limits=_LIMITS)
        try:
            return exchange.send(method, headers, data)
        except (ExchangeError, RefusedAddressError, ResolutionError) as error:
            raise NotPostedError(f"{self.name} cannot be reached: {error}") from error
        finally:
            exchange.close()

    def _refusal(self, answer: Answer) -> NotPostedError:
        said = ""
        try:
            document = json.loads(answer.body)
            said = str(document.get("message") or document.get("error") or "")
        except (ValueError, AttributeError):
            pass
        words = f"{answer.status} {answer.reason}" + (f": {said}" if said and said != answer.reason else "")
        return NotPostedError(
            f"{self.name} refuses the comment ({words.replace(self._token, '***')[:300]})",
            hint=self._advice(answer.status),
        )


def _document(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError as error:
        raise NotPostedError(
            "the answer of the API is not JSON", hint="check the address of the API"
        ) from error


class GitHub(Forge):
    """GitHub, and GitHub Enterprise Server.

    Args:
        repository: `OWNER/NAME`.
    """

    limit, name = GITHUB_LIMIT, "GitHub"

    def __init__(self, api: str, token: str, repository: str, number: int, **options: Any) -> None:
        super().__init__(api, token, **options)
        self._repository = f"{self._api}/repos/{quote(repository)}"
        self._number = number

    def _headers(self) -> Mapping[str, str]:
        return {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    def _comments(self) -> Iterator[Comment]:
        login = self._login()
        for each in self._pages(f"{self._repository}/issues/{self._number}/comments?per_page=100"):
            user = each.get("user") or {}
            # The token of a job has no login of its own: its comments are those of a bot.
            is_own = user.get("login") == login if login else user.get("type") == "Bot"
            yield Comment(int(each["id"]), str(each.get("body") or ""), is_own)

    def _login(self) -> str | None:
        answer = self._send("GET", f"{self._api}/user", None)
        if answer.status != 200:
            return None
        document = _document(answer)
        return str(document["login"]) if isinstance(document, dict) and document.get("login") else None

    def _place(self, earlier: Comment | None) -> tuple[str, str]:
        if earlier is None:
            return "POST", f"{self._repository}/issues/{self._number}/comments"
        return "PATCH", f"{self._repository}/issues/comments/{earlier.number}"

    def _advice(self, status: int) -> str | None:
        if status in {403, 404}:
            return (
                "the token may not write it, as for a pull request from a fork; otherwise give the job "
                "'permissions: pull-requests: write'"
            )
        return "check GITHUB_TOKEN" if status == 401 else None

    def _shown(self, written: Any) -> str:
        return str(written.get("html_url", "")) if isinstance(written, dict) else ""


class GitLab(Forge):
    """GitLab, of any host.

    Args:
        project: its number, or its path.
        number: of the merge request, as in its URL.
    """

    limit, name = GITLAB_LIMIT, "GitLab"

    def __init__(self, api: str, token: str, project: str, number: int, **options: Any) -> None:
        super().__init__(api, token, **options)
        self._notes = f"{self._api}/projects/{quote(project, safe='')}/merge_requests/{number}/notes"

    def _headers(self) -> Mapping[str, str]:
        return {"PRIVATE-TOKEN": self._token}

    def _comments(self) -> Iterator[Comment]:
        login = self._request("GET", f"{self._api}/user", None).get("username")
        for each in self._pages(f"{self._notes}?per_page=100&order_by=created_at&sort=asc"):
            is_own = (each.get("author") or {}).get("username") == login
            yield Comment(int(each["id"]), str(each.get("body") or ""), is_own)

    def _place(self, earlier: Comment | None) -> tuple[str, str]:
        return ("POST", self._notes) if earlier is None else ("PUT", f"{self._notes}/{earlier.number}")

    def _next(self, answer: Answer, first: str) -> str | None:
        page = answer.headers.get("x-next-page", "").strip()
        return f"{first}&page={page}" if page.isdigit() else None

    def _advice(self, status: int) -> str | None:
        if status in {401, 403, 404}:
            return "DBTRACK_GITLAB_TOKEN needs the scope api and the role Reporter; a fork does not get it"
        return None

    def _shown(self, written: Any) -> str:
        return f"note {written.get('id')}" if isinstance(written, dict) else ""


@dataclass(frozen=True)
class _Found:
    """What a job's environment says; what is missing is empty."""

    values: Mapping[str, str] = field(repr=False)

    def need(self, *names: str) -> str:
        value = next((self.values[name] for name in names if self.values.get(name)), "")
        if not value:
            raise UsageError(
                f"--post: {' or '.join(names)} is not set", hint="it posts from a job of GitHub or GitLab"
            )
        return value


def forge_of(environ: Mapping[str, str], **options: Any) -> Forge:
    """Return the service that runs this job, with the pull request that it is for.

    Raises:
        UsageError: it runs elsewhere, or a variable is missing.
        NotPostedError: it runs for no pull request, or without a token.
    """
    found = _Found(environ)
    if environ.get("GITLAB_CI"):
        if not environ.get("CI_MERGE_REQUEST_IID", "").isdigit():
            raise NotPostedError("this job is for no merge request")
        token = environ.get("DBTRACK_GITLAB_TOKEN") or environ.get("GITLAB_TOKEN")
        if not token:
            raise NotPostedError(
                "there is no DBTRACK_GITLAB_TOKEN", hint="a pipeline for a fork does not get it"
            )
        # A merge request is in the project that it is for, whichever runs the pipeline.
        project = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or found.need("CI_PROJECT_ID")
        return GitLab(
            found.need("CI_API_V4_URL"), token, project, int(environ["CI_MERGE_REQUEST_IID"]), **options
        )
    if environ.get("GITHUB_ACTIONS"):
        number = _pull_number(environ)
        if number is None:
            raise NotPostedError("this job is for no pull request")
        token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN")
        if not token:
            raise NotPostedError("there is no GITHUB_TOKEN", hint="env: GITHUB_TOKEN: ${{ github.token }}")
        api = environ.get("GITHUB_API_URL") or "https://api.github.com"
        return GitHub(api, token, found.need("GITHUB_REPOSITORY"), number, **options)
    raise UsageError(
        "--post: this job runs neither on GitHub nor on GitLab", hint="give --format markdown, and post that"
    )


def _pull_number(environ: Mapping[str, str]) -> int | None:
    if match := _PULL.match(environ.get("GITHUB_REF", "")):
        return int(match[1])
    path = Path(environ.get("GITHUB_EVENT_PATH") or "")
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_EVENT:
            return None
        event = json.loads(path.read_text(encoding="utf-8"))
        number = (event.get("pull_request") or {}).get("number")
    except (OSError, ValueError, AttributeError):
        return None
    return number if isinstance(number, int) else None
