"""The evidence document as PDF/A-2a, for archives, and PDF/UA-1, for screen readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbtrack.documents.evidence_sheets import evidence_sheets
from dbtrack.errors import DbtrackError, MissingExtraError
from dbtrack.evidence.model import Evidence

if TYPE_CHECKING:
    from types import ModuleType

_TEMPLATE = Path(__file__).parent / "templates" / "evidence.typ"
# The archive's and the accessible form of PDF 1.7. Both refuse a document with a character that no font has.
_STANDARDS = ["a-2a", "ua-1"]


def evidence_pdf(evidence: Evidence) -> bytes:
    """Return the document as PDF; the same bytes for the same document.

    It reads nothing but the template and typst's own fonts: no font of the machine, no network.

    Raises:
        MissingExtraError: typst is not installed.
        DbtrackError: typst refuses the document.
    """
    typst = _typst()
    sheets = evidence_sheets(evidence)
    try:
        return _compiled(typst, sheets)
    except typst.TypstError as error:
        raise DbtrackError(f"cannot write the PDF: {error}", hint="choose another --format") from error


def _typst() -> ModuleType:
    try:
        import typst
    except ImportError as error:
        raise MissingExtraError("--format pdf", "pdf") from error
    return typst


def _compiled(typst: Any, sheets: dict[str, Any]) -> bytes:
    # The data are a file of their own, which the template reads as values: nothing in them can become markup.
    sources = {"main.typ": _TEMPLATE.read_bytes(), "data.json": json.dumps(sheets).encode()}
    return bytes(typst.compile(sources, ignore_system_fonts=True, format="pdf", pdf_standards=_STANDARDS))
