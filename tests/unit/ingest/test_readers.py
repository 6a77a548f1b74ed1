"""Reading each form of log: what is an entry, what is damaged, what is not all there yet."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, time

import pytest

from dbtrack.errors import UsageError
from dbtrack.ingest.batches import LogScanner
from dbtrack.ingest.envelopes import LogContext, unwrap
from dbtrack.ingest.formats.csvlog import CsvLogReader
from dbtrack.ingest.formats.entry import AmbiguousEntryError, DamagedEntryError, LogEntry
from dbtrack.ingest.formats.jsonlog import JsonLogReader
from dbtrack.ingest.formats.line_prefix import LinePrefix
from dbtrack.ingest.formats.log_format import LogFormat, LogReader, detect
from dbtrack.ingest.formats.log_time import LogClock, UnknownZoneError
from dbtrack.ingest.formats.stderrlog import KnownNames, StderrLogReader
from dbtrack.ingest.log_executions import Scope, executions_in
from dbtrack.ingest.log_stream import FileStream

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
def test_the_first_line_shows_the_format(form: str) -> None:
    _, text = FORMS[form]
    assert detect(text.encode()) is LogFormat(form)


@each_form
def test_every_torn_end_waits(form: str) -> None:
    reader, text = FORMS[form]
    whole = text.encode()
    for length in range(len(whole)):
        assert reader.complete_length(whole + whole[:length], settled=False) <= len(whole)
    assert reader.complete_length(whole, settled=True) == len(whole)
    assert reader.complete_length(whole[:-1], settled=True) < len(whole) - 1


class Trickle(io.BytesIO):
    """Gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 7))


@each_form
def test_it_does_not_matter_where_a_block_ends(form: str) -> None:
    reader, text = FORMS[form]
    log = text.encode() * 5
    scanner = LogScanner(reader, Scope(180000), None, lambda: False)
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


def test_a_block_that_begins_after_ten_thousand_bytes_is_as_readable_as_another() -> None:
    def entry(number: int) -> str:
        begin = f"2026-01-15 05:{number // 60:02}:{number % 60:02} UTC:10.0.0.1(5432):anna@shop:[7]:"
        return f'{begin}ERROR:  table "gone_{number}" does not exist\n{begin}STATEMENT:  DROP TABLE gone_{number}\n'

    text = "".join(map(entry, range(150))).encode()
    for end in range(15_000, 15_200, 7):
        reader = StderrLogReader("%t:%r:%u@%d:[%p]:", LogClock("UTC"))
        scanner = LogScanner(reader, Scope(180000, "secrets", None), None, lambda: False)
        batches = list(scanner.batches(_TwoPieces(text, end), 0, b""))
        assert sum(len(batch.executions) for batch in batches) == 150


class _TwoPieces(io.BytesIO):
    """A stream whose first read ends at this byte."""

    def __init__(self, data: bytes, end: int) -> None:
        super().__init__(data)
        self._end = end

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._end if self.tell() == 0 else size)


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
    [reading] = LinePrefix(prefix).readings(f"{written}ERROR:  42P07: x: y\n")
    fields = reading.fields
    assert (fields["severity"], fields["verbose_state"], fields["text"]) == ("ERROR", "42P07", "x: y\n")
    assert {name: fields[name] for name in expected} == expected


DEBIAN = "%m [%p] %q%u@%d "
DOCUMENTED = "%m [%p] %q%u@%d %a %r "
RDS = "%t:%r:%u@%d:[%p]:"
HEAD = f"{WHEN} [7] bob@shop"


def found_in(prefix: str, log: str, names: KnownNames | None = None) -> list[LogEntry | DamagedEntryError]:
    return list(StderrLogReader(prefix, LogClock(), names).entries(log.encode()))


