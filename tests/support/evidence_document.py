"""An evidence document with everything in it that a writer has to write."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dbtrack.evidence.framework_files import find_framework
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.model import (
    Change,
    Completeness,
    ControlAnswer,
    DataFile,
    Evidence,
    EvidenceException,
    ExceptionKind,
    Gap,
    KindCount,
    Review,
    Sample,
    SampledChange,
    Scope,
    Support,
    Totals,
)

ZONE = ZoneInfo("Europe/Berlin")
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=ZONE), datetime(2027, 1, 1, tzinfo=ZONE)
DIGEST = hashlib.sha256(b"data").hexdigest()
HOSTILE = (
    '#panic("x") $x$ *b* _i_ `r` <a> @b // [x] \\',
    "a\u202egro.ecived",
    "患者テーブル",
    "😀",
    "جدول المرضى",
    "a\nb\x1b[31m",
    "x" * 400,
    "</script><b>",
)
_CHANGE = Change(
    key=b"",
    tenant=None,
    occurred_at=SINCE,
    recorded_at=SINCE,
    script_type="MIGRATION",
    status="COMPLETED",
    subject="V153__lab_codes",
    login="flyway",
    acting_role=None,
    application="psql",
    client_address="10.1.4.22",
    ticket="CHG-4103",
    reason=None,
    approved_by="carol",
    pull_request=None,
    ci_run_url=None,
    ci_actor=None,
    git_commit=None,
    git_author=None,
    is_emergency=False,
    is_pipeline=True,
    record_source="dbtrack_cli",
    version_number=1,
    exceptions=(),
)


def evidence_document(
    framework: str = "hipaa",
    *,
    subjects: Sequence[str] = ("ALTER TABLE clinic.patient", "V153__lab_codes"),
    sampled: int = 25,
    exceptions: int = 17,
) -> Evidence:
    """Return the evidence of a year for a framework that dbtrack brings.

    Args:
        subjects: what was changed, taken in turn.
    """
    read = find_framework(framework, None, MEASURES)
    found = [_exception(number, subjects) for number in range(1, exceptions + 1)]
    changes = [_change(number, subjects) for number in range(sampled)]
    answers = [
        ControlAnswer(
            control, Support.IN_PART if control.limit else Support.SUPPORTS, "5,284 changes were recorded."
        )
        for control in read.controls
    ]
    return Evidence(
        _scope(),
        read,
        Totals(
            5284,
            5259,
            25,
            5230,
            5270,
            5268,
            3,
            96,
            7,
            {"acme": 5000, "(none)": 284},
            {f"2026-{month:02d}": 300 + 40 * month for month in range(1, 13)},
        ),
        [_kind(kind, found) for kind in ExceptionKind],
        found,
        [
            Gap(
                SINCE + timedelta(days=225),
                None,
                False,
                "ALTER EVENT TRIGGER et_sql_drop DISABLE by postgres",
            )
        ],
        [
            Completeness("capture_on", "missing", 99.9, "for 8,759 h 41 min of 8,760 h", None),
            Completeness("reconcile_after", "part", 1, "1 change, in that gap", UNTIL),
            Completeness("capture_failures", "ok", 0, "0 failures of capture", None),
        ],
        answers,
        Sample(sampled, "20270101", tuple(SampledChange(each, 7, _labels(each)) for each in changes)),
        [
            Review(
                "2026Q3", SINCE, UNTIL, "ines", UNTIL, "Examined all exceptions of the quarter.", "ines_login"
            )
        ],
        4,
        ["Reading and changing of rows.", "That the clock of the server was right."],
        f"dbtrack evidence --framework {framework} --since 2026-01-01 --until 2027-01-01 --sample {sampled} --seed 20270101",
        14,
        25,
        DataFile(f"evidence-clinic-{framework}-20260101-20270101.json", DIGEST, 2_204_112, is_written=True),
        1,
    )


def _scope() -> Scope:
    return Scope(
        "clinic",
        "pg-clinic-1:5432",
        "17.6",
        "7391044215773918",
        SINCE,
        UNTIL,
        ZONE,
        UNTIL + timedelta(days=1, hours=8),
        "auditor_ro",
        None,
        None,
        datetime(2024, 3, 11, tzinfo=UTC),
        ("Only what this login sees.",),
    )


def _change(number: int, subjects: Sequence[str]) -> Change:
    key = hashlib.sha256(str(number).encode()).digest()
    moment = SINCE + timedelta(days=number, hours=number)
    ticket = None if number == 8 else f"CHG-{4100 + number}"
    return replace(
        _CHANGE, key=key, subject=subjects[number % len(subjects)], occurred_at=moment, ticket=ticket
    )


def _labels(change: Change) -> tuple[str, ...]:
    return () if change.ticket else ("E-04",)


def _exception(number: int, subjects: Sequence[str]) -> EvidenceException:
    is_open = number <= 5
    return EvidenceException(
        number,
        list(ExceptionKind)[number % 8],
        None,
        None,
        SINCE + timedelta(days=9 * number),
        subjects[number % len(subjects)],
        "alice" if number % 2 else None,
        "psql from 10.1.4.22",
        is_open,
        None if is_open else "ines",
        None if is_open else UNTIL,
        None if is_open else "incident INC-209",
    )


def _kind(kind: ExceptionKind, found: Sequence[EvidenceException]) -> KindCount:
    of_kind = [each for each in found if each.kind is kind]
    return KindCount(
        kind, len(of_kind), sum(each.is_open for each in of_kind), kind is not ExceptionKind.SHARED_LOGIN
    )
