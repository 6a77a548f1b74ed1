"""The pages over HTTP: signing in, who sees what, filters, errors, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from dbtrack.db import Database
from dbtrack.serve.pages import routes
from dbtrack.serve.pages.session import LIFETIME_SECONDS
from tests.support.served import Served, served
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

pytestmark = pytest.mark.any_server

HOSTILE = "<script>alert(1)</script>\u202egpj"


@pytest.fixture
def web(tenancy: Tenancy, role: RoleFactory) -> Iterator[Served]:
    with served(tenancy.conninfo, role("web", member_of=("dbtrack_api",))) as web:
        yield web


@pytest.fixture
def browser(web: Served) -> Iterator[httpx.Client]:
    """A client without a token, which follows no redirect."""
    with httpx.Client(base_url=web.url, timeout=60) as client:
        yield client


def sign_in(browser: httpx.Client, token: str, **form: str) -> httpx.Response:
    return browser.post("/login", data={"token": token, **form}, headers={"Sec-Fetch-Site": "same-origin"})


def text(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_browser_without_a_session_is_sent_to_the_form_and_back(browser: httpx.Client, web: Served) -> None:
    sent = browser.get("/history?user=alice")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/login?next=%2Fhistory%3Fuser%3Dalice"
    assert 'value="/history?user=alice"' in text(browser.get(sent.headers["location"]))
    back = sign_in(browser, web.token("dba"), next="/history?user=alice")
    assert (back.status_code, back.headers["location"]) == (303, "/history?user=alice")
    assert "<h1>History" in text(browser.get("/history"))


def test_one_token_does_not_keep_others_from_watching(
    browser: httpx.Client, web: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "_MOST_WATCHERS_OF_A_TOKEN", 0)
    sign_in(browser, web.token("dba"))
    refused = browser.get("/events")
    assert refused.status_code == 503
    assert "with this token" in refused.text


def test_the_cookie_is_not_the_token_and_no_script_or_other_site_has_it(
    browser: httpx.Client, web: Served
) -> None:
    token = web.token("dba")
    cookie = sign_in(browser, token).headers["set-cookie"]
    assert token not in cookie
    assert token.rsplit("_", maxsplit=1)[1] not in cookie
    assert f"Max-Age={LIFETIME_SECONDS}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie


def test_a_wrong_token_is_refused_with_a_message(browser: httpx.Client, web: Served) -> None:
    web.token("dba")
    for token in ("", "secret", "dbt_0123456789ab_" + "0" * 64):
        answer = sign_in(browser, token)
        assert answer.status_code == 401
        assert "unknown, has expired or was revoked" in answer.text
        assert "set-cookie" not in answer.headers


def test_another_site_can_neither_sign_in_nor_out(browser: httpx.Client, web: Served) -> None:
    token = web.token("dba")
    sign_in(browser, token)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert browser.post("/login", data={"token": token}, headers=headers).status_code == 403
        assert browser.post("/logout", headers=headers).status_code == 403
    assert browser.get("/session").status_code == 204


def test_signing_out_ends_the_session(browser: httpx.Client, web: Served) -> None:
    sign_in(browser, web.token("dba"))
    assert "Sign out" in text(browser.get("/"))
    browser.post("/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert browser.get("/").status_code == 303


def test_a_revoked_token_ends_its_sessions(browser: httpx.Client, web: Served) -> None:
    sign_in(browser, web.token("dba"))
    text(browser.get("/"))
    web.superuser.execute("SELECT script_tracking.revoke_api_token('dba')")
    assert browser.get("/").status_code == 303
    assert browser.get("/events").status_code == 303
    assert browser.get("/session").status_code == 401


def test_a_forged_cookie_is_no_session(browser: httpx.Client, web: Served) -> None:
    web.token("dba")
    browser.cookies.set("dbtrack", "A" * 160, domain="127.0.0.1")
    assert browser.get("/").status_code == 303


def test_the_database_decides_who_sees_what_on_every_page(browser: httpx.Client, web: Served) -> None:
    everything = text(as_reader(browser, web.token("dba"), "/"))
    assert "secret of acme" in everything
    assert "secret of globex" in everything
    assert "secret of the platform" in everything
    acme = web.token("acme", "read", "acme")
    [(globex_key,)] = web.superuser.execute(
        "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution "
        "WHERE script_name = 'secret of globex'"
    ).fetchall()
    for path in (
        "/",
        "/history",
        "/history?tenant=acme",
        "/objects",
        "/reports/dashboard_by_tenant",
        "/reports/errors",
    ):
        shown = text(as_reader(browser, acme, path))
        assert "globex" not in shown, path
        assert "secret of the platform" not in shown, path
    assert "secret of acme" in text(as_reader(browser, acme, "/history"))
    answer = as_reader(browser, acme, f"/executions/{globex_key[:16]}")
    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert "secret of globex" in text(as_reader(browser, web.token("all"), f"/executions/{globex_key[:16]}"))


def as_reader(browser: httpx.Client, token: str, path: str) -> httpx.Response:
    return browser.get(path, headers={"Authorization": f"Bearer {token}"})


def test_every_page_is_small_and_may_load_nothing(browser: httpx.Client, web: Served) -> None:
    token = web.token("admin", "admin")
    for path in (
        "/",
        "/history",
        "/objects",
        "/objects/public.orders",
        "/reports",
        "/reports/health",
        "/login",
    ):
        answer = as_reader(browser, token, path)
        assert len(text(answer).encode()) < 60_000
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<[^>]+\s(style|on\w+)=", answer.text)
        assert not re.search(r'(src|href)="(https?:)?//', answer.text)


def test_every_report_that_stands_alone_has_a_page(browser: httpx.Client, web: Served) -> None:
    token = web.token("admin", "admin")
    names = re.findall(r'href="/reports/(\w+)"', text(as_reader(browser, token, "/reports")))
    assert {"dashboard", "history", "errors", "health", "performance", "access"} <= set(names)
    for name in set(names):
        assert "<h1>" in text(as_reader(browser, token, f"/reports/{name}"))
    assert as_reader(browser, token, "/reports/own").status_code == 404
    refused = as_reader(browser, token, "/reports/history?days=many")
    assert refused.status_code == 422
    assert "must be a whole number" in refused.text


def test_administrators_reports_need_the_scope_admin(browser: httpx.Client, web: Served) -> None:
    assert as_reader(browser, web.token("dba"), "/reports/access").status_code == 403


def test_history_goes_back_page_by_page(browser: httpx.Client, web: Served) -> None:
    record(web, *(f"run {number:03}" for number in range(95)))
    token, path, seen = web.token("dba"), "/history?type=MANUAL", []
    for _ in range(10):
        shown = text(as_reader(browser, token, path))
        seen += re.findall(r"<bdi>(run \d+)</bdi>", shown)
        older = re.search(r'rel="next" href="([^"]+)"', shown)
        if older is None:
            break
        path = older[1].replace("&amp;", "&")
        assert "before=" in path
    assert seen == [f"run {number:03}" for number in reversed(range(95))]


def record(web: Served, *names: str) -> None:
    for name in names:
        web.superuser.execute(
            "SELECT script_tracking.complete_operation(script_tracking.track_operation(%s))", (name,)
        )


@pytest.mark.parametrize(
    "query",
    [
        "q=NEEDLE",
        "name=the needle",
        "user={login}&q=needle",
        "q=needle&status=completed",
        "q=needle&of=none&days=1",
    ],
)
def test_a_search_finds(browser: httpx.Client, web: Served, query: str) -> None:
    record(web, "the needle", "hay")
    shown = text(
        as_reader(browser, web.token("dba"), f"/history?{query.format(login=web.superuser.info.user)}")
    )
    assert "the needle" in re.sub(r"<wbr>", "", shown)
    assert "<bdi>hay</bdi>" not in shown


def test_a_search_for_a_key_leads_to_the_execution(browser: httpx.Client, web: Served) -> None:
    record(web, "found")
    [(key,)] = web.superuser.execute(
        "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution WHERE script_name = 'found'"
    ).fetchall()
    answer = as_reader(browser, web.token("dba"), f"/history?q={key[:8]}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/executions/{key[:8]}")


@pytest.mark.parametrize("query", ["days=0", "days=x", "days=99999", "tenant=nobody", "before=zz"])
def test_a_filter_that_means_nothing_is_refused_with_a_message(
    browser: httpx.Client, web: Served, query: str
) -> None:
    answer = as_reader(browser, web.token("dba"), f"/history?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_an_execution_shows_what_it_did_and_why_it_failed(browser: httpx.Client, web: Served) -> None:
    superuser = web.superuser
    superuser.execute("CREATE TABLE public.orders (a int)")
    [(key,)] = superuser.execute(
        "SELECT script_tracking.track_operation('V42', 'MIGRATION', metadata => '{\"ticket\": \"OPS-1\"}')"
    ).fetchall()
    superuser.execute(f"SET dbtrack.execution = '{key.hex()}'".encode())
    superuser.execute("ALTER TABLE public.orders ADD COLUMN b int")
    superuser.execute("RESET dbtrack.execution")
    superuser.execute("SELECT script_tracking.complete_operation(%s, false, 'ERROR:  no such thing')", (key,))
    shown = text(as_reader(browser, web.token("dba"), f"/executions/{key.hex()[:12]}"))
    plain = re.sub(r"\s+", " ", re.sub(r"<wbr>|<[^>]+>", "", shown))
    assert "failed after" in plain
    assert "no such thing" in plain
    assert "OPS-1" in plain
    assert "ALTER TABLE public.orders" in plain
    assert "Versions: 2" in plain


def test_hostile_names_stay_text(browser: httpx.Client, web: Served) -> None:
    superuser = web.superuser
    superuser.execute(b'CREATE TABLE public."<img src=x onerror=alert(1)>" (a int)')
    [(key,)] = superuser.execute("SELECT script_tracking.track_operation(%s)", (HOSTILE,)).fetchall()
    superuser.execute(
        "SELECT script_tracking.complete_operation(%s, false, %s)", (key, HOSTILE + "<b>" * 50_000)
    )
    token = web.token("dba")
    paths = ("/", "/history", "/history?q=%3Cscript", f"/executions/{key.hex()}", "/reports/errors", "/objects",
             "/objects/%3Cimg%20src=x%20onerror=alert(1)%3E")  # fmt: skip
    for path in paths:
        shown = text(as_reader(browser, token, path))
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "\u202e" not in shown
        assert len(shown.encode()) < 60_000


@pytest.mark.parametrize("name", ["q", "user", "object", "status", "days"])
def test_what_was_typed_comes_back_as_text(browser: httpx.Client, web: Served, name: str) -> None:
    answer = browser.get(
        "/history",
        params={name: '"><script>alert(1)</script>'},
        headers={"Authorization": f"Bearer {web.token('dba')}"},
    )
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_an_execution_that_is_not_there_is_a_page_not_found(browser: httpx.Client, web: Served) -> None:
    token = web.token("dba")
    assert as_reader(browser, token, "/executions/" + "0" * 64).status_code == 404
    assert as_reader(browser, token, "/executions/nokey").status_code == 422
    assert "no execution" in as_reader(browser, token, "/executions/" + "0" * 64).text


def test_looking_is_recorded_once_and_not_by_each_refresh(browser: httpx.Client, web: Served) -> None:
    token = web.token("dba")
    web.superuser.execute("SELECT script_tracking.set_setting('access.recording', 'on')")
    for _ in range(3):
        text(as_reader(browser, token, "/"))
    count = "SELECT count(*) FROM script_tracking.access_log WHERE report_name = 'page'"
    assert web.superuser.execute(count.encode()).fetchone() == (1,)
    reports = "SELECT count(*) FROM script_tracking.access_log WHERE report_name IN ('dashboard', 'health', 'errors')"
    assert web.superuser.execute(reports.encode()).fetchone() == (0,)


def test_a_reader_whose_tenant_has_nothing_is_told_what_was_searched(
    browser: httpx.Client, web: Served
) -> None:
    web.superuser.execute("SELECT script_tracking.add_tenant('empty')")
    shown = text(as_reader(browser, web.token("empty", "read", "empty"), "/"))
    assert "Nothing needs you" in shown
    assert "of empty" in re.sub(r"<[^>]+>", "", shown)
    assert "Nothing recorded yet" in shown


def test_hours_agree_with_the_rows_before_and_after_the_rollups(web: Served) -> None:
    record(web, *(f"run {number}" for number in range(5)))
    web.superuser.execute(
        "SELECT script_tracking.complete_operation(script_tracking.track_operation('x'), false, 'no')"
    )
    query = (
        "SELECT sum(completed), sum(failed) FROM script_tracking.get_throughput(now() - interval '2 days')"
    )
    rows = (
        "SELECT count(*) FILTER (WHERE execution_status = 'COMPLETED'), "
        "count(*) FILTER (WHERE execution_status = 'FAILED') FROM script_tracking.ended_execution"
    )
    expected = web.superuser.execute(rows.encode()).fetchone()
    assert web.superuser.execute(query.encode()).fetchone() == expected
    Database.wrap(web.superuser).call("advance_rollups")
    assert web.superuser.execute(query.encode()).fetchone() == expected
    record(web, "later")
    assert expected is not None
    assert web.superuser.execute(query.encode()).fetchone() == (expected[0] + 1, expected[1])
