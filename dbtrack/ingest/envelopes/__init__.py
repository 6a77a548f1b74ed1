"""What logs come wrapped in: compression, encodings, containers, clouds and syslog, one module each."""

from __future__ import annotations

from dbtrack.ingest.envelopes.envelope import Reading
from dbtrack.ingest.envelopes.other_files import description
from dbtrack.ingest.envelopes.unwrap import Unwrapped, unwrap

__all__ = ["Reading", "Unwrapped", "description", "unwrap"]
