"""A search finds the same with what maintain has indexed and without it, and reads little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.proof.erase import erase
from dbtrack.reports import REPORTS, bind
from dbtrack.reports.search import Fragment, Places, Search, fragments, search_rows, searched_query
from tests.support.command_line import run_dbtrack
from tests.support.history import make_month, past_execution
from tests.support.servers import Sandbox
from tests.support.servers.sandbox import RoleFactory

_ROWS = """
INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type,
    execution_status, execution_timestamp, db_session_user, affected_objects, sql_command, error_message, metadata, record_source)
SELECT sha256(convert_to(%(of)s || n, 'UTF8')), d.load_date, '',
    CASE WHEN n %% 3 > 0 THEN sha256(convert_to('tenant-' || n %% 3, 'UTF8')) END, 'step_' || n %% 50, 'MIGRATION',
    CASE WHEN n %% 9 = 0 THEN 'FAILED' ELSE 'COMPLETED' END, d.load_date - interval '1 second', 'worker_' || n %% 7,
    array_remove(ARRAY['shop.item_' || n %% 400, CASE n %% 500 WHEN 1 THEN 'public."O""dd, name"' WHEN 2 THEN 'öffentlich.ıŞık'
        END], NULL),
    CASE n %% 250 WHEN 3 THEN E'UPDATE t SET a = ''100%%_sure'' -- back\\\\slash\\nnext line' WHEN 4 THEN 'SELECT İSTANBUL, ıslak, K'
        WHEN 5 THEN 'x' ELSE 'ALTER TABLE shop.item_' || n %% 400 || ' ADD note_' || n || ' text' END,
    CASE WHEN n %% 9 = 0 THEN 'column "note_' || n || '" of relation exists' END,
    jsonb_build_object('application_name', 'app ' || n %% 11, 'ticket', 'OPS-' || n %% 600), 'test'
