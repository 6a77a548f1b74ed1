"""Metrics as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """One value.

    Args:
        name: of its line: the family's, with `_total`, `_bucket`, `_sum` or `_count` where its type has it.
    """

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(slots=True)
class Family:
    """The samples of one metric.

    Args:
        kind: counter, gauge or histogram.
    """

    name: str
    kind: str
    help: str
    samples: list[Sample] = field(default_factory=list)

    @classmethod
    def gauge(cls, name: str, help_text: str, value: float) -> Family:
        """Return a gauge with one value and no label."""
        return cls(name, "gauge", help_text, [Sample(name, {}, value)])
