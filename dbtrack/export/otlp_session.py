"""The HTTP session of the exporter of OTLP, and what the receiver answered over it."""

from __future__ import annotations

from typing import Any

import requests
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

_PROTOBUF = "application/x-protobuf"


class _Session(requests.Session):
    """A session that keeps why a request failed: the library logs it for some of its attempts only."""

    failure: requests.RequestException | None = None

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        """Send a request, and keep the error if it fails."""
        try:
            return super().send(request, **settings)
        except requests.RequestException as error:
            self.failure = error
            raise


class Answers:
    """What a receiver answered: the library itself does not tell if it kept a part only.

    Args:
        refused: how many spans it did not keep.
        reason: what it said about these.
        status: the last HTTP status; None if it never answered.
    """

    def __init__(self) -> None:
        self.refused = 0
        self.reason = ""
        self.status: int | None = None
        self.status_text = ""
        self.session = _Session()
        self.session.hooks["response"].append(self._note)

    def _note(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self.status, self.status_text = response.status_code, response.reason or ""
        if not response.ok or not response.headers.get("content-type", "").startswith(_PROTOBUF):
            return
        try:
            partial = ExportTraceServiceResponse.FromString(response.content).partial_success
        except DecodeError:
            return
        self.refused += partial.rejected_spans
        self.reason = partial.error_message or self.reason
