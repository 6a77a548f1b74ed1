"""What the page and the text of evidence say of a control and of the sample."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from dbtrack.documents.evidence_html import evidence_html
from dbtrack.documents.evidence_markdown import evidence_markdown
from tests.support.evidence_document import evidence_document


def test_what_a_control_asks_beyond_the_record_stands_apart_from_the_answer() -> None:
    evidence = evidence_document()
    first = evidence.controls[0]
    limit = "Impact analysis is not in the record."
    control = replace(first.control, limit=limit)
    answer = replace(first, control=control, sentence=f"All changes name a ticket. {limit}")
    drawn = replace(evidence, controls=[answer])
    shown = [re.sub(r"<[^>]+>", "", part).strip() for part in evidence_html(drawn).split("<p")]
    assert "All changes name a ticket." in [part.removeprefix(">") for part in shown]
    assert any(part.endswith(f"▲{limit}") or f"▲{limit}\n" in part for part in shown)
    assert f"\nAll changes name a ticket.\n\n▲ {limit}\n" in evidence_markdown(drawn)


def test_a_change_of_the_sample_without_exceptions_does_not_look_examined() -> None:
    drawn = evidence_document(exceptions=0)
    page, text = evidence_html(drawn), evidence_markdown(drawn)
    assert ">Examined<" not in page
    assert '<th scope="col">Exceptions</th>' in page
    assert "none</span></td>" in page
    assert "| Exceptions |" in text
    assert "| ✔ none |" in text


def test_each_document_has_the_numbers_of_the_population_and_what_texts_were_compared_with() -> None:
    drawn = evidence_document()
    against = drawn.framework.controls[0].checked_against
    assert against
    page = unescape(re.sub(r"<[^>]+>", " ", evidence_html(drawn).replace("<wbr>", "")))
    for text in (" ".join(page.split()), evidence_markdown(drawn)):
        for number in ("5,284", "5,259", "5,230", "5,270", "5,268"):
            assert number in text
        assert "Of roles and rights" in text
        assert "acme: 5,000" in text.replace("acme : 5,000", "acme: 5,000")
        assert f"Text compared with {against}" in text
        assert "the framework asks for 6 years, § 164.316(b)(2)(i)" in text.replace("\\", "")
        assert "In the record: 1 review of 4 due signed." in text
        assert "Accepted, with 5 open" in text
        assert "cannot be seen" in text


def test_a_long_detail_leaves_the_markdown_table_readable() -> None:
    drawn = evidence_document()
    first = replace(drawn.exceptions[0], detail="Disk full; " * 400, key=b"\x0f" * 32, tenant="acme")
    text = evidence_markdown(replace(drawn, exceptions=[first]))
    assert "… 3,800 more characters" in text
    assert max(map(len, text.splitlines())) < 2000
    assert "| acme | 0f0f0f0f |" in text


def test_the_picture_says_when_it_begins_and_ends() -> None:
    page = evidence_html(evidence_document())
    assert '<text x="116" y="142" text-anchor="start">1 Jan 2026</text>' in page
    assert '<text x="892" y="142" text-anchor="end">1 Jan 2027</text>' in page
