"""What the user typed, checked before anything connects; what is wrong ends with exit code 2."""

from __future__ import annotations

from collections.abc import Iterable

from dbtrack.errors import UsageError

MOST_DAYS = 36_500  # a hundred years


def parse_metadata(pairs: Iterable[str]) -> dict[str, str]:
    """Return ``key=value`` words as a mapping; a value may hold more ``=`` signs.

    Raises:
        UsageError: a word has no ``=``, an empty key, or a key that came before.
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
