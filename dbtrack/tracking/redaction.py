"""Keeps secrets out of what the client side sends to be stored: command lines, messages, metadata.

The statements that the server sees are redacted there; this is for the text of programs, where a password
stands in an option, a variable, a connection string or a quoted statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbtrack.tracking.sql_tokens import Kind, tokens

REDACTED = "***"

# Lengths are bounded, so that a long line without a space stays cheap to search.
_TELLING = r"(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|token|credential)s?"
_SECRET_NAME = rf"[\w.-]{{0,40}}{_TELLING}[\w.-]{{0,40}}"
_QUOTED = r"""(?:[eEuU]&?)?'(?:[^'\\]|''|\\.)*'?|"(?:[^"\\]|\\.)*"?|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"""
# A bare value ends where a list, a URI's parameter or a shell word ends.
_VALUE = rf"(?:{_QUOTED}|[^\s'\"&;,)}}\]]+)"

# As carries_secret on the server, and for the same reason: what stands beside a password is often another.
_CARRIES_SECRET = re.compile(
    r"passw|pass(wd|phrase|code|file|key)|pwd|\bpw\b|kennwort|secret|token|credential|bearer|oauth|jwt|cookie"
    r"|webhook|dblink|conninfo|pgp_|hmac|encrypt|\bdigest\s*[(]|crypt\s*[(]|authorization[\"']?\s*[:=]"
    r"|(api|access|private|encryption|account|shared|signing|auth)[ _-]?key|identified\s+by|connection\s"
    r"|user\s+mapping|create\s+server|alter\s+server|://[^/\s]*:[^/\s]*@"
    r"|a[ks]ia[0-9a-z]{12}|gh[pousr]_[0-9a-z]|github_pat_|glpat-|xox[abeprs]-|[rs]k_(live|test)_"
    r"|aiza[0-9a-z_-]|eyj[0-9a-z_-]{8}|-----begin|scram-sha-256[$]|md5[0-9a-f]{32}|[$]2[abxy][$]"
    r"|u&['\"]|\\[xu0-7]",
    re.IGNORECASE,
)
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
_QUOTE = re.compile(r"['$]")
_OPTION_NAME = re.compile(r"--?[\w-]+=?|")
# LINE 1: ALTER ROLE a PASSWORD 'x', in any of psql's languages; the beginning may be cut off.
_ECHO = re.compile(r"^(\S{1,20} \d+: ).*$", re.MULTILINE)
_NEAR = re.compile(r"(at or near )\".*\"")
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


def carries_secret(text: str) -> bool:
    """Tell whether a client's string can carry a secret in any of its statements."""
    return _CARRIES_SECRET.search(text) is not None


def redact_command(arguments: Sequence[str]) -> list[str]:
    """Return a command's arguments redacted, and the one after an option such as ``--password`` hidden.

    Of an argument that can carry a secret, as a statement does, no literal is kept.
    """
    following = zip(["", *arguments], arguments, strict=False)
    return [
        REDACTED if _SECRET_OPTION.fullmatch(option) else _redact_argument(argument)
        for option, argument in following
    ]


def redact_echo(text: str, *, of_secret: bool) -> str:
    """Return what psql wrote without the statements that it repeats, where these can carry a secret.

    Args:
        of_secret: what was run is known to carry one.
    """
    if not of_secret and not carries_secret(text):
        return text
    return _NEAR.sub(rf'\1"{REDACTED}"', _ECHO.sub(rf"\1{REDACTED}", text))


def _redact_argument(argument: str) -> str:
    if not _QUOTE.search(argument) or not carries_secret(argument):
        return redact(argument)
    # Two dashes begin an option here, not a comment.
    option = _OPTION_NAME.match(argument)
    name = option[0] if option else ""
    return redact(name + without_literals(argument[len(name) :]))


def without_literals(text: str) -> str:
    """Return SQL text with ``***`` for each literal, and without its comments."""
    parts: list[str] = []
    end = 0
    for token in tokens(text):
        gap = text[end : token.start]
        parts.append(gap if gap.isspace() or not gap else " ")
        parts.append(f"'{REDACTED}'" if token.kind is Kind.LITERAL else token.text)
        end = token.end
    return "".join(parts)


def names_a_secret(key: str) -> bool:
    """Tell whether what stands under this key (``db_password``, ``API-Key``) is to be hidden."""
    return _SECRET_KEY.fullmatch(key) is not None
