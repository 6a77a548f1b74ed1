"""Parse what the user typed; an error ends with exit code 2."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dbtrack.config import client_zone
from dbtrack.config.secret_source import read_secret
from dbtrack.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from dbtrack.db import Database

MOST_DAYS = 36_500  # a hundred years


def parse_secrets(words: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets of ``NAME`` and ``NAME=SOURCE`` words by name.

    Raises:
        UsageError: a name is empty or given twice, or a source is malformed.
    """
    secrets: dict[str, str] = {}
    for word in words:
        name, separator, source = word.partition("=")
        if not name or name in secrets:
            raise UsageError("--secret needs a NAME" if not name else f"--secret gives {name!r} twice")
        secrets[name] = read_secret(source if separator else f"env:{name}", f"--secret {name}", environ)
    return secrets


def parse_metadata(pairs: Iterable[str]) -> dict[str, str]:
    """Return ``key=value`` words as a mapping; a value may contain ``=``.

    Raises:
        UsageError: a word has no ``=``, or its key is empty or given twice.
    """
    metadata: dict[str, str] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key:
            raise UsageError(f"--meta needs KEY=VALUE: {pair!r}")
        if key in metadata:
            raise UsageError(f"--meta gives {key!r} twice")
        metadata[key] = value
    return metadata


def parse_moment(database: Database, text: str) -> datetime:
    """Return the time that a user's text means, by the server's clock: 02:00, 7d, friday, 2026-01-01.

    Raises:
        UsageError: it is not a time, or lies in the future.
    """
    from dbtrack import sql_files
    from dbtrack.reports.run import read_moments

    now: datetime = database.value(sql_files.query("reports/clock"))
    read = read_moments({"since": text}, now, client_zone(os.environ))
    moment = read["since"]
    return now if moment is None else moment
