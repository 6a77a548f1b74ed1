"""The exceptions of the changes, which are read with these: kept on disk until the changes are written."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from tempfile import SpooledTemporaryFile
from typing import Any, Self

from dbtrack.evidence.data_file import canonical
from dbtrack.evidence.model import Change, EvidenceException, ExceptionKind

_MOST_IN_MEMORY = 1 << 20

_OPEN = (None, None, None)

Explained = Mapping[str, Sequence[Any]] | None
# Begins with its place: the time, those without an execution last, the key, the kind as documents order them.
_Found = tuple[datetime, bool, bytes, int, "_Subject", str | None, Sequence[Any]]
_KINDS = [*ExceptionKind]


@dataclass(frozen=True)
class _Subject:
    """What has exceptions: a change, or an event that is not one."""

    key: bytes | None
    tenant: str | None
    occurred_at: datetime
    subject: str
    login: str | None
    classes: tuple[str, ...]

    def found(
        self, kinds: Sequence[str], details: Sequence[str | None], explained: Explained
    ) -> Iterator[_Found]:
        reviews = explained or {}
        numbered = (
            (_KINDS.index(ExceptionKind(kind)), detail) for kind, detail in zip(kinds, details, strict=True)
        )
        for position, detail in sorted(numbered, key=itemgetter(0)):
            # One without a kind explains every exception of the execution.
            review = reviews.get(_KINDS[position]) or reviews.get("") or _OPEN
            yield self.occurred_at, self.key is None, self.key or b"", position, self, detail, review

    def exception(
        self, number: int, kind: ExceptionKind, detail: str | None, review: Sequence[Any]
    ) -> EvidenceException:
        by, at, reason = review
        return EvidenceException(
            number,
            kind,
            self.key,
            self.tenant,
            self.occurred_at,
            self.subject,
            self.login,
            detail,
            is_open=at is None,
            explained_by=by,
            explained_at=None if at is None else datetime.fromisoformat(at),
            explained_reason=reason,
            classes=self.classes,
        )


class KeptExceptions:
    """Takes exceptions in the order of their changes, and gives them back numbered, among others."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_MOST_IN_MEMORY, mode="w+b")  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, change: Change, details: Sequence[str | None], explained: Explained) -> None:
        """Keep the exceptions of a change."""
        of_change = [change.key, change.tenant, change.occurred_at, change.subject, change.login]
        kept = [*of_change, change.classes, change.exceptions, details, explained]
        self._file.write(canonical(kept) + b"\n")

    def numbered(self, others: Iterable[Sequence[Any]]) -> Iterator[EvidenceException]:
        """Yield all in order of time, those of a change together.

        Args:
            others: exceptions that no change is: the rows of `evidence/other_exceptions`.
        """
        merged = heapq.merge(self._kept(), map(_other, others))
        for number, (*_place, position, subject, detail, review) in enumerate(merged, 1):
            yield subject.exception(number, _KINDS[position], detail, review)

    def _kept(self) -> Iterator[_Found]:
        self._file.seek(0)
        for line in self._file:
            key, tenant, at, subject, login, classes, *found = json.loads(line)
            change = _Subject(
                bytes.fromhex(key), tenant, datetime.fromisoformat(at), subject, login, tuple(classes)
            )
            yield from change.found(*found)


def _other(row: Sequence[Any]) -> _Found:
    kind, key, tenant, at, subject, login, classes, detail, explained = row
    execution = None if key is None else bytes(key)
    event = _Subject(execution, tenant, at, subject, login, tuple(classes))
    return next(event.found([kind], [detail], explained))
