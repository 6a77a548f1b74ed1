"""Cuts an endless result into pieces, so that a writer which needs widths holds only one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

BATCH_ROWS = 1000

Row = Sequence[Any]


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists of at most 1000; none for an empty result."""
    source = iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        yield batch
