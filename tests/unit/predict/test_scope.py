"""What of a schema a script can touch, and when only the whole will do."""

from __future__ import annotations

import pytest

from dbtrack.predict import scope
from dbtrack.predict.dump import Dump, Entry, read_dump
from dbtrack.predict.scope import Scope, scope_of
from dbtrack.predict.script import read_script

_TEXT = r"""--
-- PostgreSQL database dump
--

\restrict abc

-- Started on 2026-01-01

SET client_encoding = 'UTF8';

--
-- TOC entry 2 (class 1255 OID 11)
-- Dependencies: 1
-- Name: f(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.f() RETURNS integer
    LANGUAGE sql
    AS $$
--
-- TOC entry 9 (class 1259 OID 12)
-- Name: fake; Type: TABLE; Schema: public; Owner: -
--
SELECT 1;
$$;


SET default_tablespace = '';

--
-- TOC entry 3 (class 1259 OID 12)
-- Dependencies: 1 2
-- Name: t; Type: TABLE; Schema: public; Owner: -
-- Data Pos: 0
--

CREATE TABLE public.t (a integer DEFAULT public.f());


-- Completed on 2026-01-01

\unrestrict abc
"""


def test_entries_of_a_dump() -> None:
    found = read_dump(_TEXT)
    assert [(entry.number, entry.type, entry.name, entry.needs) for entry in found.entries] == [
        (0, "SETTING", "", ()),
        (2, "FUNCTION", "f()", (1,)),
        (0, "SETTING", "", ()),
        (3, "TABLE", "t", (1, 2)),
    ]
    assert found.entries[1].text.endswith("SELECT 1;\n$$;")
    # The time and the random number of a dump are not part of it; everything else is.
    assert read_dump(_TEXT.replace("abc", "xyz").replace("2026", "2027")).digest() == found.digest()
    assert read_dump(_TEXT.replace("SELECT 1", "SELECT 2")).digest() != found.digest()


def _function(number: int, name: str, body: str, language: str = "plpgsql") -> Entry:
    text = f"CREATE FUNCTION {name}() RETURNS int LANGUAGE {language} AS $${body}$$;"
    return Entry(number, "FUNCTION", f"{name}()", (), text)


_DUMP = Dump((
    Entry(1, "SCHEMA", "app", (), "CREATE SCHEMA app;"),
    Entry(2, "TYPE", "mood", (), "CREATE TYPE mood AS ENUM ('a');"),
    Entry(10, "TABLE", "customers", (1,), ""),
    Entry(11, "TABLE", "orders", (1, 2), ""),
    Entry(12, "TABLE", "lines", (1,), ""),
    Entry(13, "TABLE", "products", (1,), ""),
    Entry(14, "TABLE", "log", (1,), ""),
    Entry(15, "TABLE", "log_2026", (1,), ""),
    Entry(16, "TABLE", "Odd Name", (1,), ""),
    Entry(20, "VIEW", "open_orders", (11, 13), ""),
    Entry(21, "VIEW", "of_the_view", (20,), ""),
    _function(30, "plain", "SELECT count(*) FROM products"),
    _function(31, "dynamic", "EXECUTE 'SELECT 1'"),
    _function(32, "foreign", "return 1", "plpython3u"),
    Entry(40, "TABLE ATTACH", "log_2026", (14, 15), ""),
    Entry(41, "CONSTRAINT", "customers customers_pkey", (10,), ""),
    Entry(42, "INDEX", "orders_idx", (11,), ""),
    Entry(50, "FK CONSTRAINT", "orders orders_fkey", (11, 10, 41), ""),
    Entry(51, "FK CONSTRAINT", "lines lines_fkey", (12, 11), ""),
    Entry(52, "FK CONSTRAINT", "lines products_fkey", (12, 13), ""),
))  # fmt: skip


def _scope(monkeypatch: pytest.MonkeyPatch, script: str) -> Scope:
    monkeypatch.setattr(scope, "FEWEST_OBJECTS", 0)
    monkeypatch.setattr(scope, "LARGEST_SHARE", 1.0)
    return scope_of(_DUMP, read_script(script).statements)


@pytest.mark.parametrize(
    ("script", "numbers"),
    [
        ("ALTER TABLE app.customers ADD x int", {1, 2, 10, 41, 11, 42, 50}),
        # Across a foreign key is a table whose own keys do not matter.
        ("DROP TABLE products CASCADE", {1, 2, 13, 20, 21, 11, 42, 12, 52, 51}),
        ("ALTER TABLE log_2026 ADD x int", {1, 2, 14, 15, 40}),
        ('ALTER TABLE "Odd Name" ADD x int', {1, 2, 16}),
        ("DROP INDEX orders_idx", {1, 2, 11, 42, 20, 21, 13, 10, 41, 50, 12, 51, 52}),
        ("BEGIN; ALTER TABLE log ADD x int DEFAULT plain(); COMMIT", {1, 2, 14, 15, 40, 30, 13, 20, 21, 11, 42, 12, 52, 51}),
        ("COMMENT ON TABLE log IS 'see \"Odd Name\"'", {1, 2, 14, 15, 40, 16}),
    ],
)  # fmt: skip
def test_a_part(monkeypatch: pytest.MonkeyPatch, script: str, numbers: set[int]) -> None:
    found = _scope(monkeypatch, script)
    assert found.is_part, found.reason
    assert {entry.number for entry in found.dump.entries} == numbers


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("DO $$BEGIN END$$", "line 1 is DO"),
        ("ALTER TABLE log ADD x int;\nSELECT 1 FROM log", "line 2 is SELECT"),
        ("DROP TABLE IF EXISTS unheard_of", "names nothing that is known"),
        ("VACUUM", "names nothing that is known"),
        ("TRUNCATE customers CASCADE", "refers to a table"),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA app TO r", "all objects of a schema"),
        ("ALTER TABLE log ADD x int DEFAULT dynamic()", "dynamic() finds objects by a text"),
        ("ALTER TABLE log ADD x int DEFAULT foreign()", "in a language that is not read"),
        ("UPDATE log SET a = 1 WHERE to_regclass('a' || 'b') IS NULL", "finds objects by a text"),
        ('ALTER TABLE U&"d\\0061t" ADD x int', "Unicode escapes"),
    ],
)
def test_only_the_whole_will_do(monkeypatch: pytest.MonkeyPatch, script: str, reason: str) -> None:
    found = _scope(monkeypatch, script)
    assert not found.is_part
    assert reason in found.reason
    assert found.dump is _DUMP


def test_a_small_schema_is_copied_whole() -> None:
    found = scope_of(_DUMP, read_script("ALTER TABLE log ADD x int").statements)
    assert not found.is_part
    assert found.reason == ""
