"""The entry point of ``dbtrack``: one run of the command line, from its words to its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dbtrack.cli.failures import conclude
from dbtrack.cli.group import program
from dbtrack.cli.signals import ending_tidily
from dbtrack.errors import DbtrackError, ExitCode, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises.

    Args:
        arguments: the words after ``dbtrack``; None for those of the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with ending_tidily():
            _prepare_streams()
            _run(words)
            sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - whatever it is, it becomes a line and an exit code
        code = conclude(error)
        _leave_output()
        return int(code)
    return int(ExitCode.DONE)


def _run(words: list[str]) -> None:
    _require_text(words)
    tree = program()
    with tree.make_context("dbtrack", words) as context:
        tree.invoke(context)


def _require_text(words: list[str]) -> None:
    # What follows -- is the wrapped command's, and a file's name may be any bytes.
    own = words[: words.index("--")] if "--" in words else words
    for position, word in enumerate(own, start=1):
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise UsageError(f"argument {position} is not valid UTF-8: {word!a}")


def _prepare_streams() -> None:
    if sys.stdout is None:
        raise DbtrackError("standard output is closed")
    for stream in (sys.stdout, sys.stderr):
        # A character that the locale cannot show must not end a report half-way.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _leave_output() -> None:
    """Keep the interpreter from failing again, aloud, when it flushes on its way out."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        _discard_standard_output()


def _discard_standard_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
