"""Exceptions come back in order of time, numbered, each with the review that explains it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dbtrack.evidence.exceptions import Explained, KeptExceptions
from dbtrack.evidence.model import Change

_NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def _change(key: bytes, minutes: int, *exceptions: str) -> Change:
    values: dict[str, Any] = dict.fromkeys(Change.__dataclass_fields__)
    at = _NOON + timedelta(minutes=minutes)
    values |= {"key": key, "occurred_at": at, "subject": "ALTER TABLE", "exceptions": exceptions}
    return Change(**values | {"login": "ann", "classes": ("pii",)})


def _other(kind: str, key: bytes | None, minutes: int) -> tuple[object, ...]:
    return kind, key, None, _NOON + timedelta(minutes=minutes), "database", None, [], "off", None


def _explained(**by_kind: str) -> Explained:
    return {kind.strip("_"): (who, _NOON.isoformat(), "in order") for kind, who in by_kind.items()}


def test_all_are_in_order_with_those_that_no_change_is() -> None:
    with KeptExceptions() as kept:
        kept.add(_change(b"\2", 1, "outside_pipeline", "no_ticket"), ["psql", None], None)
        kept.add(_change(b"\3", 2, "shared_login"), ["psql"], None)
        others = [_other("capture_off", b"\1", 0), _other("verification_failed", None, 1)]
        found = list(kept.numbered(others))
    assert [(each.number, each.kind.value, each.key) for each in found] == [
        (1, "capture_off", b"\1"),
        (2, "outside_pipeline", b"\2"),
        (3, "no_ticket", b"\2"),
        (4, "verification_failed", None),
        (5, "shared_login", b"\3"),
    ]
    # A detail stays with its kind, and the change with both.
    assert [each.detail for each in found] == ["off", "psql", None, "off", "psql"]
    assert (found[1].login, found[1].classes, found[1].occurred_at) == (
        "ann",
        ("pii",),
        _NOON + timedelta(minutes=1),
    )


def test_a_review_explains_its_kind_before_one_of_all_kinds() -> None:
    with KeptExceptions() as kept:
        kept.add(
            _change(b"\1", 0, "no_ticket", "same_person"), [None, None], _explained(_="eve", no_ticket="zoe")
        )
        kept.add(_change(b"\2", 1, "no_ticket", "same_person"), [None, None], _explained(no_ticket="zoe"))
        found = list(kept.numbered([]))
    assert [(each.explained_by, each.is_open) for each in found] == [
        ("zoe", False),
        ("eve", False),
        ("zoe", False),
        (None, True),
    ]
    assert found[0].explained_at == _NOON
