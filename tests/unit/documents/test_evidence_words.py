"""The finding of an evidence document in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dbtrack.documents.evidence_words import headline
from tests.support.evidence_document import evidence_document


def test_the_headline_says_how_much_of_the_period_the_record_covers() -> None:
    evidence = evidence_document()
    scope = evidence.scope
    for begins, words in (
        (None, "nothing of the period is in the record"),
        (scope.until + timedelta(days=1), "nothing of the period is in the record"),
        (scope.since + timedelta(days=1), "the record covers only a part of the period"),
    ):
        drawn = replace(evidence, scope=replace(scope, record_begins=begins))
        assert f"; {words}; " in headline(drawn)
