"""Reading each form of log: what is an entry, what is damaged, what is not all there yet."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dbtrack.errors import UsageError
from dbtrack.ingest.csvlog import CsvLogReader
from dbtrack.ingest.entry import DamagedEntryError, LogEntry
from dbtrack.ingest.jsonlog import JsonLogReader
from dbtrack.ingest.log_format import LogFormat, LogReader, detect
from dbtrack.ingest.log_time import LogClock
from dbtrack.ingest.prefix import compile_prefix
from dbtrack.ingest.scan import Scanner
from dbtrack.ingest.stderrlog import StderrLogReader

WHEN = "2026-01-15 14:30:25.123 UTC"
MOMENT = datetime(2026, 1, 15, 14, 30, 25, 123000, UTC)
PREFIX = "%m [%p] %q%u@%d "
OTHER = f"{WHEN} [8] LOG:  checkpoint starting: time\n"


def stderr(prefix: str = PREFIX) -> StderrLogReader:
    return StderrLogReader(prefix, LogClock())


def csv_line(statement: str, message: str = "no", user: str = '"anna"') -> str:
    quoted = statement.replace('"', '""')
    return (
        f'{WHEN},{user},"shop",7,"10.0.0.1:5000",6b.7,3,"CREATE TABLE",{WHEN},3/4,0,ERROR,42P07,"{message}",,"try",,,'
        f'"in f",{f"{chr(34)}{quoted}{chr(34)}"},14,,"psql","client backend",,0\n'
    )


def json_line(statement: str) -> str:
    fields = {
        "timestamp": WHEN, "user": "anna", "dbname": "shop", "pid": 7, "remote_host": "10.0.0.1",
        "session_id": "6b.7", "line_num": 3, "error_severity": "ERROR", "state_code": "42P07", "message": "no",
        "hint": "try", "context": "in f", "statement": statement, "cursor_position": 14, "application_name": "psql",
    }  # fmt: skip
    return json.dumps(fields) + "\n"


def stderr_lines(statement: str) -> str:
    head = f"{WHEN} [7] anna@shop "
    tabbed = statement.replace("\n", "\n\t")
    return f"{head}ERROR:  no at character 14\n{head}HINT:  try\n{head}CONTEXT:  in f\n{head}STATEMENT:  {tabbed}\n"


FORMS: dict[str, tuple[LogReader, str]] = {
    "stderr": (stderr(), stderr_lines("CREATE TABLE t (\n\ta int)")),
    "csv": (CsvLogReader(LogClock()), csv_line("CREATE TABLE t (\n\ta int)")),
    "json": (JsonLogReader(LogClock()), json_line("CREATE TABLE t (\n\ta int)")),
}
each_form = pytest.mark.parametrize("form", FORMS)


@each_form
def test_an_entry_has_the_same_values_in_each_form(form: str) -> None:
    reader, text = FORMS[form]
    [entry] = reader.entries(text.encode())
    assert isinstance(entry, LogEntry)
    assert (entry.time, entry.pid, entry.user, entry.database) == (MOMENT, 7, "anna", "shop")
    assert (entry.severity, entry.message, entry.hint, entry.context) == ("ERROR", "no", "try", "in f")
    assert (entry.statement, entry.position) == ("CREATE TABLE t (\n\ta int)", 14)
    assert entry.is_failure


@each_form
def test_the_form_is_told_by_the_first_line(form: str) -> None:
    reader, text = FORMS[form]
    assert detect(text.encode().split(b"\n")[0]) is reader.format


@each_form
def test_every_torn_end_waits(form: str) -> None:
    reader, text = FORMS[form]
    whole = text.encode()
    for length in range(len(whole)):
        assert reader.cut(whole + whole[:length], settled=False) <= len(whole)
    assert reader.cut(whole, settled=True) == len(whole)
    assert reader.cut(whole[:-1], settled=True) < len(whole) - 1


class Trickle(io.BytesIO):
    """Gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 7))

    def go_to(self, offset: int) -> None:
        self.seek(offset)


