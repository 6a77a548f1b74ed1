"""Mark lines of a change in the forms of CI systems: GitHub's commands, GitLab's report of code quality."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dbtrack.predict.model import Outcome
from dbtrack.rehearse.model import Rehearsal, Rehearsed
from dbtrack.rehearse.words import caution
from dbtrack.terminal.github_commands import command_data, command_property
from dbtrack.terminal.messages import one_line

_MOST_OF_A_KIND = 10
"""GitHub shows no more of a step."""


@dataclass(frozen=True)
class Mark:
    """What is said of a statement.

    Args:
        check: what found it: the name of a gate, `error`, or `lock`.
    """

    statement: Rehearsed
    check: str
    message: str
    is_error: bool


def marks(found: Rehearsal) -> Iterator[Mark]:
    """Yield what fails, what does not pass a gate, and what deserves a look."""
    by_number = {each.number: each for each in found.statements}
    marked = set()
    for finding in found.findings:
        marked.add(finding.line)
        yield Mark(by_number[finding.line], finding.gate, finding.message, is_error=True)
    for each in found.statements:
        said = caution(each)
        if each.number not in marked and said and each.prediction.outcome is not Outcome.FAILS:
            yield Mark(each, "lock", said, is_error=False)


def github_commands(found: Rehearsal) -> Iterator[str]:
    """Yield the lines that make GitHub show annotations."""
    counts = {True: 0, False: 0}
    for mark in marks(found):
        counts[mark.is_error] += 1
        if counts[mark.is_error] > _MOST_OF_A_KIND:
            continue
        place = mark.statement.place
        where = f"file={command_property(place.file)},line={place.line}," if place else ""
        text = f"{mark.message}: {' '.join(mark.statement.prediction.text.split())[:300]}"
        level = "error" if mark.is_error else "warning"
        yield f"::{level} {where}title={command_property('dbtrack rehearse')}::{command_data(one_line(text))}"
    if found.error or (found.exit_code and not found.findings):
        message = found.error or f"the migration fails with exit code {found.exit_code}"
        yield f"::error title={command_property('dbtrack rehearse')}::{command_data(one_line(message))}"


def code_quality(found: Rehearsal) -> list[dict[str, Any]]:
    """Return GitLab's report of code quality: what is marked, where its place in a file is known."""
    report = []
    for mark in marks(found):
        place = mark.statement.place
        if place is None:
            continue
        text = " ".join(mark.statement.prediction.text.split())
        identity = f"{place.file}\0{mark.check}\0{text}"
        report.append(
            {
                "description": f"{one_line(mark.message)}: {one_line(text)[:300]}",
                "check_name": f"dbtrack-{mark.check}",
                "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
                "severity": "critical" if mark.is_error else "minor",
                "location": {"path": place.file, "lines": {"begin": place.line}},
            }
        )
    return report
