"""What `dbtrack ingest` needs of a log that a provider hands out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from dbtrack.errors import DbtrackError, NoConnectionError, PermissionDeniedError, UsageError
from dbtrack.ingest.log_files import Log
from dbtrack.ingest.log_stream import DamagedLogError

Place = Mapping[str, Any]
"""Where to continue reading, as JSON: `offset`, in bytes of the log, and what the provider has for it."""

# The server writes an entry in several lines, and a provider may hand out the first ones before the others.
_QUIET = timedelta(seconds=60)


class LogGoneError(DamagedLogError):
    """The provider has removed a log since it listed it."""


class ProvidedStream(Protocol):
    """A `LogStream` that begins at a place of the provider's."""

    begins_at_since: bool
    """Whether the provider leaves out what was logged before --since."""

    def read(self, size: int, /) -> bytes:
        """As `LogStream.read`."""

    def seek(self, offset: int, /) -> object:
        """As `LogStream.seek`; not before the offset that `begin` returned."""

    def begin(self, place: Place | None) -> int:
        """Begin at a place that `place_before` returned, or at the beginning; return its offset.

        It is 0 where the place cannot be used any more, for example because `--since` names another time.
        """

    def begin_again(self) -> int:
        """Begin where what stands before the position may have changed; return its offset."""

    def is_unchanged(self, place: Place, /) -> bool:
        """Return whether nothing can follow what was read up to this place."""

    def place_before(self, offset: int) -> Place | None:
        """Return a place from which the bytes before this offset can be read again; None if there is none."""

    @property
    def is_complete(self) -> bool:
        """Whether the last entry is, because nothing was written for some time."""


def provided_log(name: str, size: int, prefix: str, stream: ProvidedStream) -> Log:
    """Return a log that a provider hands out.

    Args:
        name: with the provider and the instance: it identifies the log.
        prefix: its log_line_prefix, unless the user gives one.
    """
    return Log(name, size, "once", may_grow=False, opened=nullcontext(stream), provided=prefix)


def is_quiet(written: datetime | None) -> bool:
    """Return whether what was last written at this time is no longer being written."""
    return written is None or datetime.now(UTC) - written > _QUIET


@dataclass(frozen=True)
class Refusals:
    """What the status of a provider's answer means, for people.

    Args:
        provider: by its short name.
        renew: what to do about credentials that are refused.
        grant: what to do where they do not suffice.
        unknown: what is said of a name that is not there, and what to do about it.
        attempts: how often a request is made.
    """

    provider: str
    renew: str
    grant: str
    unknown: tuple[str, str]
    attempts: int

    def credentials(self, said: str) -> NoConnectionError:
        """Return the error for credentials that are refused."""
        return NoConnectionError(f"{self.provider} refuses the credentials: {said}", hint=self.renew)

    def error(self, status: int, place: str, said: str) -> DbtrackError:
        """Return the error for an answer of HTTP.

        Args:
            place: what has the logs, as the user named it.
            said: by the provider.
        """
        match status:
            case 401:
                return self.credentials(said)
            case 403:
                return PermissionDeniedError(
                    f"{self.provider} does not allow to read the logs of {place}: {said}", hint=self.grant
                )
            case 400 | 404:
                return UsageError(f"{self.unknown[0].format(place)}: {said}", hint=self.unknown[1])
            case 429 | 500 | 502 | 503 | 504:
                return NoConnectionError(
                    f"{self.provider} is busy: {said}; gave up after {self.attempts} attempts",
                    hint="nothing is lost, the next run continues",
                )
        return DbtrackError(f"{self.provider} refuses to read the logs of {place}: {status}: {said}")
