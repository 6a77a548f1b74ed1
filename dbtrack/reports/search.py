"""Find executions by text, object or name without reading every row.

`dbtrack maintain` notes which words occur in runs of executions (``sql/routines/search/``). A search asks
where its words may be, reads the rows there, and compares each with the report's own conditions. So it finds
the same as without these notes, whatever they cover. See docs/search.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from dbtrack import sql_files

if TYPE_CHECKING:
    from datetime import datetime

    from dbtrack.db import Database
    from dbtrack.db.async_database import AsyncDatabase

_EXACT = ("name", "user", "app", "ticket")
_PATTERNS = ("name_like", "user_like", "app_like", "object")
_PHRASES = ("grep", "grep_folded")
_MOST_ALTERNATIVES = 128
# Of how many of the latest versions the places are asked for at first, where the report ends with its
# limit; then of eight times as many.
_FIRST_VERSIONS, _GROWTH, _LAST_VERSIONS = 20_000, 8, 2_000_000
_MOST_BUFFERED = 10_000
# Failures have an index of their own, which is quicker than this many versions of all kinds.
_MOST_FOR_FAILURES = 50_000
_WINDOW = ("since", "until", "days", "hours", "after_time", "tenant")
# A word of blocks with letters beyond ASCII in names: there the page, which ignores case as the database
# does, may find others than ours.
_BEYOND_ASCII = "\x01"
_SPECIAL = re.compile(r"\\(.)|([%_])", re.DOTALL)
_READS = re.compile(
    r"-- A search reads only its places(?P<latest>, and a login of some tenants its latest rows)?\.\n"
    r" *FROM script_tracking\.script_execution_s AS s\n"
)
# At first a login asks for more of its tenants' latest rows than a page has: filters leave some out.
_FIRST_LATEST, _LAST_LATEST = 2, 10_000


class Fragment(NamedTuple):
    """A text that what is searched contains; whether what is searched begins, or ends, with it."""

    text: str
    is_start: bool
    is_end: bool


class Places(NamedTuple):
    """Where versions may be that a search finds: a row of the query search/places.

    Args:
        starts: load_date of the first version of each place; None if reading all rows is quicker.
        ends: and of the last.
        load_dates: of each place an array as text, where only some of the versions are read.
        after: executions that began after this are all there; None: all are.
        versions: about how many versions there are to read, with those that are not in these places.
    """

    starts: Sequence[datetime] | None
    ends: Sequence[datetime] | None
    load_dates: Sequence[str | None] | None
    after: datetime | None
    versions: int | None


@dataclass(frozen=True)
class Search:
    """What a report with filters looks for.

    Args:
        alternatives: of fragments: what is found has all fragments of one of these.
        values: of the report's parameters.
        limit: of rows, the latest first; None if the report needs all.
    """

    alternatives: Sequence[Sequence[Fragment]]
    values: Mapping[str, object]
    limit: int | None = None

    @classmethod
    def of(cls, text: str, values: Mapping[str, object], *, is_newest_first: bool) -> Search | None:
        """Return what a report looks for with these values; None if no filter helps to find it.

        Args:
            text: the query, which says whether a search can read its places.
            is_newest_first: the report's rows are executions in this order, and ``limit`` ends them.
        """
        alternatives = _combined(_filters(values)) if _READS.search(text) else []
        if not alternatives:
            return None
        limit = values.get("limit") if is_newest_first else None
        few = isinstance(limit, int) and limit <= _MOST_BUFFERED
        return cls(alternatives, values, limit if few and isinstance(limit, int) else None)

    def steps(self) -> Iterator[int | None]:
        """Yield among how many of the latest versions to look, until there are enough rows; None for all."""
        most = _FIRST_VERSIONS
        while self.limit is not None and most <= _LAST_VERSIONS:
            yield most
            most *= _GROWTH
        yield None

    def asking(self, most_versions: int | None) -> dict[str, object]:
        """Return the values of the query search/places."""
        window = {name: self.values.get(name) for name in _WINDOW}
        window["after_time"] = window["after_time"] or self.values.get("before")
        if not isinstance(window["tenant"], bytes):  # a page has its name; its own condition compares it
            window["tenant"] = None
        return {**window, "alternatives": json.dumps(self.alternatives_json), "most_versions": most_versions}

    @property
    def places_query(self) -> str:
        """The query that returns the places."""
        return sql_files.query("search/places")

    @property
    def alternatives_json(self) -> list[list[dict[str, object]]]:
        """The alternatives as get_search_places takes them."""
        return [[fragment._asdict() for fragment in each] for each in self.alternatives]

    def is_worth(self, places: Places) -> bool:
        """Return whether to read these places, and not the rows of the report's window."""
        if places.starts is None:
            return False
        of_failures = self.values.get("failed") or self.values.get("status") or self.values.get("statuses")
        return not of_failures or (places.versions or 0) <= _MOST_FOR_FAILURES

    def is_enough(self, places: Places, rows: int) -> bool:
        """Return whether so many rows from these places are what the report returns."""
        return places.after is None or (self.limit is not None and rows >= self.limit)


