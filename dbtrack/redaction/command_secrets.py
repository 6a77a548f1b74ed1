"""Redact a wrapped command's arguments and stderr before they are stored."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbtrack.redaction.definition import BEFORE_OPTION_VALUE, PROGRAM_NAMES, REDACTED
from dbtrack.redaction.free_text import carries_secret, is_secret_option, names_a_secret, redact
from dbtrack.redaction.statement_secrets import Secrets

_QUOTE = re.compile(r"['$]|\bset\s|\bpassword\s", re.IGNORECASE)
_OPTION_NAME = re.compile(r"--?[\w-]+=?|")
# LINE 1: ALTER ROLE a PASSWORD 'x', in any of psql's languages; the beginning may be truncated.
_ECHO = re.compile(r"^(\S{1,20} \d+: ).*$", re.MULTILINE)
_PROGRAM = re.compile(rf"(?:{PROGRAM_NAMES})(?:\.exe)?", re.ASCII)
_BEFORE = tuple(re.compile(before, re.DOTALL | re.ASCII) for before in BEFORE_OPTION_VALUE)
# Characters that separate words or commands in a shell, but are part of an argument here.
_INSIDE_A_WORD = re.compile(r"[\s;|&'\"]")
_LONGEST_OPTION = 120
_ASSIGNED = re.compile(r"(-{0,2}[A-Za-z_][\w.-]{0,80})=", re.ASCII)
_NAME = re.compile(r"[\w./:-]{1,200}", re.ASCII)
_SETS = frozenset({"set", "config", "--global", "--local", "--add"})


# Each argument's literals are searched in the whole stderr.
_MOST_WITH_SECRETS = 100
_UNSEARCHED = "[redacted: the command has too many arguments with a secret to be looked for here]"


def redact_command(arguments: Sequence[str]) -> list[str]:
    """Return a command's arguments redacted, without the value after an option such as ``--password``.

    An argument that may contain a secret, such as a statement, loses all literals.
    """
    kept: list[str] = []
    program = before = previous = ""
    for argument in arguments:
        if is_secret_option(previous) or _is_set(before, previous):
            kept.append(REDACTED)
        elif (length := _kept_by_option(program, previous, argument)) is not None:
            kept.append(argument[:length] + REDACTED)
            program = "" if program == "sshpass" else program  # sshpass -p secret ssh -p 22
        else:
            kept.append(_redact_argument(argument))
        program = _program(previous, argument) or program
        before, previous = previous, argument
    return kept


def redact_stderr(text: str, arguments: Sequence[str]) -> str:
    """Return a command's stderr redacted; without psql's echo of statements that may contain a secret.

    Args:
        arguments: of the command; their literals are removed from the text as well.
    """
    arguments_with_secrets = [argument for argument in arguments if carries_secret(argument)]
    if len(arguments_with_secrets) > _MOST_WITH_SECRETS:
        return _UNSEARCHED
    for argument in arguments_with_secrets:
        text = Secrets(argument).message(text)
    return _ECHO.sub(rf"\1{REDACTED}", text) if arguments_with_secrets or carries_secret(text) else text


def _is_set(before: str, name: str) -> bool:
    """Return whether the next word is a setting's value: ``aws configure set aws_secret_access_key``."""
    return before in _SETS and _NAME.fullmatch(name) is not None and names_a_secret(name)


def _kept_by_option(program: str, previous: str, argument: str) -> int | None:
    """Return how many characters precede the secret: ``-psecret``, ``DB_PASS=secret``; None for none."""
    assigned = _ASSIGNED.match(argument)
    if assigned and names_a_secret(assigned[1]):
        return assigned.end() if assigned.end() < len(argument) else None
    word = _INSIDE_A_WORD.sub("_", argument[:_LONGEST_OPTION])
    words = f"{program} {_INSIDE_A_WORD.sub('_', previous[:_LONGEST_OPTION])} {word}"
    starts = (
        match.end() - (len(words) - len(word)) for before in _BEFORE for match in before.finditer(words)
    )
    return next((start for start in starts if 0 <= start < len(argument)), None)


def _program(previous: str, argument: str) -> str:
    """Return the program that this word, or the previous and this word name: ``docker login``."""
    name = argument.rpartition("/")[2]
    names = (name, f"{previous.rpartition('/')[2]} {name}")
    return next((each for each in names if _PROGRAM.fullmatch(each)), "")


def _redact_argument(argument: str) -> str:
    if not _QUOTE.search(argument) or not carries_secret(argument):
        return redact(argument)
    # Here two dashes begin an option, not a comment.
    option = _OPTION_NAME.match(argument)
    name = option[0] if option else ""
    rest = argument[len(name) :]
    return redact(name) + Secrets(argument).statement(rest) if rest else redact(argument)
