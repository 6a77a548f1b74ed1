"""Small charts of one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

_BARS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"

Number = int | float | Decimal


def sparkline(values: Sequence[Number | None], *, lowest: Number = 0) -> str:
    """Return one bar for each number, in eighths of the highest; `lowest` is the lowest bar, None a dot."""
    floor = float(lowest)
    heights = [None if value is None else float(value) - floor for value in values]
    highest = max((height for height in heights if height is not None), default=0.0)
    return "".join(_NOTHING if height is None else _BARS[_eighth(height, highest)] for height in heights)


def _eighth(height: float, highest: float) -> int:
    return math.ceil(height * (len(_BARS) - 1) / highest) if highest else 0


def shortened(values: Sequence[Number | None], most: int) -> list[Number | None]:
    """Return at most so many numbers: the means of neighbours, as even in number as it goes."""
    if len(values) <= most:
        return list(values)
    edges = [len(values) * place // most for place in range(most + 1)]
    return [_mean(values[first:last]) for first, last in pairwise(edges)]


def _mean(values: Sequence[Number | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None
