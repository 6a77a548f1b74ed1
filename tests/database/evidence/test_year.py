"""`dbtrack evidence` of a generated year: each planted exception is found, none is invented, and all of it can be checked."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from dbtrack.db import Database
from dbtrack.evidence.data_file import DataWriter, HashedStream
from dbtrack.evidence.framework_files import framework_files, read_framework
from dbtrack.evidence.measures import MEASURES
from dbtrack.evidence.model import ExceptionKind
from dbtrack.evidence.verify_file import verify_file
from dbtrack.proof.digest import read_digests
from dbtrack.proof.digest_file import current_digest, write_digest
from dbtrack.proof.seal import seal
from tests.support.command_line import run_dbtrack
from tests.support.evidence_year import NOT_CHANGES, PLANTED, connect, expected_kinds, key_of, make_year
from tests.support.servers import Sandbox
from tests.support.witness import Connection

pytestmark = pytest.mark.any_server

_PERIOD = ("--since", "2025-01-01", "--until", "2026-01-01", "--utc", "--seed", "7")
# A change is recognised by its name here, and by its links there.
_CHANGES = """
SELECT count(*), count(*) FILTER (WHERE metadata ->> 'ticket' ~ '\\S'), count(DISTINCT db_session_user)
    FILTER (WHERE script_type <> 'UNATTRIBUTED'), count(*) FILTER (WHERE execution_status = 'FAILED')
FROM script_tracking.current_execution
WHERE execution_timestamp >= '2025-01-01Z' AND execution_timestamp < '2026-01-01Z' AND script_name NOT LIKE 'inside %%'
    AND script_name <> ALL (%s)
"""


@dataclass(frozen=True)
class Year:
    """The database of the year, sealed, and a digest of it outside."""

    connection: Connection
    conninfo: str
    digests: Path
    reader: str

    def draw(self, *words: str, login: str | None = None) -> CompletedProcess[str]:
        """Draw evidence of the year."""
        target = make_conninfo(self.conninfo, user=login) if login else self.conninfo
        return run_dbtrack("evidence", "-d", target, "--framework", "hipaa", *_PERIOD, *words)


@pytest.fixture(scope="module")
def year(
    _module_sandbox: Sandbox, installed_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Year]:
    conninfo = _module_sandbox.database(installed_template)
    reader = _module_sandbox.role("reader", member_of=("dbtrack_reader",))
    with connect(conninfo) as connection:
        make_year(connection)
        connection.execute("SELECT script_tracking.grant_tenant(%s, 't2')", (reader,))
        database = Database.wrap(connection)
        seal(database)
        digests = tmp_path_factory.mktemp("digests")
        write_digest(current_digest(database, None), digests)
        yield Year(connection, conninfo, digests, reader)


@pytest.fixture(scope="module")
def drawn(year: Year, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The data file of the year, and what it says."""
    file = tmp_path_factory.mktemp("drawn") / "year.json"
    assert year.draw("-o", str(file), "--sample", "30").returncode == 0
    return file, json.loads(file.read_text(encoding="ascii"))


def test_each_planted_exception_is_found_and_none_invented(
    year: Year, drawn: tuple[Path, dict[str, Any]]
) -> None:
    _, data = drawn
    counts = year.connection.execute(_CHANGES, (sorted(NOT_CHANGES),)).fetchone()
    totals = data["totals"]
    assert counts == tuple(totals[name] for name in ("changes", "with_ticket", "logins", "failed"))
    assert totals["changes"] == len(data["population"]) == 261 * 4 + len(PLANTED) - len(NOT_CHANGES)
    assert sum(totals["by_tenant"].values()) == totals["changes"]
    assert len(totals["by_tenant"]) == 10
    found = {(each["key"], each["kind"]) for each in data["exceptions"] if each["key"]}
    planted = {(key_of(year.connection, name).hex(), kind) for name, _, kinds in PLANTED for kind in kinds}
    assert found == planted
    kinds = {each["kind"]: each["found"] for each in data["kinds"]}
    assert Counter(kinds) == expected_kinds()
    assert len(kinds) == 10, "each kind is listed, also with none"
    (gap,) = data["gaps"]
    assert (gap["since"], gap["until"]) == ("2025-08-14T02:10:00.000000Z", "2025-08-14T02:29:00.000000Z")
    answers = {each["measure"]: each for each in data["completeness"]}
    assert float(answers["capture_on"]["value"]) == pytest.approx(100 * (1 - 19 / (365 * 24 * 60)), abs=0.001)
    assert answers["record_begins"]["status"] == answers["unsealed"]["status"] == "ok"
    assert data["scope"]["tenants"] is None
    # The numbers of one change follow each other in the order in which documents name its kinds.
    kinds_of: dict[str, list[str]] = {}
    for each in data["exceptions"]:
        kinds_of.setdefault(each["key"] or str(each["number"]), []).append(each["kind"])
    order = [*ExceptionKind]
    assert all(found == sorted(found, key=order.index) for found in kinds_of.values())


