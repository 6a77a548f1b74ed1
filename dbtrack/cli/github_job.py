"""What a job of GitHub shows: its summary."""

from __future__ import annotations

import os
from pathlib import Path

from dbtrack.terminal import messages

SUMMARY_FILE = "GITHUB_STEP_SUMMARY"


def append_to_summary(text: str) -> None:
    """Append Markdown to the summary of the job; warn where it cannot be written."""
    path = os.environ.get(SUMMARY_FILE)
    if not path:
        messages.warn(f"no summary: {SUMMARY_FILE} is not set")
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        messages.warn(f"no summary: {path}: {error.strerror}")
