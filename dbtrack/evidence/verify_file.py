"""Verify a data file without the database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dbtrack.proof.digest import Digest


@dataclass
class FileVerification:
    """What the verification of a data file found."""

    said: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def verify_file(
    path: Path, digests: Sequence[tuple[Path, Digest]], *, public_key: bytes | None, sha256: str | None
) -> FileVerification:
    """Check a data file."""
    result = FileVerification()
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    result.said.append(f"SHA-256 {actual}")
    if sha256 is not None and sha256 != actual:
        result.findings.append("the SHA-256 is not that of the document")
    return result
