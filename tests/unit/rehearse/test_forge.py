"""One comment for each pull request, on servers that answer as the APIs of GitHub and GitLab are documented to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dbtrack.errors import UsageError
from dbtrack.rehearse.forge import NotPostedError, forge_of
from tests.support.receiver import Receiver, Reply, Request

_MARKER = "<!-- dbtrack-rehearsal:shop -->"
_TOKEN = "ghs_0123456789abcdef"


@dataclass
class _Comments:
    """The comments of one pull request, and how the API answers about them.

    Args:
        refusals: answered before anything else, one a request that writes.
        login: who the token is; None as for the token of a job, whose comments are those of a bot.
    """

    is_gitlab: bool = False
    login: str | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Reply] = field(default_factory=list)
    base: str = ""

    def add(self, body: str, login: str = "somebody", kind: str = "User") -> None:
        author = {"login": login, "type": kind, "username": login}
        self.entries.append({"id": len(self.entries) + 1, "body": body, "user": author, "author": author})

    def answer(self, request: Request) -> Reply:
        expected = {"private-token": _TOKEN} if self.is_gitlab else {"authorization": f"Bearer {_TOKEN}"}
        assert expected.items() <= request.headers.items()
        parts = urlsplit(request.path)
        if parts.path.endswith("/user"):
            found = {"username": self.login, "login": self.login}
            return _reply(found) if self.login else Reply(403, body=b'{"message": "Resource not accessible"}')
        if request.method == "GET":
            return self._page(parts.path, int(parse_qs(parts.query).get("page", ["1"])[0]))
        if self.refusals:
            return self.refusals.pop(0)
        body = request.document["body"]
        if request.method == "POST":
            self.add(body, self.login or "github-actions[bot]", "Bot")
            return _reply({**self.entries[-1], "html_url": "https://example.com/pull/7#1"}, 201)
        assert request.method == ("PUT" if self.is_gitlab else "PATCH")
        number = int(parts.path.rpartition("/")[2])
        self.entries[number - 1]["body"] = body
        return _reply(self.entries[number - 1])

    def _page(self, path: str, page: int) -> Reply:
        found = self.entries[(page - 1) * 100 : page * 100]
        more = len(self.entries) > page * 100
        headers = {}
        if self.is_gitlab:
            headers["X-Next-Page"] = str(page + 1) if more else ""
        elif more:
            headers["Link"] = (
                f'<{self.base}{path}?per_page=100&page={page + 1}>; rel="next", '
                f'<{self.base}{path}?per_page=100&page=9>; rel="last"'
            )
        return _reply(found, headers=headers)


def _reply(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, headers or {}, json.dumps(document).encode())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


def _github(receiver: Receiver, comments: _Comments) -> dict[str, str]:
    comments.base = receiver.url(path="")
    receiver.answer = comments.answer
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": comments.base,
        "GITHUB_REPOSITORY": "shop/backend",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_TOKEN": _TOKEN,
    }


def _gitlab(receiver: Receiver, comments: _Comments) -> dict[str, str]:
    comments.is_gitlab, comments.login = True, "project_3_bot"
    receiver.answer = comments.answer
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": receiver.url(path="/api/v4"),
        "CI_PROJECT_ID": "9",
        "CI_MERGE_REQUEST_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "7",
        "DBTRACK_GITLAB_TOKEN": _TOKEN,
    }


@pytest.mark.parametrize("system", [_github, _gitlab])
def test_the_next_run_changes_the_comment_of_the_first(receiver: Receiver, system: Any) -> None:
    comments = _Comments()
    environment = system(receiver, comments)
    for number in range(230):
        comments.add(f"comment {number}")
    # Whoever writes the marker into a comment of his own could change it after us.
    comments.add(f"{_MARKER} forged", "mallory")
    first = forge_of(environment).post(f"{_MARKER}\nfirst", _MARKER)
    assert first.is_new
    comments.add("a later one")
    second = forge_of(environment).post(f"{_MARKER}\nsecond", _MARKER)
    assert not second.is_new
    own = [each["body"] for each in comments.entries if _MARKER in each["body"]]
    assert own == [f"{_MARKER} forged", f"{_MARKER}\nsecond"]
    place = (
        "/repos/shop/backend/issues/" if system is _github else "/api/v4/projects/3/merge_requests/7/notes"
    )
    assert all(place in each.path for each in receiver.requests if not each.path.endswith("/user"))


@pytest.mark.parametrize("system", [_github, _gitlab])
def test_a_fork_may_not_write(receiver: Receiver, system: Any) -> None:
    comments = _Comments()
    environment = system(receiver, comments)
    said = {"message": f"Resource not accessible by integration {_TOKEN}"}
    comments.refusals = [_reply(said, 403)]
    with pytest.raises(NotPostedError, match="403 Forbidden: Resource not accessible") as caught:
        forge_of(environment).post(_MARKER, _MARKER)
    assert "fork" in str(caught.value.hint)
    assert _TOKEN not in str(caught.value)
    assert comments.entries == []


def test_a_limit_of_requests_is_waited_for(receiver: Receiver) -> None:
    comments = _Comments()
    pauses: list[float] = []
    environment = _github(receiver, comments)
    soon = str(int(time.time()) + 20)
    comments.refusals = [
        Reply(429, {"Retry-After": "7"}, b"{}"),
        Reply(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": soon}, b"{}"),
    ]
    assert forge_of(environment, wait=pauses.append).post(_MARKER, _MARKER).is_new
    assert pauses[0] == 7
    assert 15 < pauses[1] <= 20
    # A job does not wait for an hour.
    comments.refusals = [Reply(429, {"Retry-After": "3600"}, b"{}")]
    with pytest.raises(NotPostedError, match="429"):
        forge_of(environment, wait=pauses.append).post(_MARKER, _MARKER)
    assert len(pauses) == 2
    # What failed on the way may have been written: it is not written twice.
    comments.entries.clear()
    comments.refusals = [Reply(502, body=b"<html>"), Reply(502, body=b"<html>")]
    with pytest.raises(NotPostedError, match="502"):
        forge_of(environment, wait=pauses.append).post(_MARKER, _MARKER)
    assert len(comments.refusals) == 1


def test_the_token_goes_to_no_other_server(receiver: Receiver) -> None:
    comments = _Comments()
    environment = _github(receiver, comments)
    for number in range(101):
        comments.add(f"comment {number}")
    comments.base = "https://elsewhere.example.com"
    with pytest.raises(NotPostedError, match="another server"):
        forge_of(environment).post(_MARKER, _MARKER)
    plain = environment | {"GITHUB_API_URL": "http://ghe.example.com/api/v3"}
    with pytest.raises(UsageError, match="unencrypted"):
        forge_of(plain).post(_MARKER, _MARKER)


def test_where_there_is_nothing_to_post_to(receiver: Receiver, tmp_path: Any) -> None:
    environment = _github(receiver, _Comments())
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"number": 7}}')
    of_event = environment | {"GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_PATH": str(event)}
    assert forge_of(of_event).post(_MARKER, _MARKER).is_new
    with pytest.raises(NotPostedError, match="no pull request"):
        forge_of(environment | {"GITHUB_REF": "refs/heads/main"})
    with pytest.raises(NotPostedError, match="GITHUB_TOKEN"):
        forge_of(environment | {"GITHUB_TOKEN": ""})
    with pytest.raises(NotPostedError, match="no merge request"):
        forge_of({"GITLAB_CI": "true"})
    with pytest.raises(UsageError, match="neither on GitHub nor on GitLab"):
        forge_of({})
    gone = environment | {"GITHUB_API_URL": "http://127.0.0.1:1"}
    with pytest.raises(NotPostedError, match="cannot be reached"):
        forge_of(gone).post(_MARKER, _MARKER)
