"""What the page and the text of evidence say of a control and of the sample."""

from __future__ import annotations

import re
from dataclasses import replace

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
