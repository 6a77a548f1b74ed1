"""Send the digests that are due, as the configuration file says; `dbtrack maintain` does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dbtrack.config import DigestPlace, DigestSettings
from dbtrack.db import Database
from dbtrack.departures.destination import (
    DestinationOptions,
    DigestDestination,
    find_destination,
    parse_retention,
)
from dbtrack.departures.send import Schedule, SentDigest, send_digest
from dbtrack.errors import UsageError
from dbtrack.proof.seal import has_seals
from dbtrack.proof.signing import SigningKey, find_key


def send_scheduled(
    database: Database, settings: DigestSettings, environ: Mapping[str, str]
) -> list[SentDigest]:
    """Send the digest to each configured destination for which it is due; nothing while nothing is sealed.

    Raises:
        UsageError: a destination is malformed; nothing was sent.
    """
    destinations = [_destination(place, database.name) for place in settings.places]
    if not destinations or not has_seals(database):
        return []

    def key() -> SigningKey | None:
        return _key(settings, environ)

    return send_digest(database, destinations, key, Schedule(settings.every))


def _destination(place: DigestPlace, database: str) -> DigestDestination:
    options = DestinationOptions(
        retain=None if place.retain is None else parse_retention(place.retain),
        without_lock=place.no_lock,
        headers_file=None if place.headers is None else Path(place.headers).expanduser(),
        allow_private=place.allow_private,
        allow_plain=place.allow_plain,
    )
    return find_destination(place.url, database, options)


def _key(settings: DigestSettings, environ: Mapping[str, str]) -> SigningKey | None:
    if settings.unsigned:
        return None
    file = None if settings.key is None else Path(settings.key).expanduser()
    key = find_key(file, settings.key_command, environ)
    if key is None:
        raise UsageError(
            "there is no key to sign the digest with",
            hint="set key, key_command or unsigned = true in [digest] of the configuration file",
        )
    return key
