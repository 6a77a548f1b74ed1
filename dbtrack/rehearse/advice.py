"""Say of a failure on the copy what the copy lacks, where production may have it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dbtrack.rehearse.log import Sent

# Integrity constraints, no data found, and exceptions of code that looks for rows.
_NEEDS_ROWS = ("23", "02", "P0001", "P0002", "P0003", "P0004")
_ROLE = re.compile(r'role "([^"]+)" does not exist')
_EXTENSION = re.compile(r'extension "([^"]+)" is not available')


def advice_on(sent: Sequence[Sent]) -> Iterator[str]:
    """Yield what to do about failures that the copy itself may have caused, each once."""
    failed = [each for each in sent if each.error is not None]
    if any((each.sqlstate or "").startswith(_NEEDS_ROWS) for each in failed):
        yield (
            "a statement failed over rows, and the copy has none but those that the migration wrote: it may "
            "work in production; --data TABLE copies rows"
        )
    roles = {match[1] for each in failed if (match := _ROLE.search(each.error or ""))}
    for role in sorted(roles):
        yield f"the copy has no role {role}: if production has it, give --role {role}"
    extensions = {match[1] for each in failed if (match := _EXTENSION.search(each.error or ""))}
    for extension in sorted(extensions):
        yield f"the copy cannot have the extension {extension}: what needs it cannot be rehearsed"
