"""Where a digest goes: its URL, its name without secrets, and what to keep to on the way."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from dbtrack.errors import UsageError
from dbtrack.notify.destination import Destination, parse_destination
from dbtrack.storage.s3 import is_bucket_name

_RETENTION = re.compile(r"(\d{1,5})([dwy])")
# A year is counted as 365.25 days, rounded up, so that six of them are never shorter than six calendar years.
_RETENTION_DAYS = {"d": 1.0, "w": 7.0, "y": 365.25}
_MOST_DAYS = 36500
_FORMS = "s3://BUCKET/PREFIX, rfc3161:https://…, a directory or https://…"
_PLACEHOLDER = "{database}"


class DestinationKind(StrEnum):
    """The kinds of destinations; the values are stored."""

    S3 = "s3"
    RFC3161 = "rfc3161"
    DIRECTORY = "directory"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class DestinationOptions:
    """What holds for a destination.

    Args:
        retain: for how long S3 keeps a digest; None for the retention that the bucket sets by itself.
        without_lock: also send to a bucket that has no Object Lock.
        headers_file: a file with headers for HTTP, which may be secret; only its owner may read it.
        allow_private: also connect to addresses that are not public.
        allow_plain: also send over http.
    """

    retain: timedelta | None = None
    without_lock: bool = False
    headers_file: Path | None = None
    allow_private: bool = False
    allow_plain: bool = False


@dataclass(frozen=True)
class DigestDestination:
    """One destination.

    Args:
        name: it without secrets, for people and for the database.
        url: what to connect to; of a directory, its path.
    """

    kind: DestinationKind
    name: str
    url: str = field(repr=False)
    options: DestinationOptions = field(default_factory=DestinationOptions)

    @property
    def bucket(self) -> str:
        """The bucket of S3."""
        return self.url.partition("//")[2].partition("/")[0]

    @property
    def prefix(self) -> str:
        """What the names of objects in the bucket begin with: empty, or with a slash at its end."""
        path = self.url.partition("//")[2].partition("/")[2].strip("/")
        return f"{path}/" if path else ""


def find_destination(
    text: str, database: str, options: DestinationOptions | None = None
) -> DigestDestination:
    """Return what `--to` names.

    Args:
        text: `s3://bucket/prefix`, `rfc3161:URL` or `rfc3161+URL`, `file:///directory`, a path, or `https://…`.
        database: the name of the database, which replaces `{database}` in it.

    Raises:
        UsageError: it is malformed, or contains a password.
    """
    options = options or DestinationOptions()
    scheme = text.partition(":")[0].lower() if ":" in text else ""
    filled = text.replace(_PLACEHOLDER, quote(database, safe="") if scheme else database.replace("/", "_"))
    if scheme == "s3":
        return _bucket(filled, options)
    if scheme == "rfc3161" or scheme.startswith("rfc3161+"):
        return _authority(filled[8:], options)
    if scheme in {"http", "https"}:
        return _webhook(filled, options)
    if scheme == "file":
        parts = urlsplit(filled)
        if parts.netloc not in {"", "localhost"} or not parts.path:
            raise UsageError(f"{text!a} names no directory of this machine", hint="write file:///directory")
        return _directory(unquote(parts.path), options)
    if "://" in text:
        raise UsageError(f"a digest cannot go to a URL of the kind {scheme!a}", hint=f"give {_FORMS}")
    return _directory(filled, options)


def parse_retention(text: str) -> timedelta:
    """Return a retention: 6y, 26w, 90d.

    Raises:
        UsageError: it is not a retention, or longer than a hundred years.
    """
    match = _RETENTION.fullmatch(text.strip().lower())
    days = -int(-int(match[1]) * _RETENTION_DAYS[match[2]] // 1) if match else 0
    if not 1 <= days <= _MOST_DAYS:
        raise UsageError(f"{text!a} is not a retention", hint="write 6y, 26w or 90d; at most 100 years")
    return timedelta(days=days)


def _bucket(url: str, options: DestinationOptions) -> DigestDestination:
    parts = urlsplit(url)
    if not is_bucket_name(parts.netloc) or parts.query or parts.fragment:
        raise UsageError("an S3 destination is s3://BUCKET or s3://BUCKET/PREFIX", hint="without a login")
    path = parts.path.strip("/")
    name = f"s3://{parts.netloc}" + (f"/{path}" if path else "")
    return DigestDestination(DestinationKind.S3, name, name, options)


def _authority(url: str, options: DestinationOptions) -> DigestDestination:
    # Tokens are signed, and what is sent is a hash: most authorities are reached over http.
    parsed = _parsed(url, allow_plain=True)
    if parsed.scheme not in {"http", "https"}:
        raise UsageError("a timestamp authority is rfc3161:https://… or rfc3161:http://…")
    return DigestDestination(DestinationKind.RFC3161, f"rfc3161:{_shown(url)}", url, options)


def _webhook(url: str, options: DestinationOptions) -> DigestDestination:
    _parsed(url, allow_plain=options.allow_plain)
    return DigestDestination(DestinationKind.WEBHOOK, _shown(url), url, options)


def _parsed(url: str, *, allow_plain: bool) -> Destination:
    return parse_destination(url, allow_plain=allow_plain, sent="digests", login_options="--headers FILE")


def _directory(path: str, options: DestinationOptions) -> DigestDestination:
    if not path:
        raise UsageError("a digest needs a destination", hint=f"give {_FORMS}")
    # Relative paths of two programs are different places.
    absolute = str(Path(path).expanduser().absolute())
    return DigestDestination(DestinationKind.DIRECTORY, absolute, absolute, options)


def _shown(url: str) -> str:
    """Return the URL without its path, which may be a secret; with a part of its hash, to tell two apart."""
    parsed = parse_destination(url, allow_plain=True)
    mark = hashlib.sha256(url.encode()).hexdigest()[:8]
    return f"{parsed.shown}-{mark}" if parsed.shown.endswith("***") else parsed.shown
