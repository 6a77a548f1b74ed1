"""The exceptions that a document lists: of a change that is listed, all kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from dbtrack.evidence.draw import MOST_LISTED, _Listed
from dbtrack.evidence.model import EvidenceException, ExceptionKind

_OPEN = EvidenceException(
    1,
    ExceptionKind.NO_TICKET,
    b"",
    None,
    datetime(2026, 1, 1, tzinfo=UTC),
    "x",
    None,
    None,
    True,
    None,
    None,
    None,
)


def test_a_change_that_is_listed_has_all_its_kinds() -> None:
    listed = _Listed(set())
    rare = ExceptionKind.OUTSIDE_PIPELINE
    for number in range(2 * MOST_LISTED):
        change = replace(_OPEN, key=b"%d" % number)
        listed.add(change)
        if number >= MOST_LISTED + 10:
            listed.add(replace(change, kind=rare))
    listed.add(replace(_OPEN, key=None, kind=ExceptionKind.CAPTURE_OFF))
    kinds: dict[bytes | None, set[ExceptionKind]] = {}
    for each in listed.listed():
        kinds.setdefault(each.key, set()).add(each.kind)
    assert kinds[b"99"] == {ExceptionKind.NO_TICKET, rare}
    assert kinds[b"0"] == {ExceptionKind.NO_TICKET}
    assert b"55" not in kinds
    assert kinds[None] == {ExceptionKind.CAPTURE_OFF}
    assert listed.found[ExceptionKind.NO_TICKET] == 2 * MOST_LISTED
