"""What may be stored of a command: its words without secrets, and what it said without its words' secrets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbtrack.redaction.free_text import REDACTED, carries_secret, is_secret_option, redact
from dbtrack.redaction.statement_secrets import Secrets

_QUOTE = re.compile(r"['$]|\bset\s|\bpassword\s", re.IGNORECASE)
_OPTION_NAME = re.compile(r"--?[\w-]+=?|")
# LINE 1: ALTER ROLE a PASSWORD 'x', in any of psql's languages; the beginning may be cut off.
_ECHO = re.compile(r"^(\S{1,20} \d+: ).*$", re.MULTILINE)


def redact_command(arguments: Sequence[str]) -> list[str]:
    """Return a command's arguments redacted, and the one after an option such as ``--password`` hidden.

    Of an argument that can carry a secret, as a statement does, no literal is kept.
    """
    following = zip(["", *arguments], arguments, strict=False)
    return [
        REDACTED if is_secret_option(option) else _redact_argument(argument) for option, argument in following
    ]


def redact_stderr(text: str, arguments: Sequence[str]) -> str:
    """Return what a command said without the statements that psql repeats, where these can carry a secret.

    Args:
        arguments: the command's, whose literals do not stay in the text either.
    """
    telling = [argument for argument in arguments if carries_secret(argument)]
    for argument in telling:
        text = Secrets(argument).message(text)
    return _ECHO.sub(rf"\1{REDACTED}", text) if telling or carries_secret(text) else text


def _redact_argument(argument: str) -> str:
    if not _QUOTE.search(argument) or not carries_secret(argument):
        return redact(argument)
    # Two dashes begin an option here, not a comment.
    option = _OPTION_NAME.match(argument)
    name = option[0] if option else ""
    rest = argument[len(name) :]
    return redact(name) + Secrets(argument).statement(rest) if rest else redact(argument)