def test_a_document_has_one_time_zone_also_in_sentences(year: Year) -> None:
    words = ("evidence", "-d", year.conninfo, "--framework", "soc2", *_PERIOD[:4], "--seed", "7")
    text = run_dbtrack(*words, environment={"TZ": "Europe/Berlin"}).stdout
    assert "1 Jan 2025 to 31 Dec 2025, whole days in CET/CEST: 365 d" in text
    assert "(until 14 Aug 2025 04:29 CEST)" in text
    assert "made between 1 Jun 2025 23:30 CEST and 2 Jun 2025 14:00 CEST; who made it" in text
    assert not re.search(
        r"\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d)", text.split("## 6 What")[0].split("## 5 Sample")[0]
    )
    assert not re.search(r"\b1 (changes|rows|times|seals|digests|findings|numbers|blocks)\b", text)
    data = json.loads(run_dbtrack(*words, "--format", "json", environment={"TZ": "Europe/Berlin"}).stdout)
    assert data["scope"]["zone"] == "Europe/Berlin"
    assert data["gaps"][0]["since"] == "2025-08-14T02:10:00.000000Z"


@pytest.mark.parametrize("name", sorted(framework_files(None)))
def test_each_framework_is_answered(year: Year, tmp_path: Path, name: str) -> None:
    framework = read_framework(framework_files(None)[name], MEASURES)
    done = year.draw("--framework", name, "-o", str(tmp_path / "document.html"))
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.glob(f"evidence-*-{name}-20250101-20260101.json")
    data = json.loads(file.read_text(encoding="ascii"))
    assert [each["paragraph"] for each in data["controls"]] == [each.paragraph for each in framework.controls]
    assert {each["kind"]: each["found"] for each in data["kinds"]} == expected_kinds() | Counter()
    html = (tmp_path / "document.html").read_text(encoding="utf-8")
    assert "compliant" not in html.replace("does not say that anybody is compliant", "").replace(
        "Whether anybody is compliant", ""
    )
    assert hashlib.sha256(file.read_bytes()).hexdigest() in html


def test_the_sample_is_drawn_again_by_hand(year: Year, drawn: tuple[Path, dict[str, Any]]) -> None:
    _, data = drawn
    keys = [each["key"] for each in data["population"]]
    by_hand = sorted(keys, key=lambda key: hashlib.sha256(f"7:{key}".encode()).digest())[:30]
    assert set(data["sample"]) == set(by_hand)
    assert data["sample"] == [key for key in keys if key in set(by_hand)], "in the order of time"
    table = list(
        csv.DictReader(io.StringIO(year.draw("--format", "csv", "--part", "sample", "--sample", "30").stdout))
    )
    assert [row["key"] for row in table] == data["sample"]
    assert all(int(row["block_number"]) >= 1 for row in table)
    assert len(data["proofs"]) == 30


