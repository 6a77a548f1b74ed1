"""What logs come wrapped in: compression, encodings, containers, clouds and syslog, one module each."""

from __future__ import annotations

from dbtrack.ingest.formats.foreign import description
from dbtrack.ingest.formats.unwrap import Unwrapped, unwrap
from dbtrack.ingest.formats.wrapper import Reading

__all__ = ["Reading", "Unwrapped", "description", "unwrap"]
