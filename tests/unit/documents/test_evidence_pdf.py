"""The PDF of evidence: all that the document says, on numbered sheets, whatever names contain."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from dbtrack.documents.evidence_pdf import evidence_pdf
from dbtrack.errors import MissingExtraError
from dbtrack.evidence.model import Evidence
from tests.support.evidence_document import DIGEST, HOSTILE, evidence_document


def sheets(evidence: Evidence) -> list[str]:
    reader = PdfReader(io.BytesIO(evidence_pdf(evidence)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.fixture(scope="module")
def document() -> bytes:
    return evidence_pdf(evidence_document())


def test_each_sheet_has_the_name_the_period_the_digest_and_its_number() -> None:
    found = sheets(evidence_document(sampled=60))
    assert len(found) >= 5
    for number, text in enumerate(found, 1):
        assert "evidence-clinic-hipaa-20260101-20270101" in text
        assert "1 Jan 2026 to 31 Dec 2026, whole days in CET/CEST" in text
        assert DIGEST in text
        assert f"page {number} of {len(found)}" in text


def test_the_heading_of_a_table_is_repeated_on_each_sheet() -> None:
    found = sheets(evidence_document(sampled=120))
    rows = [text for text in found if "CHG-41" in text or "CHG-42" in text]
    assert len(rows) >= 3
    assert all("# Key When What Who Ticket Approved Seal Exception" in text for text in rows)


def test_the_document_has_all_that_it_was_given(document: bytes) -> None:
    evidence = evidence_document()
    text = " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages
    ).replace("\N{NO-BREAK SPACE}", " ")
    for answer in evidence.controls:
        assert answer.control.paragraph in text
        assert answer.control.text[:60] in text
        assert answer.control.limit is None or answer.control.limit[:60] in text
    for kind in evidence.kinds:
        assert kind.kind.heading in text
    assert text.count(" explained") >= 12
    assert "Shared login cannot be seen" in text
    assert "14 Aug 2026 00:00 no end is in the record" in text
    assert "Examined all exceptions of the quarter." in text
    assert "--seed 20270101" in text
    assert "Reading and changing of rows." in text
    assert "Accepted, with 5 open" in text
    assert "In the record: 1 review of 4 due signed." in text
    assert "the framework asks for 6 years, § 164.316(b)(2)(i)" in text
    assert "By tenant: acme: 5,000, (none): 284." in text
    assert f"dbtrack evidence verify {evidence.data.name} --digests PATH --sha256 {DIGEST}" in text
    assert "A code in a frame" not in text


def test_the_same_document_is_the_same_bytes_with_no_time_but_its_own(document: bytes) -> None:
    assert evidence_pdf(evidence_document()) == document
    found = PdfReader(io.BytesIO(document)).metadata
    assert found is not None
    assert found.creation_date == found.modification_date == evidence_document().scope.drawn_at
    assert (
        found.title
        == "clinic: evidence for HIPAA Security Rule, 1 Jan 2026 to 31 Dec 2026, whole days in CET/CEST"
    )


def test_it_is_a_document_for_archives_and_for_screen_readers_with_its_fonts_inside(document: bytes) -> None:
    # The form for archives has its metadata as plain text.
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in document
    assert b"<pdfuaid:part>1</pdfuaid:part>" in document
    pages: Sequence[Any] = PdfReader(io.BytesIO(document)).pages
    assert not any(page.get("/Annots") for page in pages)
    fonts = {
        font.get_object()["/BaseFont"] for page in pages for font in page["/Resources"]["/Font"].values()
    }
    assert all("+Libertinus" in name or "+DejaVu" in name for name in fonts)


def test_names_are_text_and_never_markup_and_none_vanishes() -> None:
    text = " ".join(sheets(evidence_document(subjects=HOSTILE, exceptions=40)))
    assert '#panic("x") $x$ *b* _i_ `r` <a> @b // [x] \\' in text
    assert "</script><b>" in text
    assert "\\u202e" in text
    assert "\u202e" not in text
    assert "U+60A3" in text
    assert "U+1F600" in text
    assert "\\x1b" in text
    assert "A code in a frame" in text


def test_a_document_of_an_empty_period_can_be_written() -> None:
    text = " ".join(sheets(evidence_document(sampled=0, exceptions=0)))
    assert "0 exceptions" in text
    assert "0 of 5,284, seed 20270101" in text
    assert "No change was drawn." in text
    assert "None was found. Looked for what the table lists." in text


def test_without_typst_the_message_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtraError, match=r"needs dbtrack\[pdf\] \(run: pip install .*'typst"):
        evidence_pdf(evidence_document())


def test_the_template_reads_nothing_but_its_data() -> None:
    template = (
        Path(sys.modules[evidence_pdf.__module__].__file__ or "").parent / "templates" / "evidence.typ"
    ).read_text()
    assert template.count('json("data.json")') == 1
    assert "import " not in template
    assert "read(" not in template
    assert "link(" not in template
    assert "eval(" not in template
