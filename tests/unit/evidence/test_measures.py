"""The sentences of the measures: singular and plural, and digits in groups."""

from __future__ import annotations

from dbtrack.evidence.facts import Facts
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.model import ExceptionKind, KindCount, Totals
from dbtrack.evidence.words import signed_words
from tests.support.evidence_document import evidence_document


def facts(totals: Totals, **counts: int | None) -> Facts:
    kinds = {kind: KindCount(kind, 0, 0) for kind in ExceptionKind}
    return Facts(evidence_document().scope, totals, kinds, [], {}, [], 0, {}, counts, 3)


def test_numbers_stand_with_the_right_words() -> None:
    many = facts(
        Totals(changes=1061, with_ticket=1050, in_pipeline=1050),
        administrators=1,
        readers=1200,
        accesses=1,
        tenants=1,
    )
    assert MEASURES["approvals"](many).sentence.startswith("1,050 of 1,061 changes name a ticket and 0 ")
    assert MEASURES["pipeline"](many).sentence.startswith("1,050 of 1,061 changes came")
    access = MEASURES["access"](many).sentence
    assert access.startswith("Now 1 login administers the record and 1,200 may read it")
    assert "; 1 time in the period" in access
    assert MEASURES["tenants"](many).sentence.startswith("1 tenant is known")
    assert MEASURES["reviews"](many).sentence.startswith("3 reviews signed, none was due; ")


def test_reviews_that_were_signed() -> None:
    assert signed_words(1, 4) == "1 review of 4 due signed"
    assert signed_words(3, 0) == "3 reviews signed, none was due"
    assert signed_words(3, None) == "3 reviews signed"
