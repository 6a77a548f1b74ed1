"""Turn the exception that ended a command into a message and an exit code."""

from __future__ import annotations

import errno
import os
import re
import signal
import traceback
from collections.abc import Sequence

import typer

from dbtrack.cli.program.hint_words import with_connection
from dbtrack.cli.program.typer_adapter import CommandLineError, NoArgsIsHelpError, UsageError, plain_words
from dbtrack.errors import DbtrackError, ExitCode
from dbtrack.terminal import messages
from dbtrack.terminal.exit_signals import interruption_code

DEBUG_VARIABLE = "DBTRACK_DEBUG"

_HOST_OPTION = re.compile(r"^(?:No such option: -h\b|Option '-h' requires an argument)")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def conclude(error: BaseException, words: Sequence[str] = ()) -> int:
    """Write what went wrong, in one line with a hint, and return the exit code (docs/exit-codes.md).

    Args:
        words: of the command line: a command in a hint gets its connection options.
    """
    code = _silent_code(error)
    if code is not None:
        return code
    if isinstance(error, CommandLineError):
        return _usage_error(error)  # no traceback: the parser's repeats words that may be secret
    _show_traceback(error)
    match error:
        case DbtrackError():
            messages.fail(error.message, error.hint and with_connection(error.hint, words))
            return error.exit_code
        case OSError():
            messages.fail(_system_error(error))
            return ExitCode.FAILED
        case _:
            return _internal_error(error)


def _silent_code(error: BaseException) -> int | None:
    """Return the exit code of an end without a message; None when it needs one."""
    match error:
        case typer.Exit():
            return error.exit_code
        case KeyboardInterrupt():
            return interruption_code(error)
        case typer.Abort():
            return ExitCode.SIGNALLED + signal.SIGINT
        case BrokenPipeError():
            return ExitCode.SIGNALLED + signal.SIGPIPE
        case _:
            return None


def _usage_error(error: CommandLineError) -> int:
    if isinstance(error, NoArgsIsHelpError):
        messages.say_block(error.format_message())
        return ExitCode.USAGE
    message = plain_words(error.format_message()).rstrip(".")
    if message.startswith("Got unexpected extra argument") and _asks_for_password(error):
        # The user may expect --password to take a value, as in mysql: the word is not repeated.
        messages.fail("unexpected argument", "--password takes no value: it asks on the terminal")
        return error.exit_code
    if _HOST_OPTION.search(message):
        messages.fail("-h is the host, as in psql", f"for help: {_help_hint(error) or 'dbtrack --help'}")
        return error.exit_code
    messages.fail(message[:1].lower() + message[1:], _help_hint(error))
    return error.exit_code


def _asks_for_password(error: CommandLineError) -> bool:
    return isinstance(error, UsageError) and error.ctx is not None and bool(error.ctx.params.get("password"))


def _help_hint(error: CommandLineError) -> str | None:
    if isinstance(error, UsageError) and error.ctx is not None:
        return f"{error.ctx.command_path} --help"
    return None


def _system_error(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename:
        return f"{error.filename}: {reason}"
    return f"cannot write the output: {reason}" if error.errno in _FULL else reason


def _internal_error(error: BaseException) -> int:
    name = type(error).__name__
    messages.fail(f"internal error: {name}: {error}; set {DEBUG_VARIABLE}=1 for the traceback")
    return ExitCode.FAILED


def _show_traceback(error: BaseException) -> None:
    if os.environ.get(DEBUG_VARIABLE) not in (None, "", "0"):
        # The standard format shows source lines and messages, never the values of variables.
        messages.say_block("".join(traceback.format_exception(error)))
