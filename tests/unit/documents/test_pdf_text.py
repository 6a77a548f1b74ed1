"""Text in a PDF: each character is shown or stands there as a code; nothing is lost, reordered or too long."""

from __future__ import annotations

import json
import unicodedata

import pytest

from dbtrack.documents.pdf_text import SHOWN_RANGES, codes_in, pieces


def joined(value: str, longest: int | None = None) -> str:
    return "".join(next(iter(piece.values())) for piece in pieces(value, longest))


def test_the_fonts_of_typst_have_all_characters_that_are_said_to_be_shown() -> None:
    typst = pytest.importorskip("typst")
    said = [chr(code) for first, last in SHOWN_RANGES for code in range(first, last + 1)]
    shown = [each for each in said if unicodedata.category(each) not in ("Cn", "Cf")]
    template = """#set document(title: "x")
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"), fallback: false)
#for each in json("data.json") [#each\\ ]"""
    sources = {"main.typ": template.encode(), "data.json": json.dumps(shown).encode()}
    # The form for archives refuses a character that no font has.
    assert typst.compile(sources, ignore_system_fonts=True, pdf_standards=["a-2b"]).startswith(b"%PDF")
    assert len(shown) > 1500


@pytest.mark.parametrize(
    "name",
    [
        "clinic.visit",
        "hasta_kayıtları_ŞİĞ",
        "таблица_пациентов",
        "Größe",
        "Ελληνικά",
        "đơn_thuốc",
        "✔ ✘ ▲ ●",
        "it's $5 #1 @x",
    ],
)
def test_a_name_in_covered_letters_is_shown_as_it_is(name: str) -> None:
    assert joined(name) == name
    assert not codes_in(pieces(name))


def test_what_no_font_has_stands_as_its_code_and_never_as_nothing() -> None:
    assert pieces("患者 x") == [{"code": "U+60A3"}, {"code": "U+8005"}, {"text": " x"}]
    assert pieces("😀") == [{"code": "U+1F600"}]
    assert codes_in({"rows": [[{"pieces": pieces("患")}]]})


def test_what_would_reverse_or_hide_text_stands_as_its_code() -> None:
    assert pieces("a\u202eb\x1b\n") == [
        {"text": "a"}, {"code": "\\u202e"}, {"text": "b"}, {"code": "\\x1b"}, {"code": "\\n"},
    ]  # fmt: skip
    assert pieces("\u200b\u00ad") == [{"code": "U+200B"}, {"code": "U+00AD"}]


def test_text_from_right_to_left_is_isolated_from_what_stands_beside_it() -> None:
    assert pieces("جدول") == [{"isolated": "جدول"}]


def test_a_letter_with_its_accent_apart_is_shown_as_one() -> None:
    assert pieces("e\u0301te\u0301") == [{"text": "été"}]


def test_a_long_name_may_break_after_its_separators_and_nowhere_runs_out_of_its_column() -> None:
    assert [piece["text"] for piece in pieces("public.very_long(date)")] == [
        "public.",
        "very_",
        "long(",
        "date)",
    ]
    assert [piece["text"] for piece in pieces("1,284 and 17.6")] == ["1,284 and 17.6"]
    assert max(len(piece["text"].strip()) for piece in pieces("a" * 100 + " b")) == 24


def test_a_name_that_is_too_long_loses_its_middle() -> None:
    assert joined("a" * 300 + "end", 20) == "a" * 10 + " … " + "a" * 7 + "end"
    assert pieces(None) == []