@pytest.mark.parametrize(
    ("prefix", "log"),
    [
        # application_name, by any login: a GRANT that never ran.
        (DOCUMENTED, f"{HEAD} x [local] LOG:  statement: GRANT postgres TO bob;-- [local] LOG:  statement: SELECT 1\n"),
        # The same, to hide what failed.
        (DOCUMENTED, (f"{HEAD} x [local] LOG:  ok [local] ERROR:  no\n"
                      f"{HEAD} x [local] LOG:  ok [local] STATEMENT:  CREATE TABLE t ()\n")),
        # The name of a database that there need not be.
        (DEBIAN, f"{HEAD} LOG:  statement: GRANT postgres TO bob FATAL:  no such database\n"),
        # Line ends in the names of a startup packet, whole lines between the halves of a torn one.
        (DEBIAN, f"{WHEN} [9] x\n{HEAD} LOG:  statement: GRANT postgres TO bob\n@shop FATAL:  no role\n"),
        (DEBIAN, f"{WHEN} [9] x\n{OTHER * 9}{HEAD} LOG:  statement: DROP ROLE bob\n{OTHER * 9}@shop FATAL:  no role\n"),
        (DEBIAN, f"{WHEN} [9] LOG:  fine\n{HEAD} LOG:  statement: DROP ROLE bob\n@shop FATAL:  no role\n"),
        (DEBIAN, f"{WHEN} [9] x\n{HEAD} LOG:  statement: DROP ROLE bob\n{WHEN} [9] y@shop FATAL:  no role\n"),
        # Both halves look like entries; the message has the name.
        (DEBIAN, (f"{WHEN} [9] LOG:  fine\n{HEAD} LOG:  statement: DROP ROLE bob\n{WHEN} [9] y@shop FATAL:  role "
                  f'"LOG:  fine\n\t{HEAD} LOG:  statement: DROP ROLE bob\n\t{WHEN} [9] y" does not exist\n')),
        # Two logins that it can be.
        (DEBIAN, f"{WHEN} [7] bob@b@shop LOG:  statement: DROP ROLE bob\n"),
    ],
)  # fmt: skip
def test_an_entry_that_can_be_read_in_two_ways_is_ambiguous(prefix: str, log: str) -> None:
    found = found_in(prefix, log)
    assert AmbiguousEntryError in {type(each) for each in found}
    true = [each for each in found if isinstance(each, LogEntry)]
    assert [list(executions_in(entry, Scope(180000))) for entry in true] == [[]] * len(true)


def test_lines_of_other_programs_beside_an_entry_do_no_harm() -> None:
    log = f"cp: cannot stat 'x'\n{HEAD} LOG:  statement: DROP ROLE bob\nmore output\n"
    assert [type(each) for each in found_in(DEBIAN, log)] == [LogEntry]


@pytest.mark.parametrize(
    ("user", "database", "names", "expected"),
    [
        ("bob", "shop", KnownNames(), ("bob", None, None)),
        ("bob", "shop", KnownNames({"bob"}, {"shop"}), ("bob", "shop", "DBeaver 23.1 - Main")),
        ("bob@corp.com", "shop", KnownNames({"bob@corp.com"}, {"shop"}), ("bob@corp.com", "shop", "DBeaver 23.1 - Main")),
    ],
)  # fmt: skip
def test_names_with_blanks_are_distinguished_by_the_names_that_exist(
    user: str, database: str, names: KnownNames, expected: tuple[str | None, ...]
) -> None:
    line = f"{WHEN} [7] {user}@{database} DBeaver 23.1 - Main [local] LOG:  statement: DROP ROLE x\n"
    [entry] = found_in(DOCUMENTED, line, names)
    assert isinstance(entry, LogEntry)
    assert (entry.user, entry.database, entry.application) == expected


@pytest.mark.parametrize("address", ["::1", "2001:db8::17", "fe80::1%eth0", "10.0.0.1", "db-1.example.org"])
def test_addresses_with_colons_are_read_with_the_prefix_of_rds(address: str) -> None:
    line = f"2026-01-15 14:30:25 UTC:{address}(43074):anna@shop:[7]:LOG:  statement: DROP ROLE x\n"
    [entry] = found_in(RDS, line)
    assert isinstance(entry, LogEntry)
    assert (entry.user, entry.database, entry.client, entry.pid) == ("anna", "shop", address, 7)


def test_only_a_prefix_without_the_names_of_users_is_evidence() -> None:
    for prefix, head in ((DEBIAN, HEAD), ("%m [%p] %a ", f"{WHEN} [7] psql")):
        [entry] = found_in(prefix, f"{head} LOG:  statement: DROP ROLE x\n")
        assert isinstance(entry, LogEntry)
        assert entry.is_forgeable == (prefix == DEBIAN)


def test_a_word_that_is_unknown_is_damage() -> None:
    log = f"{HEAD} ERROR:  no\n{HEAD} VERKLARING:  CREATE TABLE t ()\n"
    [damage] = found_in(DEBIAN, log)
    assert "VERKLARING is not a word" in str(damage)


@pytest.mark.parametrize(
    "log",
    [
        f"{HEAD} ERROR: no\n{HEAD} STATEMENT: CREATE TABLE t ()\n",
        f"{HEAD} ERROR:  no\n{HEAD} STATEMENT:\n\tCREATE TABLE t ()\n",
        f"{HEAD} ERROR:  no\n{HEAD} STATEMENT:  CREATE\u00a0TABLE t ()\n",
        f"{HEAD} ERROR:  no\n{HEAD} STATEMENT:  \ufeffCREATE TABLE t ()\n",
    ],
    ids=["one blank", "no blank at a line end", "a wide blank", "a byte order mark"],
)
def test_blanks_that_editors_change_are_read(log: str) -> None:
    [entry] = found_in(DEBIAN, log)
    assert isinstance(entry, LogEntry)
    [failed] = executions_in(entry, Scope(180000))
    assert (failed.tag, failed.status) == ("CREATE TABLE", "FAILED")


