"""Show the outcome of a wrapped command in CI: GitHub's job summary, a section of GitLab's job log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.wrapper import FinishedCommand

_GITHUB_FILE = "GITHUB_STEP_SUMMARY"


class Summary(StrEnum):
    """The CI system that shows the summary."""

    GITHUB = "github"
    GITLAB = "gitlab"


def write_summary(summary: Summary, finished: FinishedCommand) -> None:
    """Write the summary; warn where it cannot be written."""
    match summary:
        case Summary.GITHUB:
            _write_github(finished)
        case Summary.GITLAB:
            _write_gitlab(finished)
        case _:
            assert_never(summary)


def _write_github(finished: FinishedCommand) -> None:
    path = os.environ.get(_GITHUB_FILE)
    if not path:
        messages.warn(f"no summary: {_GITHUB_FILE} is not set")
        return
    rows = [f"| {name} | {_cell(value)} |" for name, value in _facts(finished)]
    lines = [f"### dbtrack: {_cell(_headline(finished))}", "", "| | |", "|---|---|", *rows]
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write("\n".join([*lines, *_stderr_block(finished), "", ""]))
    except OSError as error:
        messages.warn(f"no summary: {path}: {error.strerror}")


def _write_gitlab(finished: FinishedCommand) -> None:
    now, section = int(time.time()), f"dbtrack_{os.getpid()}"
    sys.stderr.write(f"\033[0Ksection_start:{now}:{section}\r\033[0K")
    messages.say(f"dbtrack: {_headline(finished)}")
    for name, value in _facts(finished):
        messages.say(f"{name}: {value}")
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
