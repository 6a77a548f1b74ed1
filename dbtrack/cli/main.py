"""The entry point of ``dbtrack``: run one command, from its words to its exit code.

It imports next to nothing before `main` runs, so that a Ctrl-C during the other imports is caught as well.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dbtrack.errors import ExitCode, SignalExitCode, UsageError
from dbtrack.terminal.exit_signals import die_of_signal, interruption_code, raising_on_termination
from dbtrack.terminal.standard_streams import leave_streams, prepare_streams


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never raises.

    Args:
        arguments: the words after ``dbtrack``; None for those of the process. With None, a signal that ended
            the command then kills the process as well.
    """
    if arguments is not None:
        return _exit_code(list(arguments))
    code = _exit_code(sys.argv[1:])
    if isinstance(code, SignalExitCode):
        die_of_signal(code.signal_number)
    return code


def _exit_code(words: list[str]) -> int:
    try:
        with raising_on_termination():
            prepare_streams()
            _run(words)
            sys.stdout.flush()
    except KeyboardInterrupt as error:
        leave_streams()
        return interruption_code(error)
    except BaseException as error:  # noqa: BLE001 - any error becomes a line and an exit code
        from dbtrack.cli.program.exit_codes import conclude

        code = conclude(error, words)
        leave_streams()
        return code
    leave_streams()  # standard error may have failed
    return int(ExitCode.DONE)


def _run(words: list[str]) -> None:
    if words[:1] == ["__values"]:
        from dbtrack.cli.completion.values import print_values

        print_values(words[1:])
        return
    from dbtrack.cli.program.lazy_group import program

    _require_text(words)
    words = _asked_for_help(words)
    tree = program()
    with tree.make_context("dbtrack", words) as context:
        tree.invoke(context)


def _asked_for_help(words: list[str]) -> list[str]:
    """Return `dbtrack help COMMAND` as `dbtrack COMMAND --help`, and a lone -h as --help."""
    if words[:1] == ["help"]:
        return [*words[1:], "--help"]
    return ["--help"] if words in (["-h"], ["-?"]) else words


def _require_text(words: list[str]) -> None:
    # The words after -- belong to the wrapped command, and a file's name may be any bytes.
    own = words[: words.index("--")] if "--" in words else words
    for position, word in enumerate(own, start=1):
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise UsageError(f"argument {position} is not valid UTF-8: {word!a}")
