"""Parse the forms of a connection string, without importing the driver."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from dbtrack.config.foreign_parameters import for_libpq, without_driver
from dbtrack.errors import UsageError

_EMBEDDED = "embedded:"
_URI = re.compile(r"postgres(?:ql)?://")
_OWN_AT = re.compile(r"(?:^|(?<=&))(?:user|password|options|application_name)=[^&]*")
_ANY_SCHEME = re.compile(r"\w[\w+.-]*://")
# A mistyped URI would be taken for a database name, and the server would log it with its password.
_ALMOST_URI = re.compile(r"//|^\s*postgres(?:ql)?:|:[^@]*@", re.IGNORECASE)
_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@|(?:^|[\s?&])(?:ssl)?password\s*=")


@dataclass(frozen=True)
class Base:
    """What a connection string means: a conninfo, the name of a database, or an embedded server.

    Args:
        source: where the string was found, in words.
        conninfo: a conninfo or URI for libpq; may hold a password.
        keywords: libpq keywords that belong to it and win over the conninfo.
        embedded_path: the data directory of an embedded server.
        tenant: the tenant that goes with it.
        changes: what was changed for libpq, in words that repeat no value.
        reads_from_standby: whether reports go to a standby.
    """

    source: str
    conninfo: str = field(default="", repr=False)
    keywords: dict[str, str] = field(default_factory=dict, repr=False)
    embedded_path: Path | None = None
    tenant: str | None = None
    changes: tuple[str, ...] = ()
    reads_from_standby: bool = False


def is_bare_name(text: str) -> bool:
    """Return whether `-d` is only the name of a database, by psql's rules."""
    text = _bare(text)
    return not (text.startswith(_EMBEDDED) or "=" in text or _ANY_SCHEME.match(text))


def holds_password(text: str) -> bool:
    """Return whether a connection string contains a password."""
    return _PASSWORD.search(text) is not None


def read_connection_string(text: str, source: str) -> Base:
    """Parse a connection string.

    Args:
        text: what was given as `-d`, in a variable or in the configuration file.
        source: where it was found, for messages; no message repeats the text.

    Raises:
        UsageError: it is the URI of another kind of database, or a mistyped URI.
    """
    text = _bare(text)
    if text.startswith(_EMBEDDED):
        return Base(source, embedded_path=_embedded_path(text.removeprefix(_EMBEDDED), source))
    if is_bare_name(text):
        return Base(source, keywords={"dbname": checked_name(text, source)})
    if _ANY_SCHEME.match(text) and not _URI.match(text):
        raise UsageError(
            f"malformed connection string ({source}): the URI of a PostgreSQL database begins with postgresql://",
            hint="choose the database with -d",
        )
    if not _URI.match(text):
        return Base(source, conninfo=text)
    _require_encoded_password(text, source)
    url, changes = for_libpq(text)
    return Base(source, conninfo=url, changes=changes)


def _bare(text: str) -> str:
    """Return the string without the line end of a file, the quotes of an .env file and a driver's name."""
    text = text.strip()
    if len(text) > 1 and text[0] in "'\"" and text[0] == text[-1]:
        text = text[1:-1]
    return without_driver(text)


def _require_encoded_password(url: str, source: str) -> None:
    """Refuse a URI whose password libpq would take for a host or database name, and print.

    Raises:
        UsageError: an '@' is in the wrong place.
    """
    server, _, path = url.partition("://")[2].partition("/")
    user, at, address = server.partition("@")
    place, _, query = (f"{address}/{path}" if at else path).partition("?")
    # Without a user before it, an '@' in the query ends a password that has a slash and a question mark.
    is_cut = not at and ":" in user and "@" in _OWN_AT.sub("", query)
    if "@" in place or is_cut:
        raise UsageError(
            f"malformed connection string ({source}): an '@' is in the wrong place",
            hint="in a password, write '@' as %40, '/' as %2F and '?' as %3F",
        )


def checked_name(text: str, source: str) -> str:
    """Return the name of a database as it was given.

    Raises:
        UsageError: it looks like a mistyped URI; the message does not repeat it.
    """
    if _ALMOST_URI.search(text):
        raise UsageError(
            f"malformed connection string ({source}): neither a URI nor the name of a database",
            hint="write postgresql://user@host:5432/name",
        )
    return text


def _embedded_path(text: str, source: str) -> Path:
    from dbtrack import embedded

    if _ANY_SCHEME.match(text):
        raise UsageError(
            f"malformed connection string ({source}): embedded: takes the path of a directory, not a URI"
        )
    return Path(text).expanduser().absolute() if text else embedded.default_path()
