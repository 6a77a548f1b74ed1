"""Opaque cursors: where a page of a report ended."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbtrack.reports import Report
from dbtrack.serve.problems import invalid

_KEY_BYTES = 32


@dataclass(frozen=True)
class Page:
    """Which rows of a report are asked for.

    Args:
        size: the most rows.
        after: the `next` of the page before; None for the first.
    """

    size: int
    after: str | None = None

    def values(self) -> dict[str, object]:
        """Return the parameters of the report's SQL; one row more than asked for shows if there are more.

        Raises:
            ApiError: the cursor is not one that a page returned.
        """
        moment, key = (None, None) if self.after is None else _read(self.after)
        return {"limit": self.size + 1, "in_pages": True, "after_time": moment, "after_key": key}

    def cut(self, report: Report, rows: Sequence[Sequence[Any]]) -> tuple[list[Sequence[Any]], str | None]:
        """Return the rows of the page, and the cursor of the next one; None if this is the last."""
        page = list(rows[: self.size])
        if len(rows) <= self.size:
            return page, None
        names = [column.name for column in report.columns]
        last = dict(zip(names, page[-1], strict=True))
        return page, _written(last["execution_timestamp"], last["execution_key"])


def _written(moment: datetime | str, key: bytes) -> str:
    text = moment if isinstance(moment, str) else moment.isoformat()
    return base64.urlsafe_b64encode(bytes(key) + text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, bytes]:
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        moment = data[_KEY_BYTES:].decode("ascii")
        datetime.fromisoformat(moment)
    except (binascii.Error, ValueError) as error:
        raise invalid("after is not the next of an earlier answer") from error
    return moment, data[:_KEY_BYTES]