def test_a_prefix_without_a_time_is_refused() -> None:
    with pytest.raises(UsageError, match="none of %m, %t and %n"):
        LinePrefix("[%p] ")


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        ("UTC", "2026-01-15 14:30:25.5 UTC", "14:30:25.5"),
        ("UTC", "2026-01-15 14:30:25.5 +0530", "09:00:25.5"),
        ("UTC", "2026-01-15 14:30:25.5 -03", "17:30:25.5"),
        # The server's own zone first.
        ("Asia/Shanghai", "2026-01-15 14:30:25 CST", "06:30:25"),
        ("America/Chicago", "2026-01-15 14:30:25 CST", "20:30:25"),
        ("America/Havana", "2026-01-15 14:30:25 CST", "19:30:25"),
        ("Asia/Kolkata", "2026-01-15 14:30:25 IST", "09:00:25"),
        ("Europe/Dublin", "2026-07-15 14:30:25 IST", "13:30:25"),
        ("Asia/Manila", "2026-01-15 14:30:25 PST", "06:30:25"),
        ("UTC+3", "2026-01-15 14:30:25 UTC", "17:30:25"),
        ("<UTC+3>-3", "2026-01-15 14:30:25 UTC+3", "11:30:25"),
        ("Europe/Berlin", "2026-10-25 02:30:25 CEST", "00:30:25"),
        ("Europe/Berlin", "2026-10-25 02:30:25 CET", "01:30:25"),
        # Of another server, where all zones with the abbreviation agree, at that time of the year.
        ("Asia/Shanghai", "2026-07-15 14:30:25 WEST", "13:30:25"),
        ("Asia/Shanghai", "2026-01-15 14:30:25 CET", "13:30:25"),
        ("Asia/Shanghai", "2026-01-15 14:30:25 UTC", "14:30:25"),
    ],
)
def test_the_time_zone_of_the_log(zone: str, text: str, utc: str) -> None:
    found = LogClock(zone).parse(text).astimezone(UTC)
    assert found.time() == time.fromisoformat(utc)


@pytest.mark.parametrize(
    ("clock", "text", "reason"),
    [
        (
            LogClock("UTC"),
            "2026-01-15 14:30:25 CST",
            r"CST is ambiguous.*-06:00, -05:00, \+08:00.*--timezone",
        ),
        (LogClock("UTC"), "2026-01-15 14:30:25 IST", r"IST is ambiguous"),
        (LogClock("UTC"), "2026-01-15 14:30:25 PST", r"PST is ambiguous"),
        (LogClock("UTC"), "2026-01-15 14:30:25 XYZ", "no time zone has the abbreviation XYZ.*--timezone"),
        (LogClock("Asia/Shanghai", is_given=True), "2026-01-15 14:30:25 CET", "Asia/Shanghai has no CET"),
    ],
)
def test_an_ambiguous_or_unknown_time_zone_is_never_guessed(clock: LogClock, text: str, reason: str) -> None:
    with pytest.raises(UnknownZoneError, match=reason):
        clock.parse(text)


def test_an_hour_that_came_twice_under_one_name_is_not_guessed() -> None:
    with pytest.raises(DamagedEntryError, match="occurred twice in Europe/Moscow"):
        LogClock("Europe/Moscow").parse("2014-10-26 01:30:25 MSK")


def test_a_time_zone_that_is_given_has_to_exist() -> None:
    with pytest.raises(UsageError, match="there is no time zone Berlin"):
        LogClock("Berlin", is_given=True)


def test_a_failure_in_another_language_is_recognised_by_its_sqlstate() -> None:
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


@pytest.mark.parametrize("form", ["csv", "json"])
def test_lines_in_a_name_do_not_change_the_form_of_a_log(form: str) -> None:
    forged = FORMS[form][1]
    assert detect(f"{WHEN} [9] x\n{forged * 20}y@shop FATAL:  no role\n{OTHER}".encode()) is LogFormat.STDERR
    assert detect(f"a banner\nanother\n{forged}".encode()) is LogFormat(form)


def test_lines_in_a_name_do_not_make_a_log_a_wrapped_one() -> None:
    forged = '{"log":"x","stream":"stderr"}\n{"logger":"postgres","record":{}}\n'
    stream = FileStream(io.BytesIO(f"{WHEN} [9] x\n{forged * 9}y@shop FATAL:  no role\n".encode()))
    found = unwrap(stream, LogContext(PREFIX, False, LogClock(), "log"), is_format_given=False)
    assert found.envelopes == ()
