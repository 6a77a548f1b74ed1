"""Keeps secrets out of what the client side sends to be stored: command lines, messages, metadata.

The statements that the server sees are redacted there; this is for the text of programs, where a password
stands in an option, a variable, a connection string or a quoted statement.
"""

from __future__ import annotations

import re

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
    r"|(login|register)_user"
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


def is_secret_option(word: str) -> bool:
    """Tell whether a command's next word is a secret: ``--password``, ``--db-token``."""
    return _SECRET_OPTION.fullmatch(word) is not None


def names_a_secret(key: str) -> bool:
    """Tell whether what stands under this key (``db_password``, ``API-Key``) is to be hidden."""
    return _SECRET_KEY.fullmatch(key) is not None
