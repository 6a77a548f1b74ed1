"""The two text formats. Only this module uses `prometheus_client`: import it where it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import Metric, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics_format
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from dbtrack.metrics.sample import Family


def plain(families: Iterable[Family], labels: Mapping[str, str]) -> bytes:
    """Return the text format of Prometheus."""
    return generate_latest(_Source(families, labels))


def openmetrics(families: Iterable[Family], labels: Mapping[str, str]) -> bytes:
    """Return the text format of OpenMetrics."""
    text: bytes = openmetrics_format.generate_latest(_Source(families, labels))
    return text


class _Source(Collector):
    def __init__(self, families: Iterable[Family], labels: Mapping[str, str]) -> None:
        self._families = families
        self._labels = labels

    def collect(self) -> Iterator[Metric]:
        for family in self._families:
            metric = Metric(family.name, family.help, family.kind)
            for sample in family.samples:
                metric.add_sample(sample.name, self._told(sample.labels), sample.value)
            yield metric

    def _told(self, labels: Mapping[str, str]) -> dict[str, str]:
        # A bound as client libraries write it: 1.0. OpenMetrics asks for it.
        bound = {"le": floatToGoString(labels["le"])} if "le" in labels else {}
        return {**self._labels, **labels, **bound}
