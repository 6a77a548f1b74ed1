"""The finding of an evidence document in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dbtrack.documents.evidence_words import (
    checked_words,
    exceptions_status,
    headline,
    moment,
    none_found,
    period_title,
    retention_words,
    scope_facts,
)
from dbtrack.evidence.local_times import in_document_zone, zone_name
from dbtrack.evidence.model import Totals
from tests.support.evidence_document import evidence_document


def test_the_headline_says_how_much_of_the_period_the_record_covers() -> None:
    evidence = evidence_document()
    scope = evidence.scope
    for begins, words in (
        (None, "the record began after the period"),
        (scope.until + timedelta(days=1), "the record began after the period"),
        (scope.since + timedelta(days=1), "the record covers only a part of the period"),
    ):
        drawn = replace(evidence, scope=replace(scope, record_begins=begins))
        assert f"; {words}; " in headline(drawn)
    empty = replace(evidence, scope=replace(scope, record_begins=None), totals=Totals())
    assert "; nothing of the period is in the record; " in headline(empty)


def test_a_time_has_its_year_also_in_the_year_in_which_the_period_ends() -> None:
    scope = evidence_document().scope
    assert moment(scope, scope.until) == "1 Jan 2027 00:00"
    assert moment(scope, datetime(2026, 6, 2, 12, tzinfo=UTC)) == "2 Jun 2026 14:00"


def test_a_period_over_a_change_of_the_clock_names_both_offsets() -> None:
    scope = evidence_document().scope
    assert period_title(scope) == "1 Jan 2026 to 31 Dec 2026, whole days in CET/CEST"
    january = replace(scope, until=scope.since + timedelta(days=31))
    assert period_title(january) == "1 Jan 2026 to 31 Jan 2026, whole days in CET"
    assert zone_name(scope) == "Europe/Berlin"


def test_times_in_the_sentences_of_the_database_are_in_the_zone_of_the_document() -> None:
    scope = evidence_document().scope
    for said, shown in (
        ("(until 2025-08-14 02:29:00+00)", "(until 14 Aug 2025 04:29 CEST)"),
        (
            "made between 2026-01-02T09:32:25.818487+00:00 and 2026-01-02T09:33:00+00:00; by",
            "made between 2 Jan 2026 10:32 CET and 2 Jan 2026 10:33 CET; by",
        ),
        ("deploy 2025-08-14 02:29:00/3", "deploy 2025-08-14 02:29:00/3"),
        ("2025-13-40 02:29:00+00", "2025-13-40 02:29:00+00"),
    ):
        assert in_document_zone(scope, said) == shown


def test_the_framework_is_said_in_words() -> None:
    assert retention_words("12mon, the latest 3mon of them at once available, 10.5.1") == (
        "12 months, the latest 3 months of them at once available, 10.5.1"
    )
    assert retention_words("1y, § 1") == "1 year, § 1"
    for name, words in (
        ("gdpr", "in the framework’s words"),
        ("pci", "paraphrased by dbtrack"),
        ("sox", "in part paraphrased by dbtrack"),
    ):
        evidence = evidence_document(name)
        day = "28 Nov 2026" if name == "pci" else "27 Nov 2026"
        compared = f"compared on {day} with what 1 Scope names"
        assert checked_words(evidence.framework) == f"{words}, {compared}"
        facts = dict(scope_facts(evidence))
        assert facts["its text"].startswith(f"compared on {day} with ")
        assert facts["period"].endswith(": 365 d")


def test_that_none_was_found_is_not_good_where_the_record_has_nothing_of_the_period() -> None:
    evidence = evidence_document(exceptions=0)
    assert (exceptions_status(evidence), exceptions_status(evidence_document())) == ("ok", "missing")
    scope = evidence.scope
    for begins in (None, scope.since + timedelta(days=1), scope.until):
        later = replace(evidence, scope=replace(scope, record_begins=begins))
        assert exceptions_status(later) == "part"
        assert "in what the record has of the period" in none_found(later)
