"""The corpus of statements with and without a secret (tests/corpus)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.support.paths import CORPUS

MARK = "zq7xmark"
_CORPUS = CORPUS
_LARGE = 100_000


@dataclass(frozen=True)
class Sample:
    """One text of the corpus.

    Args:
        is_old: it is run with standard_conforming_strings = off.
    """

    title: str
    text: str
    is_old: bool = False


def _sample(part: str) -> Sample:
    title, _, text = part.partition("\n")
    text = text.rstrip("\n")
    if "[cr]" in title:
        text = text.replace("\n", "\r")
    if "[large]" in title:
        text += "; SELECT " + ", ".join(["'Zq7Xmark'"] * (_LARGE // 12))
    return Sample(title.strip(), text, "[off]" in title)


def _read(name: str) -> list[Sample]:
    parts = re.split(r"^### ", (_CORPUS / name).read_text(), flags=re.MULTILINE)
    return [_sample(part) for part in parts[1:]]


SECRETS = _read("redaction_secrets.txt")
HARMLESS = _read("redaction_harmless.txt")
TEXTS = _read("redaction_texts.txt")
"""Free text with the secret, one a line: messages, names, tickets, what programs write."""
HARMLESS_TEXTS = _read("redaction_harmless_texts.txt")
COMMANDS = _read("redaction_commands.txt")
"""Command lines with the secret, as a shell reads them."""
