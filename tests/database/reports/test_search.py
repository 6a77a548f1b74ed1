"""A search finds the same with what maintain has indexed and without it, and reads little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from dbtrack import retention, schema, sql_files
from dbtrack.db import Database
from dbtrack.proof.erase import erase
from dbtrack.reports import REPORTS, bind
from dbtrack.reports.search import Fragment, Search, fragments, search_rows, searched_query
from dbtrack.schema import settings
from dbtrack.serve.pages.now import executions_filter
from tests.support.command_line import run_dbtrack
from tests.support.dumps import database_name
from tests.support.history import make_month, past_execution
from tests.support.replicated import eventually
from tests.support.searched import (
    add_executions,
    assert_same_found,
    index_all,
    places_of,
    report_values,
    versions_read,
)
from tests.support.servers import Sandbox, Server
from tests.support.servers.sandbox import RoleFactory
from tests.support.standby import start_standby

_COVERED = "SELECT coalesce(sum(versions), 0) FROM script_tracking.search_segment"


@pytest.fixture(scope="module")
def searched(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Database]:
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        database = Database.wrap(connection)
        for number in (1, 2):
            database.call("add_tenant", tenant_bk=f"tenant-{number}")
        add_executions(database, "old", 1, 4000)
        yield database


def test_a_search_finds_the_same_whatever_is_indexed(searched: Database) -> None:
    index_all(searched)
    assert searched.value("SELECT sum(versions) FROM script_tracking.search_segment") >= 4000
    assert searched.value("SELECT count(*) FROM script_tracking.search_block WHERE load_dates IS NULL") == 0
    assert assert_same_found(searched, "history", "error_list", "errors") > 60
    # A rare text, and one that does not occur, with three tenants in each segment.
    assert versions_read(searched, grep="note_1777 ") <= 500
    assert versions_read(searched, object="shop.nothing") <= 500
    assert versions_read(searched, name="nothing") <= 500

    # What came after, and what came late: into the times of segments.
    add_executions(searched, "new", 4001, 4100)
    add_executions(searched, "late", 1, 100, hours_ago=20)
    assert assert_same_found(searched) > 15
    assert (versions_read(searched, grep="note_4042 "), versions_read(searched, grep="note_1777 ")) >= (
        200,
        200,
    )
    index_all(searched)
    assert versions_read(searched, grep="note_4042 ") <= 500

    # In a transaction that is open while others are indexed, as it commits after them.
    with psycopg.connect(searched.raw.info.dsn, autocommit=True) as other, other.transaction():
        add_executions(Database.wrap(other), "open", 5001, 5050, hours_ago=30)
        add_executions(searched, "again", 6001, 6600)
        index_all(searched)
    assert versions_read(searched, grep="note_5042 ") >= 50
    assert assert_same_found(searched) > 15
    index_all(searched)

    # In another database, where the ids of transactions mean nothing.
    searched.execute("UPDATE script_tracking.search_state SET place = '{}'")
    text = sql_files.report("history")
    search = Search.of(text, report_values(searched, "history", grep="note_1777 "), is_newest_first=True)
    assert search is not None
    assert places_of(searched, search).starts is None

    # Whatever the size of the segments; in the large one many searches read all rows.
    for most_rows in (20000, 100):
        searched.execute(
            "DELETE FROM script_tracking.search_block; DELETE FROM script_tracking.search_segment"
        )
        index_all(searched, most_rows)
        assert assert_same_found(searched) > 0


def test_an_export_finds_the_same(searched: Database) -> None:
    index_all(searched)
    text = sql_files.query("export/executions")
    more: dict[str, object] = {"all_versions": True, "recorded_since": None, "next_id": None, "open_ids": [], "again_since": None,
            "ended_before": None}  # fmt: skip
    for arguments in ({"grep": "note_1777 "}, {"object": "item_77"}, {"name": "step_4*"}):
        values = {**report_values(searched, "history", **arguments), **more}
        query, parameters = searched_query(searched, text, values)
        assert (query != text) or "grep" not in arguments
        assert sorted(searched.rows(query, parameters)) == sorted(searched.rows(text, values)) != []


def test_a_statement_of_too_many_words_is_read_always(installed: Database) -> None:
    installed.execute("SET ROLE dbtrack_owner")
    for words in ("w" * 20, "string_agg(md5(n::text), ' ')"):
        text = f"(SELECT {words} FROM generate_series(1, 9000) AS n)" if "(" in words else f"'{words}'"
        installed.execute(
            "INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, "
            "script_type, execution_status, execution_timestamp, db_session_user, sql_command, record_source) SELECT "
            f"sha256(n::text::bytea || '{words[:1]}'), clock_timestamp(), '', 'long', 'MANUAL', 'COMPLETED', now(), 'x', {text}, "
            "'test' FROM generate_series(1, 10) AS n"
        )
    installed.execute("RESET ROLE")
    index_all(installed, 2)
    assert installed.value("SELECT count(*) FROM script_tracking.search_block WHERE slots IS NULL") > 0
    text = sql_files.report("history")
    for phrase, count in (("c4ca4238a0b923820dcc509a6f75849b", 10), ("wwwwwww", 10), ("nothing", 0)):
        values = report_values(installed, "history", grep=phrase)
        found = list(search_rows(installed, text, values, is_newest_first=True))
        assert (len(found), found) == (count, installed.rows(text, values))


def test_many_late_versions_are_one_step_even_without_a_statement(installed: Database) -> None:
    without = (
        "UPDATE script_tracking.script_execution_s SET sql_command = NULL WHERE script_execution_hk = ANY ("
        "SELECT sha256(convert_to('{}' || n, 'UTF8')) FROM generate_series(1, 700, {}) AS n)"
    )
    add_executions(installed, "old", 1, 700)
    index_all(installed)
    # A program's run has no statement.
    for days_ago, every in ((20, 1), (25, 2)):
        of = f"late_{days_ago}_"
        add_executions(installed, of, 1, 700, hours_ago=24 * days_ago)
        installed.execute(without.format(of, every))
        installed.execute("SET ROLE dbtrack_owner")
        assert installed.call("advance_search") == [("done", 700)]
        installed.execute("RESET ROLE")
    assert installed.value(_COVERED) == installed.value(
        "SELECT count(*) FROM script_tracking.script_execution_s"
    )
    assert assert_same_found(installed) > 5


def test_a_tenant_finds_its_own_and_learns_nothing_of_others(searched: Database, role: RoleFactory) -> None:
    index_all(searched)
    login = role("searcher")
    searched.execute(f"GRANT dbtrack_reader TO {login}")
    searched.call("grant_tenant", tenant="tenant-1", role_name=login, is_default=False)
    with psycopg.connect(searched.raw.info.dsn, user=login, autocommit=True) as connection:
        own = Database.wrap(connection)
        assert assert_same_found(own) > 5
        # note_1777 is of tenant-1, note_1778 of tenant-2.
        assert 0 < versions_read(own, grep="note_1777 ") < 1500
        asked = "SELECT o_starts FROM script_tracking.search_places(ARRAY[script_tracking.search_slots({}, false, true)::text], {})"
        window = "'-infinity', NULL, NULL, NULL, {}"
        foreign = own.value(asked.format("'note_1778'", window.format("false")))
        assert foreign == own.value(asked.format("'nothing_at_all'", window.format("false")))
        assert own.value(asked.format("'note_1778'", window.format("true"))) is None
        # Neither do the numbers and times tell of others: of one version of tenant-2 that no block has yet.
        whole = (
            "SELECT to_json(p)::text FROM script_tracking.search_places("
            "ARRAY[script_tracking.search_slots('note_1777', false, true)::text], '-infinity', NULL, NULL, {}, false) AS p"
        )
        before = [own.value(whole.format(most)) for most in ("NULL", "600")]
        assert '"o_starts":["' in before[0]
        add_executions(searched, "foreign", 2, 2)
        assert before == [own.value(whole.format(most)) for most in ("NULL", "600")]
        assert own.value("SELECT count(DISTINCT tenant_hk) FROM script_tracking.script_execution_s") == 1
        for relation in ("search_block", "search_segment", "search_state"):
            with pytest.raises(Exception, match="permission denied"):
                own.rows(f"SELECT * FROM script_tracking.{relation}")
        with pytest.raises(Exception, match="permission denied"):
            own.call("advance_search")
        searched.call("revoke_tenant", tenant="tenant-1", role_name=login)
        assert '"o_starts":null' in own.value(whole.format("NULL"))


def test_what_is_erased_removed_or_restored_is_searched_as_it_is(
    installed: Database, installed_conninfo: str, tmp_path: object
) -> None:
    add_executions(installed, "old", 1, 1000)
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET db_session_user = 'alice' WHERE sql_command LIKE '%note_55 %'"
    )
    index_all(installed)
    alices = "SELECT count(*) FROM script_tracking.search_block WHERE slots @> script_tracking.search_slots('alice', true, true)"
    assert installed.value(alices) == 1
    erase(installed, "alice", "request 4711")
    assert installed.value(alices) == 0
    index_all(installed)
    assert installed.value(alices) == 0
    assert assert_same_found(installed) > 15


def test_a_dropped_month_and_one_that_is_restored(
    installed: Database, installed_conninfo: str, tmp_path: object
) -> None:
    month = (datetime.now(UTC) - timedelta(days=95)).replace(day=1)
    make_month(installed, month)
    for number in range(30):
        past_execution(installed, f"ancient_{number}", month + timedelta(days=2, minutes=number))
    add_executions(installed, "old", 1, 600)
    index_all(installed)
    text = sql_files.report("history")
    values = bind(installed, REPORTS["history"], {"since": "200d", "name": "ancient_7"})
    assert len(list(search_rows(installed, text, values, is_newest_first=True))) == 1
    done = run_dbtrack("cleanup", "--days", "40", "--archive", str(tmp_path), "-d", installed_conninfo)
    assert done.returncode == 0, done.stderr
    assert installed.value(
        "SELECT min(segment_end) > now() - interval '90 days' FROM script_tracking.search_segment"
    )
    assert list(search_rows(installed, text, values, is_newest_first=True)) == []
    index_all(installed)
    done = run_dbtrack("archive", "restore", str(tmp_path), "-d", installed_conninfo)
    assert done.returncode == 0, done.stderr
    assert len(list(search_rows(installed, text, values, is_newest_first=True))) == 1
    index_all(installed)
    assert len(list(search_rows(installed, text, values, is_newest_first=True))) == 1
    assert versions_read(installed, name="ancient_7") < 600


def test_switched_off_the_notes_go_and_the_rows_are_read(installed: Database) -> None:
    add_executions(installed, "old", 1, 1000)
    index_all(installed, 200)
    covered = installed.value(_COVERED)
    add_executions(installed, "new", 1001, 1100)
    assert installed.value("SELECT script_tracking.search_backlog()") == 100
    settings.set_setting(installed, "search.index", "off")
    assert installed.value("SELECT script_tracking.search_backlog()") is None
    assert assert_same_found(installed) == 0
    # A step takes ten times as many as are written, but whole segments.
    [(outcome, removed)] = installed.call("advance_search", p_most_rows=50)
    assert outcome == "removing"
    assert 0 < removed <= 500
    assert installed.value(_COVERED) == covered - removed
    settings.set_setting(installed, "search.index", "on")
    assert assert_same_found(installed) > 5
    settings.set_setting(installed, "search.index", "off")
    search = [task for task in retention.maintain(installed).tasks if task[0] == "search"]
    assert search == [("search", "skipped", f"{covered - removed} versions removed, search.index is off")]
    assert installed.value("SELECT count(*) FROM script_tracking.search_block") == 0
    assert assert_same_found(installed) == 0
    settings.set_setting(installed, "search.index", "on")
    index_all(installed)
    assert installed.value("SELECT script_tracking.search_backlog()") == 0
    assert assert_same_found(installed) > 5


def test_the_doctor_says_when_searches_read_much(installed: Database) -> None:
    add_executions(installed, "many", 1, 100_010)
    (found,) = [finding for finding in schema.diagnose(installed) if finding.subject == "search"]
    assert (found.severity, found.remedy_sql) == ("WARNING", "dbtrack maintain")
    settings.set_setting(installed, "search.index", "off")
    assert not [finding for finding in schema.diagnose(installed) if finding.subject == "search"]


@pytest.mark.every_server
def test_a_standby_searches_with_the_notes_of_its_primary(server: Server, installed: Database) -> None:
    add_executions(installed, "old", 1, 1500)
    index_all(installed)
    standby = start_standby(server)
    try:
        conninfo = standby.conninfo(database_name(installed.raw.info.dsn))
        with psycopg.connect(conninfo, autocommit=True) as connection:
            own = Database.wrap(connection)
            assert own.value("SELECT pg_is_in_recovery()")
            assert assert_same_found(own) > 5
            add_executions(installed, "late", 2001, 2100, hours_ago=10)
            add_executions(installed, "new", 3001, 3100)
            _wait_for_replay(installed, own)
            assert assert_same_found(own) > 5
            assert versions_read(own, grep="note_2042 ") >= 200
            index_all(installed)
            _wait_for_replay(installed, own)
            assert assert_same_found(own) > 5
            assert 0 < versions_read(own, grep="note_2042 ") <= 500
            assert own.value("SELECT script_tracking.search_backlog()") == 0
    finally:
        standby.stop()


def _wait_for_replay(primary: Database, standby: Database) -> None:
    position = primary.value("SELECT pg_current_wal_insert_lsn()")
    eventually(
        lambda: bool(standby.value("SELECT pg_last_wal_replay_lsn() >= %(at)s::pg_lsn", {"at": position}))
    )


@pytest.mark.every_server
def test_in_a_turkish_database_letters_are_found_as_without_notes(turkish: Database) -> None:
    add_executions(turkish, "old", 1, 1500)
    turkish.execute(
        "UPDATE script_tracking.script_execution_s SET script_name = CASE version_number % 4 "
        "WHEN 0 THEN 'INDIGO' WHEN 1 THEN 'İNDİGO' WHEN 2 THEN 'ındıgo' ELSE 'indigo' END "
        "WHERE sql_command LIKE '%%note_777 %%' OR sql_command LIKE '%%note_77_ %%'"
    )
    index_all(turkish)
    assert assert_same_found(turkish, "history", "errors") > 5
    text, used, matched = sql_files.query("page/search_executions"), 0, 0
    since = datetime.now(UTC) - timedelta(days=30)
    for words in (
        "indigo",
        "INDIGO",
        "Indigo",
        "İNDİGO",
        "ındıgo",
        "ITEM_77",
        "item_77",
        "öffentlich",
        "isik",
    ):
        values = executions_filter(since=since, limit=100, words=words)
        found = list(search_rows(turkish, text, values, is_newest_first=True))
        assert found == turkish.rows(text, values), words
        matched += bool(found)
        search = Search.of(text, values, is_newest_first=True)
        used += search is not None and places_of(turkish, search).starts is not None
    assert (used > 0, matched > 5) == (True, True)


@pytest.mark.every_server
def test_the_notes_survive_an_uninstallation_that_keeps_the_data(installed: Database) -> None:
    add_executions(installed, "old", 1, 1000)
    index_all(installed)
    schema.uninstall(installed, keep_data=True)
    # Whoever adds to the tables meanwhile.
    add_executions(installed, "late", 2001, 2100, hours_ago=5)
    schema.install(installed)
    assert installed.value(_COVERED) >= 1000
    assert assert_same_found(installed) > 5
    assert versions_read(installed, grep="note_2042 ") >= 100
    retention.maintain(installed)
    assert assert_same_found(installed) > 5
    assert settings.set_setting(installed, "search.index", "off") == "off"


def test_patterns_become_texts_with_their_ends() -> None:
    assert fragments("shop.%") == [Fragment("shop.", True, False)]
    assert fragments(r"%a\%b\\_c") == [Fragment("a%b\\", False, False), Fragment("c", False, True)]
    assert fragments("%") == []
    assert fragments("whole") == [Fragment("whole", True, True)]
