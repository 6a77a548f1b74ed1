"""Show the outcome of a wrapped command in CI: GitHub's job summary, GitLab's job log, Markdown, JUnit."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from dbtrack.cli.github_job import SUMMARY_FILE, append_to_summary
from dbtrack.terminal import messages
from dbtrack.terminal.github_commands import command_data, command_property

if TYPE_CHECKING:
    from dbtrack.cli.run_changes import Change
    from dbtrack.config import ConnectionTarget
    from dbtrack.wrapper import FinishedCommand

_SHOWN_OBJECTS = 3


class Summary(StrEnum):
    """The CI system that shows the summary."""

    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"


@dataclass(frozen=True)
class Shown:
    """Where the outcome is shown: in a summary, in a file of JUnit's form, or in both."""

    summary: Summary | None
    junit: Path | None


def show_outcome(shown: Shown, target: ConnectionTarget, finished: FinishedCommand) -> None:
    """Write the summary and the file, with what ran inside the command; warn where it cannot be written."""
    from dbtrack.cli.run_changes import read_changes

    changes, reason = read_changes(target, finished)
    if reason and finished.is_recorded:
        messages.warn(f"the summary is without what the command changed: {reason}")
    if shown.summary:
        _write_summary(shown.summary, finished, changes)
    if shown.junit:
        _write_junit(shown.junit, finished, changes)


def _write_summary(summary: Summary, finished: FinishedCommand, changes: Sequence[Change]) -> None:
    match summary:
        case Summary.GITHUB:
            _annotate(finished)
            _write_github(finished, changes)
        case Summary.GITLAB:
            _write_gitlab(finished, changes)
        case Summary.MARKDOWN:
            for line in _markdown(finished, changes):
                messages.say(line)
        case _:
            assert_never(summary)


def _write_junit(path: Path, finished: FinishedCommand, changes: Sequence[Change]) -> None:
    from dbtrack.cli.junit_file import write_junit

    try:
        write_junit(path, finished, changes)
    except OSError as error:
        messages.warn(f"no JUnit file: {path}: {error.strerror}")


def _annotate(finished: FinishedCommand) -> None:
    """Write the command by which GitHub shows an error beside the job."""
    from dbtrack.status import Status

    if finished.outcome.status is Status.COMPLETED or not os.environ.get(SUMMARY_FILE):
        return
    cause = messages.one_line(
        str(finished.outcome.metadata.get("cause") or f"exit code {int(finished.exit_code)}")
    )
    title = command_property(f"dbtrack: {_headline(finished)}")
    messages.say(f"::error title={title}::{command_data(cause)}")


def _markdown(finished: FinishedCommand, changes: Sequence[Change]) -> list[str]:
    rows = [f"| {name} | {_cell(value)} |" for name, value in _facts(finished)]
    return [f"### dbtrack: {_cell(_headline(finished))}", "", "| | |", "|---|---|", *rows, *_table(changes)]


def _table(changes: Sequence[Change]) -> Iterator[str]:
    from dbtrack.cli.run_changes import MOST_CHANGES

    if not changes:
        return
    yield from ("", "| Change | Objects | Status | Duration | Waited for locks |", "|---|---|---|---|---|")
    for change in changes[:MOST_CHANGES]:
        yield f"| {' | '.join(_cell(value) for value in _values(change))} |"
    if len(changes) > MOST_CHANGES:
        yield from ("", f"There are more; all of them: `dbtrack show`. The first {MOST_CHANGES} are above.")


def _values(change: Change) -> tuple[str, str, str, str, str]:
    from dbtrack.render.readable import duration

    more = len(change.objects) - _SHOWN_OBJECTS
    objects = ", ".join(change.objects[:_SHOWN_OBJECTS]) + (f" and {more} more" if more > 0 else "")
    times = ["" if value is None else duration(value) for value in (change.duration_ms, change.waited_ms)]
    return change.name, objects, change.status, times[0], times[1]


def _write_github(finished: FinishedCommand, changes: Sequence[Change]) -> None:
    append_to_summary("\n".join([*_markdown(finished, changes), *_stderr_block(finished), "", ""]))


def _write_gitlab(finished: FinishedCommand, changes: Sequence[Change]) -> None:
    now, section = int(time.time()), f"dbtrack_{os.getpid()}"
    sys.stderr.write(f"\033[0Ksection_start:{now}:{section}\r\033[0K")
    messages.say(f"dbtrack: {_headline(finished)}")
    for name, value in _facts(finished):
        messages.say(f"{name}: {value}")
    for change in changes:
        messages.say("  ".join(filter(None, _values(change))))
    sys.stderr.write(f"\033[0Ksection_end:{now}:{section}\r\033[0K\n")
    sys.stderr.flush()


def _headline(finished: FinishedCommand) -> str:
    return f"{finished.name}: {finished.outcome.status}"


def _facts(finished: FinishedCommand) -> Iterator[tuple[str, str]]:
    from dbtrack.render.readable import duration

    outcome = finished.outcome
    yield "Exit code", str(int(finished.exit_code))
    yield "Duration", duration(outcome.duration_us / 1000)
    for name, key in (("Cause", "cause"), ("SQLSTATE", "sqlstate"), ("Hint", "hint")):
        if outcome.metadata.get(key):
            yield name, str(outcome.metadata[key])
    if finished.key:
        yield "Key", finished.key
    yield "Record", "in the database" if finished.is_recorded else "not in the database yet"
    yield "See", finished.show_command


def _stderr_block(finished: FinishedCommand) -> list[str]:
    message = finished.outcome.error_message
    if not message:
        return []
    fence = "`" * 4
    return [
        "",
        "<details><summary>Standard error</summary>",
        "",
        fence,
        message.replace(fence, ""),
        fence,
        "</details>",
    ]


def _cell(text: str) -> str:
    """Escape text for a cell of a Markdown table."""
    plain = messages.one_line(text)
    for character in "\\`*_[]<>|#~":
        plain = plain.replace(character, f"\\{character}" if character != "<" else "&lt;")
    return plain