_ALTERATIONS: dict[str, Callable[[str], str]] = {
    "a byte": lambda text: text.replace('"login":"deploy_2"', '"login":"deploy_1"', 1),
    "a space": lambda text: text.replace('"status":', '"status": ', 1),
    "a row": lambda text: re.sub(r"^\{.*\"subject\":\"same login.*\n", "", text, count=1, flags=re.MULTILINE),
    "the rest": lambda text: text[: len(text) // 2],
    "a seal": lambda text: re.sub(r'"root_hash":"..', '"root_hash":"00', text, count=1),
    "the seed": lambda text: text.replace('"seed":"7"', '"seed":"8"', 1),
    "more": lambda text: text + "{}\n",
}


def test_an_altered_data_file_is_told(year: Year, drawn: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    file, _ = drawn
    digests = read_digests([year.digests])
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    whole = verify_file(file, digests, sha256=sha256)
    assert whole.findings == []
    assert any("1 digest from outside matches" in line for line in whole.said)
    text = file.read_text(encoding="ascii")
    for name, alter in _ALTERATIONS.items():
        altered = tmp_path / f"{name}.json"
        altered.write_text(alter(text), encoding="ascii")
        assert altered.read_bytes() != file.read_bytes()
        assert verify_file(altered, digests).findings, name
        assert run_dbtrack("evidence", "verify", str(altered)).returncode == 3
    # Who alters a sampled row and every digest in the file is told by its seal.
    changed = _resealed(text, '"status":"COMPLETED"', '"status":"CANCELLED"')
    (tmp_path / "changed.json").write_text(changed, encoding="ascii")
    told = verify_file(tmp_path / "changed.json", digests).findings
    assert any("not as it was sealed" in finding for finding in told), told
    (kept,) = year.digests.iterdir()
    (tmp_path / "digest.json").write_text(
        re.sub(r'"block_hash": "..', '"block_hash": "00', kept.read_text(encoding="utf-8")), encoding="utf-8"
    )
    told = verify_file(file, read_digests([tmp_path / "digest.json"])).findings
    assert any("is not the one of this digest" in finding for finding in told)
    assert verify_file(file, [], sha256="0" * 64).findings


def _resealed(text: str, before: str, after: str) -> str:
    """Alter every row of the population, and make the digests and totals of the file match again."""
    head, rest = text.split('"population":[\n')
    rows, tail = rest.split("\n],\n", 1)
    document = json.loads(text)
    rows = rows.replace(before, after)
    lines = [line.removesuffix(",") for line in rows.split("\n")]
    document["sections"]["population"]["sha256"] = hashlib.sha256(
        "".join(line + "\n" for line in lines).encode()
    ).hexdigest()
    sections = json.dumps(document["sections"], sort_keys=True, separators=(",", ":"))
    tail = re.sub(r'"sections":.*\n', lambda _: f'"sections":{sections}}}\n', tail)
    return f'{head}"population":[\n{rows}\n],\n{tail}'


def _rewritten(data: dict[str, Any], file: Path) -> Path:
    """Write the sections as they are now, with the digests of the sections that belong to them."""
    with file.open("wb") as stream:
        writer = DataWriter(HashedStream(stream))
        for name, value in data.items():
            if name not in ("format", "sections"):
                (writer.write_rows if isinstance(value, list) else writer.write)(name, value)
        writer.close()
    return file


def _sampled_row(data: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a sampled change that has a ticket and is in a seal."""
    rows: dict[str, dict[str, Any]] = {row["key"]: row for row in data["population"]}
    return next(rows[key] for key in data["sample"] if rows[key]["ticket"] and rows[key]["approved_by"])


def _set(column: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: _sampled_row(data).update({column: value})


def _hide(part: str) -> Callable[[dict[str, Any]], object]:
    def hide(data: dict[str, Any]) -> None:
        for leaf in (leaf for proof in data["proofs"] for leaf in proof["leaves"]):
            leaf[part] = None

    return hide


def _moved_to_end(data: dict[str, Any]) -> None:
    data["scope"] = data.pop("scope")


_REWRITTEN: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no seals": (lambda data: data.update(blocks=[], proofs=[]), "no seals in the file to compare"),
    "no section of seals": (lambda data: data.pop("blocks"), "the section blocks should begin here"),
    "no seals but proofs": (lambda data: data["blocks"].clear(), "has proofs of the sample, and no seals"),
    "no proof": (lambda data: data["proofs"].pop(3), "has no proof"),
    "no proofs": (lambda data: data["proofs"].clear(), "has no proof"),
    "a proof twice": (
        lambda data: data["proofs"].__setitem__(1, data["proofs"][0]),
        "has more than one proof",
    ),
    "more proofs than sampled": (lambda data: data["proofs"].append(data["proofs"][0]), "more rows than"),
    "a foreign proof": (lambda data: data["proofs"][0].update(execution_key="00" * 32), "not proven"),
    "a key that is a list": (lambda data: data["proofs"][0].update(execution_key=[]), "not proven"),
    "a proof of no members": (lambda data: data["proofs"].__setitem__(0, 1), "not proven"),
    "the text not shown": (_hide("text"), "does not show what its row says"),
    "the person not shown": (_hide("person"), "does not show what its row says"),
    **{
        f"another {column}": (_set(column, value), f"{column.replace('_', ' ')} was another one")
        for column, value in {
            **dict.fromkeys(("tenant", "script_type", "login", "acting_role", "application"), "x"),
            **dict.fromkeys(("client_address", "ticket", "reason", "approved_by", "pull_request"), "x"),
            **dict.fromkeys(("ci_run_url", "ci_actor", "git_commit", "git_author", "record_source"), "x"),
            "is_emergency": True,
        }.items()
    },
    "another time": (_set("recorded_at", "2025-02-03T01:02:03.000000Z"), "recorded at was another one"),
    "another subject": (
        lambda data: _sampled_row(data).update(subject=_sampled_row(data)["subject"] + " and more"),
        "subject was another one",
    ),
    "no ticket": (_set("ticket", None), "ticket was another one"),
    "another order": (_moved_to_end, "the section scope should begin here"),
    "an unknown section": (lambda data: data.update(more=[]), "the section sections should begin here"),
    "no completeness": (lambda data: data.pop("completeness"), "the section completeness should begin here"),
    "a kind twice": (lambda data: data["kinds"].append(data["kinds"][0]), "more rows than"),
    "a kind less": (lambda data: data["kinds"].pop(), "the numbers of exceptions are not"),
    "kinds of text": (lambda data: data.update(kinds=["no_ticket"] * 10), "the numbers of exceptions"),
    "a kind that is a list": (lambda data: data["kinds"][0].update(kind=[]), "the numbers of exceptions"),
    "a sample below zero": (lambda data: data["draw"].update(sample=-1), "not a row of draw"),
    "a huge sample": (lambda data: data["draw"].update(sample=10**9), "not a row of draw"),
    "a seed with half a character": (lambda data: data["draw"].update(seed="\ud800"), "not a row of draw"),
    "a time without zone": (_set("occurred_at", "2025-02-03T01:02:03"), "not a row of population"),
    "the earliest time": (_set("occurred_at", "0001-01-01T00:00:00+14:00"), "not a row of population"),
    "a tenant that is a list": (_set("tenant", []), "not a row of population"),
    "one more column": (_set("more", 1), "not a row of population"),
    "an open state that is a list": (
        lambda data: data["exceptions"][0].update(is_open=[]),
        "not a row of exceptions",
    ),
    "totals of text": (lambda data: data.update(totals="many"), "the totals are not those"),
}


@pytest.mark.parametrize("name", _REWRITTEN)
def test_who_rewrites_the_whole_file_is_told(
    year: Year, drawn: tuple[Path, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    file, _ = drawn
    data = json.loads(file.read_text(encoding="ascii"))
    assert _rewritten(data, tmp_path / "same.json").read_bytes() == file.read_bytes()
    alter, finding = _REWRITTEN[name]
    alter(data)
    told = verify_file(_rewritten(data, tmp_path / "file.json"), read_digests([year.digests])).findings
    assert any(finding in each for each in told), told


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity", "9" * 5000, "[" * 100_000, "1" * (16 << 20)])
def test_a_value_that_dbtrack_does_not_write_is_a_finding(
    drawn: tuple[Path, dict[str, Any]], tmp_path: Path, number: str
) -> None:
    text = drawn[0].read_text(encoding="ascii")
    (tmp_path / "file.json").write_text(
        text.replace('"sample":30', f'"sample":{number}', 1), encoding="ascii"
    )
    done = run_dbtrack("evidence", "verify", str(tmp_path / "file.json"))
    assert done.returncode == 3, done.stderr
    assert "line 2: it is" in done.stderr


def test_seals_behind_the_newest_digest_are_said(
    year: Year, drawn: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    year.connection.execute("SELECT script_tracking.add_tenant('later')")
    year.draw("-o", str(tmp_path / "first.json"), "--sample", "5")
    seal(Database.wrap(year.connection))
    file = tmp_path / "later.json"
    assert year.draw("-o", str(file), "--sample", "5").returncode == 0
    checked = verify_file(file, read_digests([year.digests]))
    assert checked.findings == []
    assert "1 seal is newer than the newest digest: not covered by it" in checked.said
    assert "the digests prove 5 of 5 changes of the sample" in checked.said
    # A file that ends before the seal of a digest that is older than the file was shortened.
    newer = tmp_path / "newer"
    newer.mkdir()
    write_digest(current_digest(Database.wrap(year.connection), None), newer)
    assert year.draw("-o", str(file), "--sample", "5").returncode == 0
    data = json.loads(file.read_text(encoding="ascii"))
    data["blocks"].pop()
    told = verify_file(_rewritten(data, file), read_digests([year.digests, newer])).findings
    assert any("was drawn later, and does not have the seal" in each for each in told), told
    # It may also be older than the digest.
    assert verify_file(drawn[0], read_digests([year.digests, newer])).findings == []


def test_hostile_names_stay_text(year: Year, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    year.draw("-o", str(page))
    html = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;hostile" in html
    assert "<b>hostile" not in html
    assert "\u202e" not in html
    assert not re.search(r"<script|\son\w+=|\sstyle=", html)
    order = [html.index(f'<h2 id="s{number}"') for number in range(1, 9)]
    assert order == sorted(order)
    markdown = year.draw().stdout
    assert "\\<b\\>hostile" in markdown
    assert "\u202e" not in markdown
    table = list(csv.DictReader(io.StringIO(year.draw("--format", "csv").stdout)))
    assert not [cell for row in table for cell in row.values() if cell.startswith(("=", "+", "@", "\t"))]
    assert Counter(kind for row in table for kind in row["exceptions"].split()) == expected_kinds() - Counter(
        {"capture_off": 1, "verification_failed": 1}
    )
    exceptions = year.draw("--format", "csv", "--part", "exceptions").stdout
    assert len(list(csv.reader(io.StringIO(exceptions)))) == sum(expected_kinds().values()) + 1
    controls = year.draw("--format", "csv", "--part", "controls").stdout
    assert "§ 164.312(b)" in controls


def test_a_reader_sees_its_own_tenant_and_is_told(year: Year, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    assert year.draw("-o", str(file), login=year.reader).returncode == 0
    data = json.loads(file.read_text(encoding="ascii"))
    assert set(data["totals"]["by_tenant"]) == {"t2"}
    assert {each["tenant"] for each in data["population"]} == {"t2"}
    assert "t1" not in json.dumps(data["scope"])
    assert "mallory" not in file.read_text(encoding="ascii")
    assert any("does not see all tenants" in note for note in data["scope"]["notes"])
    assert {each["kind"]: each["found"] for each in data["kinds"] if each["found"]} == {
        "capture_off": 1,
        "verification_failed": 1,
    }
    answers = {each["measure"]: each["status"] for each in data["completeness"]}
    assert answers["numbers"] == answers["unsealed"] == "missing"
    other = year.draw("--tenant", "t1", login=year.reader)
    assert other.returncode != 0
    assert "t1" in other.stderr
    own = json.loads(year.draw("--tenant", "t1", "--format", "json").stdout)
    assert set(own["totals"]["by_tenant"]) == {"t1"}


def test_a_signed_review_explains_and_the_drawing_is_recorded(year: Year) -> None:
    open_before = year.draw("--fail-on-open")
    assert open_before.returncode == 3
    exceptions = [{"key": key_of(year.connection, "emergency").hex(), "reason": "seen by ines"}]
    exceptions += [{"key": key_of(year.connection, "by hand").hex(), "kind": "no_ticket", "reason": "INC-2"}]
    year.connection.execute(
        "SELECT script_tracking.sign_review('2025', '2025-01-01Z', '2026-01-01Z', 'ines', 'examined', %s::jsonb)",
        (json.dumps(exceptions),),
    )
    data = json.loads(year.draw("--format", "json").stdout)
    explained = {(each["subject"], each["kind"]) for each in data["exceptions"] if not each["is_open"]}
    assert explained == {("emergency", "emergency_not_reviewed"), ("by hand", "no_ticket")}
    assert {each["explained_by"] for each in data["exceptions"] if not each["is_open"]} == {
        f"ines, signed as {year.connection.info.user}"
    }
    assert [each["signed_by"] for each in data["reviews"]] == ["ines"]
    noted = year.connection.execute(
        """SELECT script_type, execution_status, metadata #>> '{evidence,framework}', metadata #>> '{evidence,since}',
            (metadata #>> '{evidence,changes}')::int
        FROM script_tracking.current_execution WHERE script_name = 'dbtrack evidence' ORDER BY execution_timestamp DESC LIMIT 1"""
    ).fetchone()
    assert noted == (
        "REPORTING",
        "COMPLETED",
        "hipaa",
        "2025-01-01T00:00:00+00:00",
        data["totals"]["changes"],
    )


def test_a_tenants_review_is_not_one_of_everything(year: Year, tmp_path: Path) -> None:
    connection = year.connection
    sign = "SELECT script_tracking.sign_review(%s, %s, %s, %s, NULL, '[]', %s)"
    connection.execute("SELECT script_tracking.set_setting('evidence.review_every', 'quarter')")
    connection.execute("DELETE FROM script_tracking.script_execution_s WHERE script_type = 'REVIEW'")
    with connect(make_conninfo(year.conninfo, user=year.reader)) as login:
        login.execute(sign, ("2025Q1", "2025-01-01Z", "2026-01-01Z", "External Auditor (KPMG)", None))

    def signed(*words: str, login: str | None = None) -> tuple[int, int]:
        found = re.search(
            r"(\d) reviews? of (\d) due signed", year.draw("--format", "json", *words, login=login).stdout
        )
        assert found
        return int(found[1]), int(found[2])

    assert signed() == (0, 4)
    assert signed("--tenant", "t1") == (0, 4)
    assert signed("--tenant", "t2") == signed(login=year.reader) == (4, 4)
    # It is of what its times say, and not of what it is called.
    connection.execute(sign, ("2025Q4", "2025-01-01Z", "2025-02-01Z", "ines", None))
    assert signed() == (0, 4)
    connection.execute(sign, ("x", "2025-02-01Z", "2025-04-01Z", "ines", None))
    assert signed() == signed("--tenant", "t1") == (1, 4)
    page = tmp_path / "page.html"
    year.draw("-o", str(page))
    for text in (page.read_text(encoding="utf-8"), year.draw().stdout):
        plain = text.replace("\\", "").replace("<wbr>", "")
        assert f"External Auditor (KPMG), signed as {year.reader}" in plain
        assert "1 of 4 due" in plain or "1 review of 4 due" in plain
        assert "t2" in plain


def test_what_was_erased_is_empty_and_no_finding(year: Year, tmp_path: Path) -> None:
    for subject in ("deploy_1", "carol"):
        done = run_dbtrack(
            "erase", "-d", year.conninfo, "--subject", subject, "--reason", "request 1", "--yes"
        )
        assert done.returncode == 0, done.stderr
    file = tmp_path / "erased.json"
    drawn = year.draw("-o", str(file), "--tenant", "t1", "--sample", "150")
    assert drawn.returncode == 0, drawn.stderr
    checked = verify_file(file, [])
    assert checked.findings == []
    assert any("an erasure hides values of" in line for line in checked.said), checked.said
    data = json.loads(file.read_text(encoding="ascii"))
    erased = [
        row for row in data["population"] if row["login"] == "[erased]" and row["key"] in data["sample"]
    ]
    erased[0]["login"], erased[1]["git_commit"] = "mallory", "0a1b2c"
    told = " ".join(verify_file(_rewritten(data, file), []).findings)
    assert "login was another one" in told
    assert "git commit was another one" in told
