"""Walk two sorted streams side by side, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbtrack.db import Row

Key = tuple[str, ...]


def merged(
    left: Iterator[Row], right: Iterator[Row], key: Callable[[Row], Key]
) -> Iterator[tuple[Row | None, Row | None]]:
    """Yield the rows of both by key: a pair where both have it, else one row and None.

    Args:
        left: rows in the order of their keys, each key once.
        right: the same of the other side.
        key: what identifies a row. Text is in the order of its characters' code points.
    """
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and key(one) < key(other)):
            yield one, None
            one = next(left, None)
        elif one is None or key(other) < key(one):
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)
