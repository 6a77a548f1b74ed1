"""Evidence as GitHub's Markdown."""

from __future__ import annotations

from dbtrack.documents.evidence_words import DISCLAIMER, headline
from dbtrack.evidence.model import Evidence
from dbtrack.render.readable import visible_markdown


def evidence_markdown(evidence: Evidence) -> str:
    """Return the document."""
    return f"# {visible_markdown(headline(evidence))}\n\n{DISCLAIMER}\n"
