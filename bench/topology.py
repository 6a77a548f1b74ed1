"""`python -m bench topology NAME`: several servers, what happens to them, and what the record then has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bench import balanced, patroni

TOPOLOGIES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"balanced": balanced.run, "patroni": patroni.run}
)
"""By name. Each starts servers of its own, stops them, and returns what it found."""
