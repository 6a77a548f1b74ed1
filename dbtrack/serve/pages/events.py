"""The stream of the first page: blocks that changed, the server's time, and the end."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC

from dbtrack.documents.markup import exact_time
from dbtrack.serve.pages.live import Feed
from dbtrack.serve.pages.now import BLOCKS, Now
from dbtrack.serve.services import Services

_SECONDS_BETWEEN_BEATS = 15.0
_SECONDS_BETWEEN_LOOKS = 1.0
_END = "Your token has expired or was revoked."


def event(name: str, data: object) -> str:
    """Return one server-sent event; data other than text is sent as JSON."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    lines = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return f"event: {name}\n{lines}\n"


def title(now: Now) -> str:
    """Return the page's title: first what needs somebody."""
    count = f"✘ {now.failures} · " if now.failures else ""
    return f"{count}{now.recent.place.database} · dbtrack"


class Stream:
    """What one browser was sent, and what it is to be sent next."""

    def __init__(self, feed: Feed, version: str) -> None:
        """Begin a stream.

        Args:
            feed: what is watched.
            version: of the page that the browser has; another one is sent whole.
        """
        self._feed = feed
        self._sent: Mapping[str, str] = {}
        self._failures: frozenset[bytes] | None = None
        self._title = ""
        self._beat_at = float("-inf")
        self._lost: str | None = None
        now = feed.now
        if now is not None and version == now.version:
            self._sent = _digests(now)
            self._failures, self._title = _failure_keys(now), title(now)

    async def events(self, services: Services) -> AsyncIterator[str]:
        """Yield events until the token or the server ends."""
        # Browsers that lost the same server do not all come back in the same second.
        yield f"retry: {3000 + secrets.randbelow(4000)}\n\n"
        async with self._feed.watched():
            while not services.stopping.is_set():
                count = self._feed.count
                for text in self._news():
                    yield text
                if self._feed.ended:
                    yield event("end", _END)
                    return
                await self._feed.moved(count, _SECONDS_BETWEEN_LOOKS)

    def _news(self) -> list[str]:
        now = self._feed.now
        news = [] if now is None else self._changes(now)
        if self._feed.lost != self._lost or time.monotonic() - self._beat_at >= _SECONDS_BETWEEN_BEATS:
            self._lost, self._beat_at = self._feed.lost, time.monotonic()
            news.append(event("beat", self._beat(now)))
        return news

    def _changes(self, now: Now) -> list[str]:
        digests = _digests(now)
        news = [
            event("block", {"id": name, "html": now.blocks[name].html})
            for name in BLOCKS
            if self._sent.get(name) != digests[name]
        ]
        self._sent = digests
        if title(now) != self._title:
            self._title = title(now)
            news.append(event("title", self._title))
        failures = _failure_keys(now)
        if self._failures is not None and failures - self._failures:
            newest = now.trouble.causes[0]
            news.append(event("say", f"New failure: {(newest.parent_name or newest.name)[:100]}"))
        self._failures = failures
        return news

    def _beat(self, now: Now | None) -> dict[str, str | None]:
        moment = self._feed.clock().astimezone(UTC)
        seen = now.recent.place.read_at if now else moment
        return {
            "now": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            "seen": f"{seen.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "until": exact_time(seen),
            "version": now.version if now else "",
            "lost": self._lost,
        }


def _digests(now: Now) -> dict[str, str]:
    return {name: now.blocks[name].digest for name in BLOCKS}


def _failure_keys(now: Now) -> frozenset[bytes]:
    return frozenset(cause.key for cause in now.trouble.causes if cause.repaired_at is None)