@each_form
def test_it_does_not_matter_where_a_block_ends(form: str) -> None:
    reader, text = FORMS[form]
    log = text.encode() * 5
    scanner = Scanner(reader, 180000, None, lambda: False)
    batches = list(scanner.batches(Trickle(log), 0, b""))
    assert sum(len(batch.executions) for batch in batches) == 5
    assert batches[-1].to_offset == len(log)
    assert sum(batch.damaged for batch in batches) == 0


@each_form
def test_damage_is_counted_and_what_follows_is_read(form: str) -> None:
    reader, text = FORMS[form]
    torn = (
        text.encode()[:-20] + b"\x00\xff\xfe\n"
        if form == "json"
        else b'2026-01-15 x,"CREATE \x00\xff TABLE\n'
    )
    found = list(reader.entries(text.encode() + torn + text.encode()))
    assert [entry.message for entry in found if isinstance(entry, LogEntry)] == ["no", "no"]
    if form != "csv":  # there it is a part of no record
        assert len([entry for entry in found if isinstance(entry, DamagedEntryError)]) == 1


def test_a_csv_record_that_lost_its_end_spoils_only_itself() -> None:
    torn = csv_line("CREATE TABLE lost ()")[:-40] + "\n"
    assert torn.count('"') % 2
    found = list(CsvLogReader(LogClock()).entries((torn + csv_line("DROP TABLE t")).encode()))
    assert [getattr(entry, "statement", None) for entry in found] == [None, "DROP TABLE t"]


@pytest.mark.parametrize("form", ["csv", "stderr"])
def test_a_statement_cannot_forge_an_entry(form: str) -> None:
    forged = {"csv": csv_line("DROP ROLE forged"), "stderr": stderr_lines("DROP ROLE forged")}[form]
    statement = f"CREATE TABLE t /*\n{forged}*/ ()"
    text = {"csv": csv_line, "stderr": stderr_lines}[form](statement)
    found = list(FORMS[form][0].entries(text.encode()))
    assert [getattr(entry, "statement", None) for entry in found] == [statement.rstrip("\n")]


def test_entries_of_other_processes_end_an_entry() -> None:
    log = f"{OTHER}{stderr_lines('CREATE TABLE t ()')}{OTHER}{stderr_lines('DROP TABLE t')}"
    found = [entry for entry in stderr().entries(log.encode()) if isinstance(entry, LogEntry)]
    assert [entry.statement for entry in found] == ["CREATE TABLE t ()", "DROP TABLE t"]


@pytest.mark.parametrize(
    ("prefix", "written", "expected"),
    [
        ("%m [%p] ", f"{WHEN} [7] ", {"pid": "7"}),
        ("%t:%r:%u@%d:[%p]:", "2026-01-15 14:30:25 UTC:10.0.0.1(51):anna@shop:[7]:",
         {"client_port": "10.0.0.1(51)", "user": "anna", "database": "shop", "pid": "7"}),
        ("%t:%r:%u@%d:[%p]:", "2026-01-15 14:30:25 UTC::@:[7]:", {"user": "", "pid": "7"}),
        ("%n %a %h ", "1768487425.123 psql 10.0.0.1 ", {"application": "psql", "client": "10.0.0.1"}),
        ("%m %c-%l %x %e %v %Q %i %b %P %s %L %% ",
         f"{WHEN} 6b03a572.11f8-3 755 42P07 3/5 -77 CREATE TABLE client backend  2026-01-15 14:30:25 UTC ::1 % ",
         {"session_id": "6b03a572.11f8", "line_number": "3", "transaction_id": "755", "sqlstate": "42P07"}),
        ("%m %-10u|%5p ", f"{WHEN} anna      |    7 ", {"user": "anna", "pid": "7"}),
        ("%m %q%u ", f"{WHEN} ", {"user": None}),
        ("%m (x) %z%u* ", f"{WHEN} (x) anna* ", {"user": "anna"}),
    ],
)  # fmt: skip
def test_every_escape_of_the_prefix(prefix: str, written: str, expected: dict[str, str | None]) -> None:
    match = compile_prefix(prefix).match(f"{written}ERROR:  42P07: x: y\n")
    assert match
    fields = match.groupdict()
    assert (fields["severity"], fields["verbose_state"], fields["text"]) == ("ERROR", "42P07", "x: y\n")
    assert {name: fields[name] for name in expected} == expected


