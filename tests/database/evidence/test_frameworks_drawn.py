"""Each framework drawn from a database: as PDF, with its data beside it, and no more claimed than its limits allow."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path

import psycopg
import pytest
from pypdf import PdfReader

import dbtrack
from dbtrack.evidence.framework_files import find_framework
from dbtrack.evidence.measures import MEASURES
from tests.support.command_line import clean_environment, run_dbtrack, run_process

PAGE = Path(dbtrack.__file__).parents[1] / "docs" / "frameworks.md"
_CHANGES = """
    CREATE TABLE public.visit (id int);
    ALTER TABLE public.visit ADD note text;
    CREATE TABLE public."患者 #panic(""x"") \u202e" (id int);
    GRANT SELECT ON public.visit TO PUBLIC
"""

pytestmark = pytest.mark.any_server


def drawn(conninfo: str, framework: str, output: Path) -> tuple[str, dict[str, list[dict[str, object]]]]:
    """Draw the evidence of the last hour as PDF; return its text and its data."""
    words = (
        "evidence",
        "-d",
        conninfo,
        "--framework",
        framework,
        "--since",
        "1h",
        "--seed",
        "s",
        "-o",
        str(output),
    )
    done = run_dbtrack(*words)
    assert done.returncode == 0, done.stderr
    (data,) = output.parent.glob("evidence-*.json")
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(output).pages)
    assert hashlib.sha256(data.read_bytes()).hexdigest() in text
    return text, json.loads(data.read_bytes())


def test_a_framework_is_drawn_as_pdf_and_claims_no_more_than_its_limits_allow(
    installed_conninfo: str, tmp_path: Path
) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute(_CHANGES)
    # One that is quoted, one that is paraphrased, one that is both.
    for name in ("hipaa", "pci", "sox"):
        directory = tmp_path / name
        directory.mkdir()
        text, data = drawn(installed_conninfo, name, directory / "x.pdf")
        read = find_framework(name, None, MEASURES)
        found = {str(each["paragraph"]): each for each in data["controls"]}
        assert list(found) == [control.paragraph for control in read.controls]
        for control in read.controls:
            assert control.limit is None or found[control.paragraph]["status"] != "supports"
            assert control.paragraph in text
        assert "U+60A3" in text
        assert '#panic(""x"")' in text
        assert "\\u202e" in text


def test_a_framework_of_ones_own_asks_by_measures_and_by_a_query(
    installed_conninfo: str, tmp_path: Path
) -> None:
    tables = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    own = tmp_path / "change-policy.toml"
    own.write_text("\n".join(tables), encoding="utf-8")
    text, data = drawn(installed_conninfo, str(own), tmp_path / "x.pdf")
    assert re.search(r"\d+ changes were made in the freeze\.", text)
    assert [each["paragraph"] for each in data["controls"]] == ["4.2", "4.7"]

    words = (
        "evidence",
        "-d",
        installed_conninfo,
        "--framework",
        str(own),
        "--since",
        "1h",
        "--format",
        "pdf",
    )
    done = run_process(words, clean_environment())
    assert done.returncode == 0, done.stderr
    assert len(PdfReader(io.BytesIO(done.stdout)).pages) >= 2, (
        "standard output has the document and nothing else"
    )


def test_a_second_document_leaves_the_data_of_the_first(installed_conninfo: str, tmp_path: Path) -> None:
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        connection.execute("SELECT script_tracking.add_tenant('acme')")
    words = ("evidence", "-d", installed_conninfo, "--framework", "hipaa", "--since", "1h", "--until")
    for number, own in enumerate(((), (), ("--tenant", "acme"))):
        document = tmp_path / f"{number}.md"
        done = run_dbtrack(*words, "2999-01-01", *own, "-o", str(document))
        assert done.returncode == 0, done.stderr
    files = sorted(tmp_path.glob("evidence-*.json"))
    assert len(files) == 3
    assert sum("-acme-hipaa-" in each.name for each in files) == 1
    for number in range(3):
        text = (tmp_path / f"{number}.md").read_text(encoding="utf-8")
        name, sha256 = re.findall(r"verify (\S+) --sha256 (\w+)", text)[0]
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha256