@dataclass(frozen=True)
class Latest:
    """The latest executions of a login that sees some tenants, or of one source of a vault.

    Row security alone would walk back through the rows of all tenants until there are enough.

    Args:
        values: of the report's parameters.
        limit: of rows, the latest first.
    """

    values: Mapping[str, object]
    limit: int

    @classmethod
    def of(cls, text: str, values: Mapping[str, object], *, is_newest_first: bool) -> Latest | None:
        """Return what a report looks for; None if another way is as quick: one tenant, failures, all rows."""
        match = _READS.search(text)
        limit = values.get("limit")
        is_small = isinstance(limit, int) and limit <= _LAST_LATEST
        has_own_index = any(values.get(name) for name in ("tenant", "failed", "status", "as_of"))
        if match is None or not match["latest"] or not is_newest_first or not is_small or has_own_index:
            return None
        return cls(values, limit) if isinstance(limit, int) else None

    def steps(self) -> Iterator[int]:
        """Yield how many of the latest rows to look at, until there are enough."""
        most = _FIRST_LATEST * self.limit
        while most <= max(_LAST_LATEST, _FIRST_LATEST * self.limit):
            yield most
            most *= _GROWTH

    def asking(self, most_versions: int | None) -> dict[str, object]:
        """Return the values of the query of the places."""
        return {**{name: self.values.get(name) for name in _WINDOW}, "most_versions": most_versions}

    def is_worth(self, places: Places) -> bool:
        """Return whether to read these places; not if the login sees everything."""
        return places.starts is not None

    def is_enough(self, places: Places, rows: int) -> bool:
        """Return whether so many rows from these places are what the report returns."""
        return places.after is None or rows >= self.limit

    @property
    def places_query(self) -> str:
        """The query that returns the places."""
        return sql_files.query("search/latest")


def _finder(text: str, values: Mapping[str, object], *, is_newest_first: bool) -> Search | Latest | None:
    return Search.of(text, values, is_newest_first=is_newest_first) or Latest.of(
        text, values, is_newest_first=is_newest_first
    )


def searching(text: str) -> str:
    """Return the query of a report that reads only places, those of `place_values`."""
    reads = "FROM " + sql_files.query("search/versions").partition("\nFROM ")[2]
    return _READS.sub(lambda _: reads, text)


def place_values(places: Places) -> dict[str, object]:
    """Return the parameters that `searching` adds."""
    return {
        "place_starts": places.starts,
        "place_ends": places.ends,
        "place_load_dates": places.load_dates,
        "place_after": places.after,
    }


def search_rows(
    database: Database, text: str, values: Mapping[str, object], *, is_newest_first: bool
) -> Iterator[tuple[Any, ...]]:
    """Run a report's query, and return its rows, which are fetched as they are read.

    Args:
        text: the query; without filters that help, it runs as it is.
        is_newest_first: as in `Search.of`.
    """
    search = _finder(text, values, is_newest_first=is_newest_first)
    if search is None:
        return database.stream(text, values)
    for most in search.steps():
        places = Places(*database.rows(search.places_query, search.asking(most))[0])
        if not search.is_worth(places):
            break
        rows = database.stream(searching(text), {**values, **place_values(places)})
        if most is None or places.after is None:
            return rows
        found = list(rows)
        if search.is_enough(places, len(found)):
            return iter(found)
    return database.stream(text, values)


def searched_query(
    database: Database, text: str, values: Mapping[str, object]
) -> tuple[str, Mapping[str, object]]:
    """Return a query of all executions that the filters find, and its values, with the places of these."""
    search = Search.of(text, values, is_newest_first=False)
    if search is not None:
        places = Places(*database.rows(sql_files.query("search/places"), search.asking(None))[0])
        if search.is_worth(places):
            return searching(text), {**values, **place_values(places)}
    return text, values


async def searched_rows(
    database: AsyncDatabase, text: str, values: Mapping[str, object], *, is_newest_first: bool
) -> list[tuple[Any, ...]]:
    """Run the query of a report or of a page as `search_rows` does, and return all rows."""
    search = _finder(text, values, is_newest_first=is_newest_first)
    if search is None:
        return await database.rows(text, values)
    for most in search.steps():
        places = Places(*(await database.rows(search.places_query, search.asking(most)))[0])
        if not search.is_worth(places):
            break
        rows = await database.rows(searching(text), {**values, **place_values(places)})
        if search.is_enough(places, len(rows)):
            return rows
    return await database.rows(text, values)


def fragments(pattern: str) -> list[Fragment]:
    """Return the texts between the wildcards of a pattern of LIKE."""
    texts, current = [""], 0
    place = 0
    for match in _SPECIAL.finditer(pattern):
        texts[current] += pattern[place : match.start()] + (match[1] or "")
        if match[2]:
            texts.append("")
            current += 1
        place = match.end()
    texts[current] += pattern[place:]
    last = len(texts) - 1
    return [Fragment(text, at == 0, at == last) for at, text in enumerate(texts) if text]


def _filters(values: Mapping[str, object]) -> Iterator[list[list[Fragment]]]:
    """Yield the alternatives of each filter; none where it is not given."""
    for name in _EXACT:
        yield [[Fragment(word, True, True)] for word in _words(values.get(name))]
    for name in _PATTERNS:
        yield [fragments(pattern) for pattern in _words(values.get(name))]
    for name in _PHRASES:
        yield [[Fragment(word, False, False)] for word in _words(values.get(name))]
    phrase = values.get("words")
    if isinstance(phrase, str) and phrase.isascii():
        yield [[Fragment(phrase, False, False)], [Fragment(_BEYOND_ASCII, True, True)]]


def _words(given: object) -> list[str]:
    if given is None:
        return []
    return (
        [given]
        if isinstance(given, str)
        else [str(word) for word in given]
        if isinstance(given, Iterable)
        else []
    )


def _combined(filters: Iterable[list[list[Fragment]]]) -> list[list[Fragment]]:
    """Return the alternatives of all filters together; of as many filters as are not too many."""
    found: list[list[Fragment]] = []
    for alternatives in sorted(filters, key=len):
        # A pattern of wildcards alone says nothing.
        is_usable = alternatives and all(alternatives)
        if is_usable and len(alternatives) * max(1, len(found)) <= _MOST_ALTERNATIVES:
            found = [[*one, *other] for one, other in product(found or [[]], alternatives)]
    return found
