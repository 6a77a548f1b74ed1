"""The sentences of the measures: singular and plural, and digits in groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dbtrack.evidence.facts import Facts
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.model import Completeness, ExceptionKind, KindCount, Support, Totals
from dbtrack.evidence.words import duration_words, signed_words
from tests.support.evidence_document import evidence_document


def facts(totals: Totals, **counts: int | None) -> Facts:
    kinds = {kind: KindCount(kind, 0, 0) for kind in ExceptionKind}
    known = {"record_begins": Completeness("record_begins", "ok", None, "before the period", None)}
    return Facts(evidence_document().scope, totals, kinds, [], known, [], 0, {}, counts, 3)


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
    assert ": 1 time in the period" in access
    assert MEASURES["tenants"](many).sentence.startswith("1 tenant is known")
    assert MEASURES["reviews"](many).sentence.startswith("3 reviews signed, none was due; ")


def test_reviews_that_were_signed() -> None:
    assert signed_words(1, 4) == "1 review of 4 due signed"
    assert signed_words(3, 0) == "3 reviews signed, none was due"
    assert signed_words(3, None).startswith("3 reviews signed; no review is ever due")


def test_a_length_of_time_has_no_unit_that_is_zero() -> None:
    for seconds, words in ((59, "59 s"), (1140, "19 min"), (7200, "2 h"), (7500, "2 h 5 min")):
        assert duration_words(timedelta(seconds=seconds)) == words
    assert duration_words(timedelta(days=365)) == "365 d"
    assert duration_words(timedelta(days=3, hours=4)) == "3 d 4 h"


def test_changes_that_are_judged_by_no_kind_are_said_so_that_the_numbers_add_up() -> None:
    drawn = facts(Totals(changes=10, in_pipeline=8))
    assert "2 other changes are not judged by this: DDL that failed" in MEASURES["pipeline"](drawn).sentence
    assert "not judged" not in MEASURES["pipeline"](facts(Totals(changes=8, in_pipeline=8))).sentence


def test_nothing_is_supported_by_a_period_that_the_record_does_not_have() -> None:
    of_the_period = {
        *("population", "completeness", "attribution", "approvals", "pipeline"),
        *("privileges", "capture", "emergencies", "failures"),
    }
    drawn = facts(Totals(changes=0))
    begins_late = Completeness("record_begins", "missing", None, "later", None)
    for status, most in (("missing", Support.NOT_SHOWN), ("part", Support.IN_PART)):
        begins = Completeness("record_begins", status, None, "later", None)
        later = replace(drawn, completeness={"record_begins": begins})
        for name in of_the_period:
            answer = MEASURES[name](later)
            assert answer.status in {most, Support.NOT_SHOWN}, name
            assert (answer.sentence == "Nothing of the period is in the record.") is (status == "missing")
    imported = replace(facts(Totals(changes=3, with_ticket=3)), completeness={"record_begins": begins_late})
    for name in of_the_period:
        answer = MEASURES[name](imported)
        assert answer.status is not Support.SUPPORTS
        assert answer.sentence.startswith("The record began after the period: this is about what was brought")
    for name in ("attribution", "approvals", "pipeline"):
        answer = MEASURES[name](drawn)
        assert answer.status is Support.NOT_SHOWN, "all of no changes show nothing"
        assert answer.sentence == "No change of the period is in the record."


def test_names_in_an_answer_keep_their_capitals() -> None:
    known = {
        "record_begins": Completeness("record_begins", "ok", None, "before the period", None),
        "digests": Completeness("digests", "ok", 1, "the last digest left to an S3 bucket", None),
    }
    drawn = replace(facts(Totals(changes=1)), completeness=known)
    assert MEASURES["integrity"](drawn).sentence == "The last digest left to an S3 bucket."


def test_who_can_write_the_record_is_measured_and_not_promised() -> None:
    none = MEASURES["access"](facts(Totals(), writers=0))
    assert "No login but superusers can write its tables directly" in none.sentence
    some = MEASURES["access"](facts(Totals(), writers=2))
    assert "Beside superusers, 2 logins can write its tables directly." in some.sentence
    unknown = MEASURES["access"](facts(Totals()))
    assert "None" not in unknown.sentence
    assert {none.status, some.status, unknown.status} == {Support.IN_PART}


def test_the_day_on_which_the_record_begins_is_in_the_zone_of_the_document() -> None:
    drawn = facts(Totals(), retention_days=365)
    begins = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    drawn = replace(drawn, scope=replace(drawn.scope, record_begins=begins))
    assert "The record begins on 1 Jan 2026." in MEASURES["retention"](drawn).sentence
