"""Write metrics as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dbtrack.errors import MissingExtraError
from dbtrack.metrics.sample import Family

_OPENMETRICS = "application/openmetrics-text"
TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = f"{_OPENMETRICS}; version=1.0.0; charset=utf-8"


def require_prometheus_client() -> None:
    """Check that the library `prometheus-client` is installed.

    Raises:
        DbtrackError: it is missing.
    """
    try:
        import prometheus_client  # noqa: F401
    except ImportError:
        raise MissingExtraError("Prometheus' text format", "metrics") from None


def content_type(accept: str | None) -> str:
    """Return the media type for the header `Accept`: OpenMetrics where it is asked for."""
    return OPENMETRICS_TYPE if _OPENMETRICS in (accept or "").lower() else TEXT_TYPE


def exposition(
    families: Iterable[Family], *, labels: Mapping[str, str] | None = None, media_type: str = TEXT_TYPE
) -> bytes:
    """Return metrics as text.

    Args:
        labels: added to every sample.
        media_type: one that `content_type` returns.

    Raises:
        DbtrackError: the extra is missing.
    """
    require_prometheus_client()
    from dbtrack.metrics import prometheus_text

    if media_type == OPENMETRICS_TYPE:
        return prometheus_text.openmetrics(families, labels or {})
    return prometheus_text.plain(families, labels or {})
