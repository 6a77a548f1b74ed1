"""Collect metrics, and write them in the text formats of Prometheus and OpenMetrics."""

from __future__ import annotations

from dbtrack.metrics.collect import Scope, answered, collect, down
from dbtrack.metrics.exposition import content_type, exposition
from dbtrack.metrics.labels import parse_labels
from dbtrack.metrics.printed_files import PrintedFile, printed_file
from dbtrack.metrics.sample import Family, Sample

__all__ = [
    "Family",
    "PrintedFile",
    "Sample",
    "Scope",
    "answered",
    "collect",
    "content_type",
    "down",
    "exposition",
    "parse_labels",
    "printed_file",
]
