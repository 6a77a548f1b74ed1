"""--otlp takes the URL of a receiver, and no secret in it."""

from __future__ import annotations

import pytest

from dbtrack.errors import UsageError
from dbtrack.export.otlp import endpoint_of


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://localhost:4318", "http://localhost:4318/v1/traces"),
        ("http://localhost:4318/", "http://localhost:4318/v1/traces"),
        ("https://otlp.example.com/v1/traces", "https://otlp.example.com/v1/traces"),
        ("https://otlp.example.com/tenant/a", "https://otlp.example.com/tenant/a/v1/traces"),
    ],
)
def test_the_path_is_added_as_the_variable_of_the_sdk_does(url: str, endpoint: str) -> None:
    assert endpoint_of(url) == endpoint


@pytest.mark.parametrize("url", ["", "localhost:4318", "grpc://localhost:4317", "http://"])
def test_what_is_not_a_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--otlp needs a URL"):
        endpoint_of(url)


@pytest.mark.parametrize(
    "url", ["https://app:s3cret@otlp.example.com", "https://otlp.example.com/?key=s3cret"]
)
def test_a_secret_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="OTEL_EXPORTER_OTLP_HEADERS") as refusal:
        endpoint_of(url)
    assert "s3cret" not in str(refusal.value)
