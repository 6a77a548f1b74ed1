"""Write the data of a document as JSON: one value a line, so that a reader can check it row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = "dbtrack evidence 1"


class HashedStream:
    """Passes what is written on to a stream, and keeps its SHA-256 and its size."""

    def __init__(self, stream: BinaryIO | None) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Write bytes."""
        self._hash.update(data)
        self.size += len(data)
        if self._stream is not None:
            self._stream.write(data)

    @property
    def sha256(self) -> str:
        """SHA-256 of all bytes so far, in hexadecimal."""
        return self._hash.hexdigest()


class DataWriter:
    """Writes the sections of a data file, each row on a line of its own.

    The last member, `sections`, has the number of rows and the SHA-256 of each section, over its lines with
    their line feeds and without the commas between them.
    """

    def __init__(self, stream: HashedStream) -> None:
        self._stream = stream
        self._sections: dict[str, dict[str, object]] = {}
        stream.write(b'{"format":' + canonical(FORMAT) + b",\n")

    def write(self, name: str, value: object) -> None:
        """Write a section of one value."""
        line = canonical(value)
        self._stream.write(canonical(name) + b":" + line + b",\n")
        self._note(name, 1, hashlib.sha256(line + b"\n").hexdigest())

    def write_rows(self, name: str, rows: Iterable[object]) -> None:
        """Write a section that is a list, in constant memory."""
        self._stream.write(canonical(name) + b":[\n")
        digest, count = hashlib.sha256(), 0
        for count, row in enumerate(rows, 1):
            line = canonical(row)
            self._stream.write((b",\n" if count > 1 else b"") + line)
            digest.update(line + b"\n")
        self._stream.write((b"\n" if count else b"") + b"],\n")
        self._note(name, count, digest.hexdigest())

    def close(self) -> None:
        """Write the digests of the sections, and end the document."""
        self._stream.write(b'"sections":' + canonical(self._sections) + b"}\n")

    def _note(self, name: str, rows: int, sha256: str) -> None:
        self._sections[name] = {"rows": rows, "sha256": sha256}


def canonical(value: object) -> bytes:
    """Return a value as JSON in ASCII, with sorted members and without spaces."""
    return _ENCODER.encode(value).encode()


def plain(value: object) -> object:
    """Return a value as reading it from JSON gives it."""
    read: object = json.loads(canonical(value))
    return read


def _scalar(value: object) -> object:
    """Return how JSON has a key, a time or a decimal number."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not a value of evidence")


_ENCODER = json.JSONEncoder(
    ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_scalar
)


def members(record: DataclassInstance) -> dict[str, object]:
    """Return the fields of a dataclass by name, each as it is."""
    return dict(vars(record))