FROM generate_series(%(first)s::integer, %(last)s::integer) AS n
CROSS JOIN LATERAL (SELECT now() - (%(last)s::integer - n + 60 * %(hours_ago)s) * interval '1 minute' AS load_date) AS d
"""
_CORPUS: tuple[dict[str, object], ...] = (
    {"grep": "note_1777 "},
    {"grep": "NOTE_1777"},
    {"grep": "ote_177"},
    {"grep": "alter table", "limit": 20},
    {"grep": "alter table"},
    {"grep": "table shop.item_399 add"},
    {"grep": "100%_sure"},
    {"grep": "back\\slash\nnext"},
    {"grep": "a = '100"},
    {"grep": "İSTANBUL"},
    {"grep": "istanbul"},
    {"grep": "ıslak"},
    {"grep": "x"},
    {"grep": "te"},
    {"grep": "%%%"},
    {"grep": "nothing of the kind"},
    {"object": "shop.item_77"},
    {"object": "item_77"},
    {"object": "shop.item_39?"},
    {"object": "*item_7*"},
    {"object": "*"},
    {"object": 'public."O""dd, name"'},
    {"object": "öffentlich.ıŞık"},
    {"object": "shop.nothing,shop.item_5"},
    {"name": "step_7"},
    {"name": "step_4*", "grep": "note_17"},
    {"user": "worker_3", "limit": 5},
    {"user": "worker_3,nobody", "object": "item_12"},
    {"app": "app 10", "failed": True},
    {"app": "*1?", "grep": "note_2"},
    {"ticket": "OPS-599"},
    {"grep": "note_", "failed": True, "limit": 7},
)


@pytest.fixture(scope="module")
def searched(_module_sandbox: Sandbox, installed_template: str) -> Iterator[Database]:
    with psycopg.connect(_module_sandbox.database(installed_template), autocommit=True) as connection:
        database = Database.wrap(connection)
        for number in (1, 2):
            database.call("add_tenant", tenant_bk=f"tenant-{number}")
        _add(database, "old", 1, 4000)
        yield database


def _add(database: Database, of: str, first: int, last: int, hours_ago: int = 0) -> None:
    database.execute(_ROWS, {"of": of, "first": first, "last": last, "hours_ago": hours_ago})


def _index(database: Database, most_rows: int = 500) -> None:
    database.execute("SET ROLE dbtrack_owner")
    while database.call("advance_search", p_most_rows=most_rows)[0][0] == "more":
        pass
    database.execute("RESET ROLE")


def _values(database: Database, report: str, **arguments: object) -> dict[str, object]:
    return bind(database, REPORTS[report], {"since": "30d", **arguments})


def _assert_same(database: Database, *reports: str) -> int:
    """Compare all searches with what the report finds by reading; return how many read places."""
    used = 0
    for report in reports or ("history",):
        known = {parameter.name for parameter in REPORTS[report].parameters}
        text, in_order = sql_files.report(report), REPORTS[report].in_pages
        for arguments in (each for each in _CORPUS if each.keys() <= known):
            values = _values(database, report, **arguments)
            found = list(search_rows(database, text, values, is_newest_first=in_order))
            assert found == database.rows(text, values), (report, arguments)
            search = Search.of(text, values, is_newest_first=in_order)
            used += search is not None and _places(database, search).starts is not None
    return used


def _places(database: Database, search: Search) -> Places:
    return Places(*database.rows(sql_files.query("search/places"), search.asking(None))[0])


def _read(database: Database, **arguments: object) -> int:
    """Return how many versions a search of the history reads."""
    search = Search.of(
        sql_files.report("history"), _values(database, "history", **arguments), is_newest_first=True
    )
    assert search is not None
    places = _places(database, search)
    return int(
        database.value(
            "SELECT count(*) FROM script_tracking.versions_within(%(starts)s::timestamptz[], %(ends)s::timestamptz[], "
            "%(load_dates)s::text[], NULL)",
            places._asdict(),
        )
    )


def test_a_search_finds_the_same_whatever_is_indexed(searched: Database) -> None:
    _index(searched)
    assert searched.value("SELECT sum(versions) FROM script_tracking.search_segment") >= 4000
    assert searched.value("SELECT count(*) FROM script_tracking.search_block WHERE load_dates IS NULL") == 0
    assert _assert_same(searched, "history", "error_list", "errors") > 60
    # A rare text, and one that does not occur, with three tenants in each segment.
    assert _read(searched, grep="note_1777 ") <= 500
    assert _read(searched, object="shop.nothing") <= 500
    assert _read(searched, name="nothing") <= 500

    # What came after, and what came late: into the times of segments.
    _add(searched, "new", 4001, 4100)
    _add(searched, "late", 1, 300, hours_ago=20)
    assert _assert_same(searched) > 15
    assert (_read(searched, grep="note_4042 "), _read(searched, grep="note_1777 ")) >= (400, 400)
    _index(searched)
    assert _read(searched, grep="note_4042 ") <= 500

    # In a transaction that is open while others are indexed, as it commits after them.
    with psycopg.connect(searched.raw.info.dsn, autocommit=True) as other, other.transaction():
        _add(Database.wrap(other), "open", 5001, 5050, hours_ago=30)
        _add(searched, "again", 6001, 6600)
        _index(searched)
    assert _read(searched, grep="note_5042 ") >= 50
    assert _assert_same(searched) > 15
    _index(searched)

    # In another database, where the ids of transactions mean nothing.
    searched.execute("UPDATE script_tracking.search_state SET place = '{}'")
    text = sql_files.report("history")
    search = Search.of(text, _values(searched, "history", grep="note_1777 "), is_newest_first=True)
    assert search is not None
    assert _places(searched, search).starts is None

    # Whatever the size of the segments; in the large one many searches read all rows.
    for most_rows in (20000, 100):
        searched.execute(
            "DELETE FROM script_tracking.search_block; DELETE FROM script_tracking.search_segment"
        )
        _index(searched, most_rows)
        assert _assert_same(searched) > 0


def test_an_export_finds_the_same(searched: Database) -> None:
    _index(searched)
    text = sql_files.query("export/executions")
    more: dict[str, object] = {"all_versions": True, "recorded_since": None, "next_id": None, "open_ids": [], "again_since": None,
            "ended_before": None}  # fmt: skip
    for arguments in ({"grep": "note_1777 "}, {"object": "item_77"}, {"name": "step_4*"}):
        values = {**_values(searched, "history", **arguments), **more}
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
    _index(installed, 2)
    assert installed.value("SELECT count(*) FROM script_tracking.search_block WHERE slots IS NULL") > 0
    text = sql_files.report("history")
    for phrase, count in (("c4ca4238a0b923820dcc509a6f75849b", 10), ("wwwwwww", 10), ("nothing", 0)):
        values = _values(installed, "history", grep=phrase)
        found = list(search_rows(installed, text, values, is_newest_first=True))
        assert (len(found), found) == (count, installed.rows(text, values))


def test_a_tenant_finds_its_own_and_learns_nothing_of_others(searched: Database, role: RoleFactory) -> None:
    _index(searched)
    login = role("searcher")
    searched.execute(f"GRANT dbtrack_reader TO {login}")
    searched.call("grant_tenant", tenant="tenant-1", role_name=login, is_default=False)
    with psycopg.connect(searched.raw.info.dsn, user=login, autocommit=True) as connection:
        own = Database.wrap(connection)
        assert _assert_same(own) > 5
        # note_1777 is of tenant-1, note_1778 of tenant-2.
        assert 0 < _read(own, grep="note_1777 ") < 1500
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
        _add(searched, "foreign", 2, 2)
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
    _add(installed, "old", 1, 1000)
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET db_session_user = 'alice' WHERE sql_command LIKE '%note_55 %'"
    )
    _index(installed)
    alices = "SELECT count(*) FROM script_tracking.search_block WHERE slots @> script_tracking.search_slots('alice', true, true)"
    assert installed.value(alices) == 1
    erase(installed, "alice", "request 4711")
    assert installed.value(alices) == 0
    _index(installed)
    assert installed.value(alices) == 0
    assert _assert_same(installed) > 15


def test_a_dropped_month_and_one_that_is_restored(
    installed: Database, installed_conninfo: str, tmp_path: object
) -> None:
    month = (datetime.now(UTC) - timedelta(days=95)).replace(day=1)
    make_month(installed, month)
    for number in range(30):
        past_execution(installed, f"ancient_{number}", month + timedelta(days=2, minutes=number))
    _add(installed, "old", 1, 600)
    _index(installed)
    text = sql_files.report("history")
    values = bind(installed, REPORTS["history"], {"since": "200d", "name": "ancient_7"})
    assert len(list(search_rows(installed, text, values, is_newest_first=True))) == 1
    done = run_dbtrack("cleanup", "--days", "40", "--archive", str(tmp_path), "-d", installed_conninfo)
    assert done.returncode == 0, done.stderr
    assert installed.value(
        "SELECT min(segment_end) > now() - interval '90 days' FROM script_tracking.search_segment"
    )
    assert list(search_rows(installed, text, values, is_newest_first=True)) == []
    _index(installed)
    done = run_dbtrack("archive", "restore", str(tmp_path), "-d", installed_conninfo)
    assert done.returncode == 0, done.stderr
    assert len(list(search_rows(installed, text, values, is_newest_first=True))) == 1
    _index(installed)
    assert len(list(search_rows(installed, text, values, is_newest_first=True))) == 1
    assert _read(installed, name="ancient_7") < 600


def test_patterns_become_texts_with_their_ends() -> None:
    assert fragments("shop.%") == [Fragment("shop.", True, False)]
    assert fragments(r"%a\%b\\_c") == [Fragment("a%b\\", False, False), Fragment("c", False, True)]
    assert fragments("%") == []
    assert fragments("whole") == [Fragment("whole", True, True)]
