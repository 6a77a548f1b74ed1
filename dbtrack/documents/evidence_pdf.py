"""The evidence document as PDF/A-2a, for archives, and PDF/UA-1, for screen readers."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

from dbtrack.errors import DbtrackError, MissingExtraError
from dbtrack.evidence.model import Evidence

_TEMPLATE = Path(__file__).parent / "templates" / "evidence.typ"
# The archive's and the accessible form of PDF 1.7. Both refuse a document with a character that no font has.
_STANDARDS = ["a-2a", "ua-1"]
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
# The picture is that of the page, without its style sheet.
_SVG_HEAD = """ xmlns="http://www.w3.org/2000/svg"><style>
text { font-family: "Libertinus Serif"; font-size: 15px; fill: #4a4f54 }
.s-line { stroke: #cfcfca; fill: none }
.f-bar { fill: #88919a }
.f-ok { fill: #176b33 }
.f-bad { fill: #b3261e }
</style>"""


def evidence_pdf(evidence: Evidence) -> bytes:
    """Return the document as PDF; the same bytes for the same document.

    It reads nothing but the template and typst's own fonts: no font of the machine, no network.

    Raises:
        MissingExtraError: typst is not installed.
        DbtrackError: typst refuses the document.
    """
    try:
        import typst

        from dbtrack.documents.evidence_sheets import evidence_sheets
        from dbtrack.documents.evidence_timeline import timeline
    except ModuleNotFoundError as error:
        raise MissingExtraError("--format pdf", "pdf") from error
    picture = str(timeline(evidence))
    title = _TITLE.search(picture)
    # What a screen reader says in place of the picture.
    sheets = evidence_sheets(evidence) | {"picture": unescape(title[1]) if title else "The period"}
    return _compiled(typst, _sources(sheets, picture))


def _compiled(typst: Any, sources: dict[str, bytes]) -> bytes:
    # Any: its types do not know of several files.
    try:
        return bytes(typst.compile(sources, ignore_system_fonts=True, format="pdf", pdf_standards=_STANDARDS))
    except typst.TypstError as error:
        raise DbtrackError(f"cannot write the PDF: {error}", hint="choose another --format") from error


def _sources(sheets: dict[str, Any], picture: str) -> dict[str, bytes]:
    """Return the files that typst reads; data are values there, and nothing in them can become markup."""
    return {
        "main.typ": _TEMPLATE.read_bytes(),
        "data.json": json.dumps(sheets).encode(),
        "timeline.svg": picture.replace(">", _SVG_HEAD, 1).encode(),
    }
