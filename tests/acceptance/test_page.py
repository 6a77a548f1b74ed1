"""The pages in a real browser: live, without JavaScript, with a keyboard, on paper, read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from dbtrack.db import Database
from dbtrack.documents.evidence_html import evidence_html
from tests.support.evidence_document import HOSTILE, evidence_document
from tests.support.required import missing
from tests.support.served import Served, served
from tests.support.servers import Sandbox, Server
from tests.support.tenancy import build_tenancy

pytestmark = [pytest.mark.any_server, pytest.mark.slow]

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = (320, 768, 1440, 3840)
_RELEASE = [pytest.mark.matrix, pytest.mark.release]
SECONDS = 60_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def web(server: Server, installed_template: str) -> Iterator[Served]:
    """A server whose database has tenants, failures, something that runs, and hostile names."""
    import psycopg

    sandbox = Sandbox(server)
    with psycopg.connect(sandbox.database(installed_template), autocommit=True) as superuser:
        tenancy = build_tenancy(superuser, sandbox.role)
        superuser.execute("CREATE TABLE public.orders (a int)")
        superuser.execute(b'CREATE TABLE public."<script>alert(1)</script>" (a int)')
        superuser.execute('CREATE TABLE public."evil\u202egpj.exe" (a int)')
        for name, error in (("V42__due_dates", "ERROR:  no such column"), ("night\u202e-fix", "<b>" * 5_000)):
            superuser.execute(
                "SELECT script_tracking.complete_operation(script_tracking.track_operation(%s), false, %s)",
                (name, error),
            )
        with served(tenancy.conninfo, sandbox.role("web", member_of=("dbtrack_api",))) as web:
            yield web
    sandbox.close()


@pytest.fixture
def open_page(chromium: Browser, web: Served) -> Iterator[Open]:
    """Opens a page as a reader who has signed in; a message on the console fails the test."""
    contexts, complaints = [], []

    def note(message: ConsoleMessage) -> None:
        # A refused stream is what some tests are about.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def open_page(path: str = "/", *, token: str | None = None, **context: Any) -> Page:
        contexts.append(chromium.new_context(**context))
        page = contexts[-1].new_page()
        page.set_default_timeout(SECONDS)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(page, web, path, token or new_token(web))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, web: Served, path: str, token: str) -> None:
    page.goto(f"{web.url}{path}")
    page.get_by_label("API token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{web.url}{path}")


def new_token(web: Served) -> str:
    [(count,)] = web.superuser.execute("SELECT count(*) FROM script_tracking.list_api_tokens()").fetchall()
    return web.token(f"reader-{count}")


def is_live(page: Page) -> None:
    expect(page.locator("#ct")).to_have_text("live", timeout=SECONDS)


def test_a_ddl_appears_without_loading_the_page_again(open_page: Open, web: Served) -> None:
    page = open_page()
    is_live(page)
    loads = page.evaluate("performance.timeOrigin")
    web.superuser.execute("CREATE TABLE public.appears (a int)")
    expect(page.locator("#lately")).to_contain_text("public.appears", timeout=SECONDS)
    assert page.evaluate("performance.timeOrigin") == loads


def test_a_new_failure_is_said_counted_and_in_the_title(open_page: Open, web: Served) -> None:
    page = open_page()
    is_live(page)
    before = page.title()
    web.superuser.execute(
        "SELECT script_tracking.complete_operation(script_tracking.track_operation('breaks'), false, 'ERROR:  a new way')"
    )
    expect(page.locator("#needs")).to_contain_text("a new way", timeout=SECONDS)
    expect(page.locator("#say")).to_contain_text("New failure: breaks", timeout=SECONDS)
    assert page.title() != before
    assert page.title().startswith("✘")


def test_a_running_operation_shows_and_goes(open_page: Open, web: Served) -> None:
    page = open_page()
    is_live(page)
    [(key,)] = web.superuser.execute("SELECT script_tracking.track_operation('long load')").fetchall()
    expect(page.locator("#running")).to_contain_text("long load", timeout=SECONDS)
    web.superuser.execute("SELECT script_tracking.complete_operation(%s)", (key,))
    expect(page.locator("#running")).not_to_contain_text("long load", timeout=SECONDS)


def test_focus_stays_on_the_link_when_its_block_changes(open_page: Open, web: Served) -> None:
    page = open_page()
    is_live(page)
    link = page.locator("#lately tbody a").first
    address = link.get_attribute("href")
    link.focus()
    web.superuser.execute("CREATE TABLE public.moves_the_rows (a int)")
    expect(page.locator("#lately")).to_contain_text("moves_the_rows", timeout=SECONDS)
    assert page.evaluate("document.activeElement.getAttribute('href')") == address


PATHS = {
    "now": "/",
    "execution": "",
    "history": "/history",
    "object": "/objects/public.orders",
    "objects": "/objects",
    "report": "/reports/errors",
    "missing": "/executions/00000000",
    "refused": "/history?days=x",
}


# A scheme changes colours alone, so that CI reads the dark one where the page is narrow and where it is whole.
@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    ("scheme", "widths"),
    [
        pytest.param("light", WIDTHS, id="light"),
        pytest.param("dark", (320, 1440), id="dark"),
        pytest.param("dark", (768, 3840), id="dark, other widths", marks=_RELEASE),
    ],
)
def test_axe_finds_nothing(
    open_page: Open, web: Served, scheme: str, widths: tuple[int, ...], name: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    [(key,)] = web.superuser.execute(
        "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution "
        "WHERE script_name = 'V42__due_dates' LIMIT 1"
    ).fetchall()
    page = open_page("/history", color_scheme=scheme)
    page.goto(web.url + (PATHS[name] or f"/executions/{key}"))
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found] == [], width


def test_axe_finds_nothing_on_the_form(chromium: Browser, web: Served) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = chromium.new_page()
    page.goto(f"{web.url}/login")
    assert Axe().run(page, options={"runOnly": RULES}).response["violations"] == []
    page.close()


def test_everything_is_there_without_javascript(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    expect(page.locator("#needs")).to_contain_text("no such column")
    expect(page.get_by_role("link", name="load it again")).to_be_visible()
    expect(page.locator("#pause")).to_be_hidden()
    page.get_by_role("searchbox").fill("V42")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("History")
    page.get_by_role("link", name="V42").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("failed")
    page.get_by_text("Machine facts").last.click()
    expect(page.get_by_text("business key")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API token")).to_be_visible()


def test_all_of_it_can_be_used_by_keyboard(open_page: Open) -> None:
    page = open_page()
    is_live(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#needs .nm").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("n/p")
    expect(page.get_by_role("searchbox")).to_have_value("n/p")
    expect(page.locator("#pause")).to_have_text("Pause")
    page.locator("#main").focus()
    page.keyboard.press("p")
    expect(page.locator("#ct")).to_contain_text("paused")
    page.keyboard.press("p")
    is_live(page)
    page.locator("#keys").uncheck()
    page.locator("#main").focus()
    page.keyboard.press("p")
    is_live(page)


def test_times_are_exact_by_choice(open_page: Open) -> None:
    page = open_page()
    first = page.locator("#lately time").first
    expect(first.locator(".rel")).to_be_visible()
    page.get_by_label("Exact times").check()
    expect(first.locator(".abs")).to_be_visible()
    expect(first.locator(".rel")).to_be_hidden()


def test_a_hostile_name_runs_nothing_and_reverses_nothing(open_page: Open) -> None:
    page = open_page("/history")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator(".ctl").first).to_contain_text("\\u202e")
    assert dialogs == []


def test_a_script_that_was_smuggled_in_does_not_run(chromium: Browser, web: Served) -> None:
    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    sign_in(page, web, "/history", new_token(web))
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x: onerror=\"window.ran=1\"><b style=\"color:red\">')"
    )
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in complaint for complaint in complaints)
    context.close()


def test_a_revoked_token_stops_the_page_and_says_so(open_page: Open, web: Served) -> None:
    page = open_page(token=web.token("leaver"))
    is_live(page)
    web.superuser.execute("SELECT script_tracking.revoke_api_token('leaver')")
    expect(page.locator("#ct")).to_contain_text("expired or was revoked", timeout=SECONDS)
    expect(page.locator("#conn")).to_have_class(re.compile("lost"))
    web.superuser.execute("CREATE TABLE public.after_the_end (a int)")
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("API token")).to_be_visible()


def test_a_hidden_tab_asks_for_nothing_and_catches_up(open_page: Open, web: Served) -> None:
    page = open_page()
    is_live(page)
    hide = "v => { Object.defineProperty(document, 'hidden', {value: v, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    web.superuser.execute("CREATE TABLE public.while_hidden (a int)")
    page.evaluate(hide, False)
    expect(page.locator("#lately")).to_contain_text("public.while_hidden", timeout=SECONDS)


def test_a_lost_database_is_told_and_what_was_seen_stays(open_page: Open, web: Served) -> None:
    page = open_page()
    is_live(page)
    web.superuser.execute(f"ALTER ROLE {web.login} NOLOGIN".encode())
    sessions = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s"
    web.superuser.execute(sessions.encode(), (web.login,))
    try:
        expect(page.locator("#ct")).to_contain_text("the database does not answer", timeout=SECONDS)
        expect(page.locator("#needs")).to_contain_text("no such column")
    finally:
        web.superuser.execute(f"ALTER ROLE {web.login} LOGIN".encode())
    is_live(page)


def test_a_lost_server_is_told(open_page: Open, web: Served) -> None:
    page = open_page()
    is_live(page)
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#ct")).to_contain_text("connection lost; what you see is from", timeout=SECONDS)
    page.context.set_offline(False)
    is_live(page)


def test_the_page_prints_in_light_colours_with_exact_times(open_page: Open) -> None:
    page = open_page("/", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("#lately time .abs").first).to_be_visible()
    expect(page.locator(".top nav")).to_be_hidden()
    assert page.pdf(format="A4")


def test_documents_fit_a_phone_and_a_narrow_window(chromium: Browser) -> None:
    drawn = evidence_document(subjects=HOSTILE, exceptions=40)
    signed = replace(drawn.reviews[0], signed_by="x" * 200, statement="long words " * 100 + "y" * 300)
    page = chromium.new_page()
    page.set_content(evidence_html(replace(drawn, reviews=[signed])))
    for width in (320, 400, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        needed, there = page.evaluate(widths)
        assert needed <= there, f"{needed} pixels are needed at {width}"
    page.close()


def test_one_reading_serves_all_browsers_of_a_token(open_page: Open, web: Served) -> None:
    token = web.token("shared")
    pages = [open_page(token=token) for _ in range(3)]
    for page in pages:
        is_live(page)
    web.superuser.execute("CREATE TABLE public.for_all (a int)")
    for page in pages:
        expect(page.locator("#lately")).to_contain_text("public.for_all", timeout=SECONDS)
    Database.wrap(web.superuser).value("SELECT 1")
