"""Envelopes of logs: compression, encodings, containers, clouds and syslog, one module each."""

from __future__ import annotations

from dbtrack.ingest.envelopes.envelope import LogContext
from dbtrack.ingest.envelopes.other_files import describe_other_file
from dbtrack.ingest.envelopes.unwrap import Unwrapped, unwrap

__all__ = ["LogContext", "Unwrapped", "describe_other_file", "unwrap"]