def test_a_prefix_without_a_time_is_refused() -> None:
    with pytest.raises(UsageError, match="none of %m, %t and %n"):
        compile_prefix("[%p] ")


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("UTC", timedelta(0)),
        ("CET", timedelta(hours=1)),
        ("+0530", timedelta(hours=5, minutes=30)),
        ("-03", timedelta(hours=-3)),
    ],
)
def test_the_time_zone_of_the_log(text: str, offset: timedelta) -> None:
    clock = LogClock({"CET": timedelta(hours=1)}.get)
    assert clock.moment(f"2026-01-15 14:30:25.5 {text}") == datetime(
        2026, 1, 15, 14, 30, 25, 500000, timezone(offset)
    )


def test_an_unknown_time_zone_is_remembered() -> None:
    clock = LogClock()
    with pytest.raises(DamagedEntryError):
        clock.moment("2026-01-15 14:30:25 XYZ")
    assert clock.unknown_zones == {"XYZ"}


def test_a_failure_in_another_language_is_told_by_its_state() -> None:
    line = json_line("CREATE TABLE t ()").replace('"ERROR"', '"FEHLER"')
    [entry] = JsonLogReader(LogClock()).entries(line.encode())
    assert isinstance(entry, LogEntry)
    assert entry.is_failure


def test_formats_have_the_names_of_the_option() -> None:
    assert [form.value for form in LogFormat] == ["json", "csv", "stderr"]


@pytest.mark.parametrize(
    ("severity", "detail", "hint", "statement", "place"),
    [
        ("FEHLER", "DETAIL", "TIPP", "ANWEISUNG", "bei Zeichen"),
        ("ERREUR", "DÉTAIL", "ASTUCE ", "INSTRUCTION ", "au caractère"),
        ("ERROR", "DETALLE", "SUGERENCIA", "SENTENCIA", "en carácter"),
        ("ОШИБКА", "ПОДРОБНОСТИ", "ПОДСКАЗКА", "ОПЕРАТОР", "at character"),
    ],
)
def test_a_stderr_log_in_another_language(
    severity: str, detail: str, hint: str, statement: str, place: str
) -> None:
    head = f"{WHEN} [7] anna@shop "
    log = (
        f"{head}{severity}:  nein {place} 14\n{head}{detail}:  genau\n{head}{hint}:  so\n"
        f"{head}{statement}:  CREATE TABLE t (a nosuch)\n{OTHER}"
    )
    [entry] = stderr().entries(log.encode())
    assert isinstance(entry, LogEntry)
    assert entry.is_failure
    assert (entry.message, entry.position, entry.detail, entry.hint) == ("nein", 14, "genau", "so")
    assert entry.statement == "CREATE TABLE t (a nosuch)"


@each_form
@pytest.mark.parametrize(
    "statement", ["SELECT 1 AS a\nINTO t", "with x as (select 1) select *\tinto\tt from x"]
)
def test_a_select_into_is_found(form: str, statement: str) -> None:
    text = {"stderr": stderr_lines, "csv": csv_line, "json": json_line}[form](statement)
    [entry] = FORMS[form][0].entries(text.encode())
    assert isinstance(entry, LogEntry)
    assert entry.statement == statement


@pytest.mark.parametrize("form", ["stderr", "json"])
def test_an_insert_is_passed_over(form: str) -> None:
    text = {"stderr": stderr_lines, "json": json_line}[form]("INSERT INTO t SELECT 1")
    assert list(FORMS[form][0].entries(text.encode())) == []
