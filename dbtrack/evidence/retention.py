"""How long a framework asks to keep records, compared with how long they are kept."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from dbtrack.evidence.model import ControlAnswer, Support
from dbtrack.render.readable import counted

_LENGTH = re.compile(r"(\d{1,4})(y|mon|d)\b")
_DAYS = {"y": 365.0, "mon": 365 / 12, "d": 1.0}


def asked_days(retention: str) -> int | None:
    """Return the days of a text that begins with a length: ``6y, § 164.316``; None if it begins otherwise."""
    found = _LENGTH.match(retention)
    return math.ceil(int(found[1]) * _DAYS[found[2]]) if found else None


def against_retention(
    answer: ControlAnswer, retention: str | None, kept_days: int | None, record_days: int | None
) -> ControlAnswer:
    """Return the answer to a control about keeping records: in part if they are not kept long enough.

    Args:
        retention: what the framework asks for; None if it does not say.
        kept_days: how long `dbtrack cleanup` keeps records; None if the login may not see that.
        record_days: how old the record is; None if there is none.
    """
    asked = asked_days(retention) if retention else None
    if asked is None:
        return answer
    said = []
    if kept_days is not None and kept_days < asked:
        said.append(
            f"The framework asks for {counted(asked, 'day')}: set retention.days, or keep archives (dbtrack "
            "cleanup --archive), which this document does not examine."
        )
    if record_days is not None and record_days < asked:
        said.append(
            f"The record is {counted(record_days, 'day')} old: it does not reach back "
            f"{counted(asked, 'day')} yet."
        )
    if not said:
        return answer
    status = Support.IN_PART if answer.status is Support.SUPPORTS else answer.status
    return replace(answer, status=status, sentence=" ".join((answer.sentence, *said)))
