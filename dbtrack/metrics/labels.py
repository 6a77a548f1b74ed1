"""Labels that the user adds to every metric."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbtrack.errors import UsageError

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_TAKEN = {
    "le",
    "type",
    "status",
    "tenant",
    "state",
    "sqlstate_class",
    "endpoint",
    "kind",
    "slot",
    "version",
    "postgresql",
}


def parse_labels(words: Iterable[str]) -> dict[str, str]:
    """Return the labels of words such as `database=shop`.

    Raises:
        UsageError: a word is not a label, or its name is one of dbtrack's own or given twice.
    """
    labels: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not _NAME.fullmatch(name) or name.startswith("__"):
            raise UsageError(f"{word!r} is not a label", hint="write NAME=VALUE, e.g. database=shop")
        if name in _TAKEN or name in labels:
            raise UsageError(f"the label {name} is already used", hint="give it another name")
        labels[name] = value
    return labels
