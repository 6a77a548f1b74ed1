"""Read a data file line by line, in constant memory; refuse what its writer would not write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dbtrack.evidence.data_file import FORMAT, canonical
from dbtrack.proof.strict_json import ProofError

_LONGEST_LINE = 16 << 20
# In the order in which they are written; those that are not lists have one value.
_ONE_VALUE = ("draw", "scope", "framework", "totals")
_SECTIONS = (
    *("draw", "scope", "framework", "population", "exceptions", "totals", "kinds", "gaps", "completeness"),
    *("reviews", "controls", "limits", "sample", "proofs", "blocks"),
)
_START = b'{"format":' + canonical(FORMAT) + b",\n"


@dataclass(frozen=True)
class Row:
    """One row of a section.

    Args:
        value: as JSON has it.
        line: its number in the file, from 1.
    """

    section: str
    value: object
    line: int


class DataReader:
    """Reads the rows of all sections in order.

    After the last row, `sections` has the number of rows and the SHA-256 of each section as they are,
    `stated` what the file says, and `sha256` is that of the whole file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self._line = 0
        self.sections: dict[str, dict[str, object]] = {}
        self.stated: object = None

    @property
    def sha256(self) -> str:
        """SHA-256 of all that was read, in hexadecimal."""
        return self._hash.hexdigest()

    def rows(self) -> Iterator[Row]:
        """Yield all rows.

        Raises:
            ProofError: the file is not one that dbtrack writes; the message names the line.
        """
        if self._next() != _START:
            raise ProofError(
                f"it does not begin as a file of the format {FORMAT!r}; give the document's JSON file"
            )
        for name in _SECTIONS:
            rest = self._after_name(name, self._next())
            if name in _ONE_VALUE:
                yield self._single(name, rest)
            elif rest == b"[\n":
                yield from self._list(name)
            else:
                raise self._refusal(f"the section {name} is not a list")
        rest = self._after_name("sections", self._next())
        if not rest.endswith(b"}\n"):
            raise self._refusal("the document does not end with it")
        self.stated = self._value(rest[:-2])
        if self._next(may_end=True):
            raise self._refusal("something stands behind the end of the document")

    def _list(self, name: str) -> Iterator[Row]:
        digest, count, is_last = hashlib.sha256(), 0, False
        while (line := self._next()) != b"],\n":
            if is_last:
                raise self._refusal("a comma is missing before it")
            is_last = not line.endswith(b",\n")
            text = line[:-1] if is_last else line[:-2]
            value = self._value(text)
            digest.update(text + b"\n")
            count += 1
            yield Row(name, value, self._line)
        if count and not is_last:
            raise self._refusal("a comma stands before the end of a list")
        self._note(name, count, digest.hexdigest())

    def _single(self, name: str, rest: bytes) -> Row:
        if not rest.endswith(b",\n"):
            raise self._refusal("it is not whole")
        value = self._value(rest[:-2])
        self._note(name, 1, hashlib.sha256(rest[:-2] + b"\n").hexdigest())
        return Row(name, value, self._line)

    def _after_name(self, name: str, line: bytes) -> bytes:
        start = canonical(name) + b":"
        if not line.startswith(start):
            raise self._refusal(f"the section {name} should begin here")
        return line.removeprefix(start)

    def _value(self, text: bytes) -> object:
        try:
            value: object = json.loads(text)
            # Infinite numbers, which json reads, cannot be written.
            written = canonical(value)
        except (ValueError, RecursionError):
            raise self._refusal("it is not JSON") from None
        if written != text:
            raise self._refusal("it is not written as dbtrack writes it")
        return value

    def _note(self, name: str, rows: int, sha256: str) -> None:
        self.sections[name] = {"rows": rows, "sha256": sha256}

    def _next(self, *, may_end: bool = False) -> bytes:
        line = self._stream.readline(_LONGEST_LINE + 1)
        self._hash.update(line)
        self._line += bool(line)
        if len(line) > _LONGEST_LINE:
            raise self._refusal(f"it is longer than {_LONGEST_LINE >> 20} MB")
        if not line and not may_end:
            raise ProofError("it ends before its end: a part is missing")
        return line

    def _refusal(self, reason: str) -> ProofError:
        return ProofError(f"line {self._line}: {reason}")
