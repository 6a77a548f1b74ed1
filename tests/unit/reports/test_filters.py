"""What the words of a filter stand for, before a server is asked."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest

from dbtrack import sql_files
from dbtrack.errors import UsageError
from dbtrack.reports import REPORTS
from dbtrack.reports.filters import described, like_pattern, object_patterns, split_words
from dbtrack.reports.run import checked_arguments

BLOCK = re.compile(r"^ *-- <filters>\n(.*?)^ *-- </filters>\n", re.DOTALL | re.MULTILINE)


def test_the_condition_is_the_same_wherever_it_is_written() -> None:
    texts = [sql_files.report(name) for name in _REPORTS]
    texts += [sql_files.query(name) for name in ("reports/errors_recorded", *_EXPORTS)]
    blocks = [BLOCK.findall(text) for text in texts]
    assert all(len(found) == 1 for found in blocks)
    assert len({found[0] for found in blocks}) == 1, "change all of them, between <filters> and </filters>"


_REPORTS = ("history", "error_list", "errors", "open_error_list", "open_errors")
_EXPORTS = ("export/executions", "export/objects")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("alice", ["alice"]),
        ("alice,bob", ["alice", "bob"]),
        (["alice", "bob, carol"], ["alice", "bob", "carol"]),
        ("public.f(integer, date),public.t", ["public.f(integer, date)", "public.t"]),
        ('public."a,b"', ['public."a,b"']),
        (r"a\,b", [r"a\,b"]),
        (None, []),
    ],
)
def test_a_comma_list(given: object, words: list[str]) -> None:
    assert split_words(given, "user") == words


@pytest.mark.parametrize("given", ["", "alice,", ",", ["alice", " "]])
def test_an_empty_word_is_refused(given: object) -> None:
    with pytest.raises(UsageError, match="--user has an empty word"):
        split_words(given, "user")


def test_patterns() -> None:
    assert like_pattern("V42*") == "V42%"
    assert like_pattern("a?c") == "a_c"
    assert like_pattern("100%_sure") == r"100\%\_sure"
    assert like_pattern(r"count(\*)") == "count(*)"
    assert like_pattern("a\\\\b") == "a\\\\b"


@pytest.mark.parametrize(
    ("word", "found", "not_found"),
    [
        (
            "public.orders",
            ["public.orders", "public.orders.due_on", "audit on public.orders"],
            ["public.orders_2", "shop.orders", "public.customer", "my_public.orders"],
        ),
        (
            "orders",
            ["public.orders", "shop.orders.due_on", "shop.orders", "audit on public.orders", "orders"],
            ["public.orders_2", "public.my_orders"],
        ),
        ("due_on", ["public.orders.due_on"], ["public.orders", "public.due_on_date"]),
        ("recalc_totals", ["public.recalc_totals(integer,date)"], ["public.recalc_totals_2(integer)"]),
        (
            "public.f(integer, date)",
            ["public.f(integer,date)", "public.f(integer,pg_catalog.date)"],
            ["public.f(integer)", "public.f(bigint,pg_catalog.date)"],
        ),
        ("f(a.b, character varying)", ["public.f(a.b,character varying)"], ["public.f(pg_catalog.b)"]),
        ("f()", ["public.f()"], ["public.f(integer)"]),
        ("public.recalc_totals(date)", ["public.recalc_totals(date)"], ["public.recalc_totals(integer)"]),
        ("audit", ["audit on public.orders", "public.audit"], ["my_audit on public.orders"]),
        ('public."My Table"', ['public."My Table"'], ["public.my"]),
        ("shop.*", ["shop.orders", "shop.orders.due_on"], ["public.orders", "workshop.orders"]),
    ],
)
def test_an_object_is_also_what_belongs_to_it(word: str, found: list[str], not_found: list[str]) -> None:
    def matches(identity: str) -> bool:
        return any(_like(identity, pattern) for pattern in object_patterns(word))

    assert [identity for identity in found if not matches(identity)] == []
    assert [identity for identity in not_found if matches(identity)] == []


def _like(text: str, pattern: str) -> bool:
    """Match as LIKE does; only backslashes before underscores and percent signs occur here."""
    globbed = re.sub(r"\\?([*?\[])", r"[\1]", pattern)
    globbed = re.sub(r"(?<!\\)%", "*", globbed)
    globbed = re.sub(r"(?<!\\)_", "?", globbed)
    return fnmatchcase(text, globbed.replace("\\", ""))


def test_what_is_bound() -> None:
    history = REPORTS["history"]
    nothing = checked_arguments(history, {})
    assert not nothing["is_filtered"]
    assert nothing["user"] is nothing["user_like"] is nothing["object"] is nothing["grep"] is None
    assert nothing["failed"] is False
    given = checked_arguments(
        history, {"user": ["alice"], "name": "V4?", "grep": "Orders", "type": "Migration", "failed": True}
    )
    assert given["is_filtered"]
    assert (given["user"], given["user_like"]) == (["alice"], None)
    assert (given["name"], given["name_like"]) == (None, ["V4_"])
    assert (given["grep"], given["grep_folded"]) == ("Orders", None)
    assert given["type"] == ["Migration", "MIGRATION", "migration"]
    assert checked_arguments(history, {"grep": "orders"})["grep_folded"] == "orders"
    with pytest.raises(UsageError, match="needs a text"):
        checked_arguments(history, {"grep": ""})


def test_what_was_searched_is_said_as_it_was_given() -> None:
    arguments = {"user": ["alice", "bob"], "failed": True, "slow": False, "days": 7, "tenant": "acme"}
    assert described(REPORTS["history"], arguments) == ["user alice,bob", "failed", "tenant acme"]
