"""The comment: what a migration contains becomes neither markup nor a mention, and the limit holds."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from dbtrack.objects.model import ObjectDifference, PartDifference
from dbtrack.predict.gates import Finding
from dbtrack.predict.model import Effect, Lock, Outcome, Prediction, SaferWay
from dbtrack.rehearse.annotations import code_quality, github_commands
from dbtrack.rehearse.comment import GITHUB_LIMIT, comment, marker
from dbtrack.rehearse.model import LeftBehind, Rehearsal, Rehearsed
from dbtrack.rehearse.places import Place, Places
from dbtrack.rehearse.steps import State

_NASTY = "a|b`c``d <script>alert(1)</script> @team #1 !2 *x* [l](javascript:alert(1)) https://evil.example \\| --> _u_"


def _statement(number: int, text: str, **values: object) -> Rehearsed:
    prediction = Prediction(text, number, None, "other", number, Outcome.PREDICTED)
    prediction.effects = (
        Effect(f'public."{text[:300]}"', "table", Lock.ACCESS_EXCLUSIVE, is_rewritten=True),
    )
    prediction.safer = (SaferWay(text, (f"SELECT $$```{text}$$",), text),)
    found = Rehearsed(number, State.DONE, prediction, 1.5, 1, Place("migrations/V1 [x].sql", 3))
    return replace(found, **values)  # type: ignore[arg-type]


def _rehearsal(text: str, count: int = 1) -> Rehearsal:
    part = PartDifference("column 1", "column", text, None, {"name": text}, None, text)
    differences = [
        ObjectDifference(b"", "table", "public.x", f"public.x{n} {text}", (part,)) for n in range(count)
    ]
    return Rehearsal(
        f"shop {text}",
        "PostgreSQL 18.6",
        f"psql -f {text}",
        0,
        1.25,
        f"the schema of {text}",
        "",
        [_statement(number + 1, text) for number in range(count)],
        3,
        differences,
        [LeftBehind("invalid index", text, text)],
        [text],
        [text],
        findings=[Finding(number + 1, "rewrite", f"rewrites {text}") for number in range(count)],
    )


def test_nothing_of_a_migration_is_markup() -> None:
    text = comment(_rehearsal(_NASTY), "shop")
    page = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").parse(text)
    tokens = [child for token in page for child in (token.children or [token])]
    html = "".join(token.content for token in tokens if token.type in {"html_inline", "html_block"})
    assert "script" not in html
    assert {token.type for token in tokens} & {"link_open", "em_open", "image"} == set()
    # A service looks for mentions, numbers and addresses in what is not code.
    prose = " ".join(token.content for token in tokens if token.type == "text")
    assert "team" in prose
    assert not re.search(r"[@#!]\w|https?://", prose)
    code = [token.content for token in tokens if token.type == "code_inline"]
    assert any(each.startswith("a|b`c``d <script>") for each in code), "the statement is shown as it is"
    rows = [token for token in page if token.type == "tr_open"]
    assert len(rows) == 2
    assert len([token for token in page if token.type == "td_open"]) == 7


@pytest.mark.parametrize("text", ["ş" * 400, "`|" * 200])
@pytest.mark.parametrize("count", [1, 60, 1000])
def test_the_limit_holds_and_what_is_left_out_is_counted(text: str, count: int) -> None:
    found = comment(_rehearsal(text, count), "shop")
    assert len(found.encode()) <= GITHUB_LIMIT
    assert found.count("<details>") == found.count("</details>") == 4
    shown = len(re.findall(r"^\| \d+ \|", found, re.MULTILINE))
    left_out = re.search(r"\*\*([\d,]+) more statements? (?:is|are) not shown", found)
    assert shown + (int(left_out[1].replace(",", "")) if left_out else 0) == count
    assert f"object{'' if count == 1 else 's'}" in found
    if count == 1000:
        assert "more findings" in found
        assert re.search(r"\*\*and [\d,]+ more\*\*: there is no room", found)


def test_the_marker_is_plain_whatever_the_database_is_called() -> None:
    assert marker("shop") == "<!-- dbtrack-rehearsal:shop -->"
    assert re.fullmatch(r"<!-- dbtrack-rehearsal:[0-9a-f]{16} -->", marker("--><img>"))
    assert marker("a-b") != marker("a--b")


def test_annotations_have_a_line_and_no_command_of_their_own() -> None:
    found = _rehearsal("ALTER TABLE t\n::error::x %0A", 12)
    lines = list(github_commands(found))
    assert len(lines) == 10
    assert all("\n" not in line for line in lines)
    assert lines[0].startswith("::error file=migrations/V1 [x].sql,line=3,title=dbtrack rehearse::rewrites ")
    assert "%250A" in lines[0]
    report = code_quality(
        replace(
            found,
            statements=[replace(s, place=None) for s in found.statements[:1]] + list(found.statements[1:]),
        )
    )
    assert len(report) == 11
    assert report[0]["location"] == {"path": "migrations/V1 [x].sql", "lines": {"begin": 3}}
    assert report[0]["severity"] == "critical"


def test_statements_are_found_in_files_of_any_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "aaa1.py").write_text(
        'def upgrade():\n    op.execute("""\n        ALTER TABLE orders\n            ADD COLUMN due date\n    """)\n'
        '    op.execute("ALTER TABLE orders  ADD COLUMN paid date")\n    op.execute("ALTER TABLE orders ADD COLUMN paid date")\n'
    )
    (tmp_path / "versions" / "binary.pyc").write_bytes(b"\x80\xff\x00")
    places = Places([Path("versions")])
    assert places.find("ALTER TABLE orders ADD COLUMN\n due date") == Place("versions/aaa1.py", 3)
    again = [places.find("ALTER TABLE orders ADD COLUMN paid date") for _ in range(2)]
    assert again == [Place("versions/aaa1.py", 6), Place("versions/aaa1.py", 7)]
    assert places.find("COMMIT") is None
    assert places.find("ALTER TABLE customers ADD x int") is None
