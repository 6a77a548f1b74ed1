"""Times in the sentences of the database, which are in UTC, as the document writes its times."""

from __future__ import annotations

import re
from datetime import datetime

from dbtrack.config import zone_for_server
from dbtrack.evidence.model import Scope

_TIME = re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d(?::?\d\d)?)(?![\w:])")


def in_document_zone(scope: Scope, text: str) -> str:
    """Return a text whose times with an offset are in the document's zone, with its abbreviation."""
    return _TIME.sub(lambda found: _shown(scope, found[0]), text)


def _shown(scope: Scope, written: str) -> str:
    try:
        local = scope.local(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        return written
    return f"{moment_words(local)} {local.tzname()}"


def zone_name(scope: Scope) -> str:
    """Return the name of the document's zone; of one without a name, its abbreviation and offset."""
    name, local = zone_for_server(scope.zone), scope.local(scope.until)
    return name if name != "UTC" or not local.utcoffset() else f"{local.tzname()} {local:%z}"


def moment_words(local: datetime) -> str:
    """Return a local time to the minute, with its year: who reads the document may do so years later."""
    return f"{local.day} {local:%b %Y %H:%M}"
