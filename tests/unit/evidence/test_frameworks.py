"""The frameworks that dbtrack brings: each loads, asks for measures that exist, and claims no more than it may."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from dbtrack.evidence.controls import answers
from dbtrack.evidence.facts import Facts
from dbtrack.evidence.framework_files import framework_files, read_framework
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.model import (
    Completeness,
    ControlAnswer,
    ExceptionKind,
    Framework,
    KindCount,
    Review,
    Scope,
    Support,
    Totals,
)
from dbtrack.evidence.retention import asked_days

if TYPE_CHECKING:
    from dbtrack.db import Database

BROUGHT = framework_files(None)
ROOT = Path(__file__).parents[3]
COPYRIGHTED = {"pci", "soc2", "iso27001"}


@pytest.fixture(params=sorted(BROUGHT))
def framework(request: pytest.FixtureRequest) -> Framework:
    return read_framework(BROUGHT[request.param], MEASURES)


def own_words(framework: Framework) -> list[str]:
    """Return what dbtrack says itself: everything but what is quoted."""
    texts = [framework.title, framework.retention or "", framework.checked_against or ""]
    for control in framework.controls:
        texts += [control.title, control.wording or "", control.limit or "", control.checked_against or ""]
        texts += [] if control.quoted else [control.text]
    return texts


def test_the_eight_frameworks_are_there() -> None:
    assert set(BROUGHT) == {"hipaa", "gdpr", "sox", "pci", "soc2", "iso27001", "dora", "nis2"}


def test_a_file_is_named_as_its_framework_and_names_an_official_source(framework: Framework) -> None:
    assert BROUGHT[framework.name].stem == framework.name
    assert framework.version >= 1
    assert framework.source.startswith("https://")
    assert len(framework.controls) >= 5


def test_a_text_that_was_compared_says_when_and_with_what(framework: Framework) -> None:
    if framework.checked is None:
        assert framework.checked_against is None
        assert not any(control.checked_against for control in framework.controls)
    else:
        assert date.fromisoformat(framework.checked) >= date(2026, 11, 27)
        assert framework.checked_against


def test_nothing_claims_that_anybody_is_compliant(framework: Framework) -> None:
    found = [
        text
        for text in own_words(framework)
        if re.search(r"\bcompl(iant|iance|ies|y)\b", text, re.IGNORECASE)
    ]
    assert found == []


def test_texts_under_copyright_are_paraphrased_and_short(framework: Framework) -> None:
    paraphrased = [control for control in framework.controls if not control.quoted]
    if framework.name in COPYRIGHTED:
        assert len(paraphrased) == len(framework.controls)
    assert max((len(control.text) for control in paraphrased), default=0) <= 300


def test_a_limit_is_a_sentence_and_no_control_is_answered_by_what_is_not_there(framework: Framework) -> None:
    for control in framework.controls:
        assert control.limit is None or control.limit.endswith("."), control.paragraph
        # Where nothing is classified, the others still answer; which data are meant is never shown.
        if "classified" in control.measures:
            assert control.limit, control.paragraph
            assert len(control.measures) > 1, control.paragraph
        assert control.measures or control.sql


def test_what_a_framework_asks_to_keep_names_a_paragraph_that_is_listed(framework: Framework) -> None:
    if framework.retention is not None:
        assert framework.retention.rpartition(", ")[2] in {
            control.paragraph for control in framework.controls
        }


def test_reading_and_writing_of_rows_is_never_said_to_be_shown(framework: Framework) -> None:
    """What asks for all activity, or all actions of somebody, has a limit."""
    asked = re.compile(
        r"\ball (individual|actions|access|privileged)\b|record and examine activity|log activities",
        re.IGNORECASE,
    )
    without = [
        control.paragraph
        for control in framework.controls
        if asked.search(control.text) and not control.limit
    ]
    assert without == []


def test_the_documentation_lists_each_framework_with_its_number_of_controls() -> None:
    page = (ROOT / "docs" / "frameworks.md").read_text(encoding="utf-8")
    for name, path in BROUGHT.items():
        row = re.search(rf"^\| `{name}` \| .* \| (\d+) \| ", page, re.MULTILINE)
        assert row, name
        assert int(row[1]) == len(tomllib.loads(path.read_text(encoding="utf-8"))["control"]), name


def perfect_facts(retention_days: int = 2190) -> Facts:
    """Return what is found where nothing is wrong, so that every measure supports what it can."""
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    scope = Scope(
        "clinic", "localhost", "18", "1", moment, datetime(2026, 10, 1, tzinfo=UTC), UTC,
        datetime(2026, 10, 2, tzinfo=UTC), "auditor", None, None, datetime(2019, 7, 1, tzinfo=UTC),
    )  # fmt: skip
    questions = [
        "record_begins", "period_ended", "capture_on", "capture_failures", "removed", "reconcile_before",
        "reconcile_after", "seals", "unsealed", "verification", "digests", "roles_seen",
    ]  # fmt: skip
    review = Review("2026Q3", moment, scope.until, "ines", scope.until, "Examined.")
    return Facts(
        scope,
        Totals(changes=4, completed=4, in_pipeline=4, with_ticket=4, with_approval=4, logins=1),
        {kind: KindCount(kind, 0, 0) for kind in ExceptionKind},
        [],
        {name: Completeness(name, "ok", 100, "all", None) for name in questions},
        [review],
        1,
        {"shared_logins": "deploy", "access_recording": "on"},
        {
            "retention_days": retention_days,
            "administrators": 1,
            "readers": 1,
            "writers": 0,
            "accesses": 0,
            "tenants": 1,
        },
        1,
    )


def answered(framework: Framework, facts: Facts | None = None) -> list[ControlAnswer]:
    return list(answers(cast("Database", None), framework, facts or perfect_facts(), {}))


def test_attribution_says_how_many_changes_replication_applied() -> None:
    facts = perfect_facts()
    none = MEASURES["attribution"](facts)
    some = MEASURES["attribution"](replace(facts, counts={**facts.counts, "replicated": 2}))
    assert "replicated" not in none.values
    assert some.values["replicated"] == 2
    assert "Replication applied 2 changes here" in some.sentence
    assert some.status is none.status


def test_a_control_about_classes_says_so_where_nothing_is_classified() -> None:
    facts = perfect_facts()
    facts = replace(facts, counts={**facts.counts, "classified": 2, "class_logins": 1})
    for name, paragraph in (
        ("hipaa", "§ 164.308(a)(4)(ii)(C)"), ("gdpr", "Art. 32(1)(b)"), ("iso27001", "A.5.18")
    ):  # fmt: skip
        framework = read_framework(BROUGHT[name], MEASURES)
        (none,) = (each for each in answered(framework) if each.control.paragraph == paragraph)
        (some,) = (each for each in answered(framework, facts) if each.control.paragraph == paragraph)
        assert "No object is classified, as far as this login sees" in none.sentence
        assert "2 objects were classified" in some.sentence
        assert {none.status, some.status} == {Support.IN_PART}


def test_a_control_with_a_limit_is_supported_in_part_at_most_and_the_others_are_supported(
    framework: Framework,
) -> None:
    for answer in answered(framework):
        expected = Support.SUPPORTS if answer.control.limit is None else Support.IN_PART
        assert answer.status is expected, answer.control.paragraph


@pytest.mark.parametrize(
    ("name", "paragraph", "kept", "status"),
    [
        ("hipaa", "§ 164.316(b)(2)(i)", 2190, Support.IN_PART),
        ("hipaa", "§ 164.316(b)(2)(i)", 2189, Support.IN_PART),
        ("pci", "10.5.1", 365, Support.SUPPORTS),
        ("pci", "10.5.1", 364, Support.IN_PART),
    ],
)
def test_a_record_that_is_kept_shorter_than_asked_supports_in_part_and_says_for_how_long(
    name: str, paragraph: str, kept: int, status: Support
) -> None:
    read = read_framework(BROUGHT[name], MEASURES)
    found = {each.control.paragraph: each for each in answered(read, perfect_facts(kept))}[paragraph]
    assert found.status is status
    asked = asked_days(read.retention or "")
    assert asked is not None
    assert ("The framework asks for" in found.sentence) is (kept < asked)


def test_a_record_that_is_younger_than_what_must_be_kept_supports_in_part() -> None:
    facts, read = perfect_facts(365), read_framework(BROUGHT["pci"], MEASURES)
    for days, status in ((364, Support.IN_PART), (365, Support.SUPPORTS)):
        begins = facts.scope.drawn_at - timedelta(days=days)
        young = replace(facts, scope=replace(facts.scope, record_begins=begins))
        found = {each.control.paragraph: each for each in answered(read, young)}["10.5.1"]
        assert found.status is status
        assert ("The record is 364 days old" in found.sentence) is (status is Support.IN_PART)


@pytest.mark.parametrize(
    ("text", "days"),
    [("6y, § 1", 2190), ("12mon", 365), ("90d of it", 90), ("six years", None), ("6yards", None)],
)
def test_how_long_a_framework_asks_to_keep_records_is_read(text: str, days: int | None) -> None:
    assert asked_days(text) == days


def test_the_example_of_the_documentation_is_a_framework(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "frameworks.md").read_text(encoding="utf-8")
    first, second = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert first.count("\n") <= 16
    path = tmp_path / "change-policy.toml"
    path.write_text(f"{first}\n{second}", encoding="utf-8")
    both = read_framework(path, MEASURES)
    assert [control.paragraph for control in both.controls] == ["4.2", "4.7"]
    path.write_text(first, encoding="utf-8")
    (answer,) = answered(read_framework(path, MEASURES))
    said = "4 of 4 changes were approved; 0 by who made them. Changes of this database only."
    assert answer.sentence == said
    assert answer.status is Support.IN_PART
