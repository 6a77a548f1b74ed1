"""Keeps secrets out of what the client side sends to be stored: command lines, messages, metadata.

The statements that the server sees are redacted there; this is for the text of programs, where a password
stands in an option, a variable, a connection string or a quoted statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

REDACTED = "***"

# Lengths are bounded, so that a long line without a space stays cheap to search.
_TELLING = r"(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|token|credential)s?"
_SECRET_NAME = rf"[\w.-]{{0,40}}{_TELLING}[\w.-]{{0,40}}"
_QUOTED = r"""(?:[eEuU]&?)?'(?:[^'\\]|''|\\.)*'?|"(?:[^"\\]|\\.)*"?|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"""
# A bare value ends where a list, a URI's parameter or a shell word ends.
_VALUE = rf"(?:{_QUOTED}|[^\s'\"&;,)}}\]]+)"

_FLAGS = re.IGNORECASE | re.DOTALL
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # postgresql://user:secret@host; the secret itself may hold '@' or '/', so up to the last '@' of the word.
    (re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s:@/'\"]*:)[^\s'\"]*(?=@)", _FLAGS), rf"\g<1>{REDACTED}"),
    # password=x, PGPASSWORD='x y', "api_key": "x", secret := x
    (re.compile(rf"(\b{_SECRET_NAME}[\"']?\s*(?::=|=>|=|:)\s*){_VALUE}", _FLAGS), rf"\g<1>{REDACTED}"),
    # --password x
    (re.compile(rf"((?<![\w-])--?{_SECRET_NAME}\s+)(?!-){_VALUE}", _FLAGS), rf"\g<1>{REDACTED}"),
    # ENCRYPTED PASSWORD 'x'; IDENTIFIED BY x
    (re.compile(rf"(\bpassword\s+)(?:{_QUOTED})", _FLAGS), rf"\g<1>{REDACTED}"),
    (re.compile(rf"(\bidentified\s+by\s+(?:password\s+)?){_VALUE}", _FLAGS), rf"\g<1>{REDACTED}"),
    (re.compile(rf"(\bauthorization\s*[:=]\s*(?:basic\s+|bearer\s+)?){_VALUE}", _FLAGS), rf"\g<1>{REDACTED}"),
)
_TRIGGER = re.compile(rf"://|{_TELLING}|identified|authorization", _FLAGS)
_SECRET_OPTION = re.compile(rf"--?{_SECRET_NAME}", _FLAGS)
_SECRET_KEY = re.compile(rf".*{_TELLING}", _FLAGS)


def redact(text: str) -> str:
    """Return the text with the values of passwords, tokens and the like replaced by ``***``.

    What it cannot know to be a secret, it keeps: a password alone on a line, say.
    """
    if not _TRIGGER.search(text):
        return text
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def redact_command(arguments: Sequence[str]) -> list[str]:
    """Return a command's arguments redacted, and the one after an option such as ``--password`` hidden."""
    following = zip(["", *arguments], arguments, strict=False)
    return [
        REDACTED if _SECRET_OPTION.fullmatch(option) else redact(argument) for option, argument in following
    ]


def names_a_secret(key: str) -> bool:
    """Tell whether what stands under this key (``db_password``, ``API-Key``) is to be hidden."""
    return _SECRET_KEY.fullmatch(key) is not None
