"""Every page a member of staff can reach, and every screen of the candidate's: accessible, and whole on a phone."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from exam_engine.demo.stage import ACCOUNTS
from tests.conftest import ROOT
from tests.e2e.people import DESKTOP, PHONE, begin, enter, new_page, press, sign_in_staff
from tests.services.demo import Demo

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Letters twice as large on the smallest screen, and the distances WCAG 1.4.12 asks pages to bear.
LARGE_TEXT = """
    html { font-size: 200% !important }
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-bottom: 2em !important }
"""

ADOPT = "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }"


def faults_of(page: Page) -> list[str]:
    """What axe-core finds wrong with the page."""
    page.evaluate((ROOT / "web/node_modules/axe-core/axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(
        "standards => axe.run(document, {runOnly: standards, resultTypes: ['violations']})", STANDARDS
    )
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"][:3]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def check(page: Page) -> list[str]:
    """All that is wrong with the page, on a desktop and on a phone."""
    found = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        # Colours fade into a new theme or state; axe must not measure in between.
        page.wait_for_timeout(150)
        found += [f"{size['width']} px: {fault}" for fault in faults_of(page)]
        if overflow(page) > 0:
            found.append(f"{size['width']} px: {overflow(page)} px too wide")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return found


def pages_of(page: Page, start: str) -> dict[str, list[str]]:
    """Follow every link from ``start``, one of each kind of page; faults by address."""
    waiting, kinds, faults = deque([start]), set[str](), dict[str, list[str]]()
    while waiting:
        address = waiting.popleft()
        path = urlsplit(address).path
        kind = re.sub(r"\d+", "N", re.sub(r"/(items)/[^/]+", r"/\1/CODE", path))
        if kind in kinds or re.search(r"\.(csv|xlsx|svg|png)$|/(sign-out|template)$|^/exam", path):
            continue
        kinds.add(kind)
        reply = page.goto(address)
        assert reply is not None and reply.status == 200, f"{address}: {reply and reply.status}"
        faults[path] = check(page)
        links = page.eval_on_selector_all("a[href]:not([download])", "found => found.map(a => a.getAttribute('href'))")
        near = (urldefrag(urljoin(address, link)).url for link in links)
        waiting.extend(link for link in near if link.startswith(start[: start.index("/", 8)]))
    return faults


@pytest.mark.parametrize("username", [account.username for account in ACCOUNTS])
def test_pages_of_staff(browser: Browser, demo: Demo, username: str) -> None:
    page = sign_in_staff(new_page(browser, "id"), demo, username, "id")
    faults = pages_of(page, f"{demo.url}/staff/")
    assert len(faults) >= 2
    assert {path: found for path, found in faults.items() if found} == {}
    page.context.close()


def test_pages_without_signing_in(browser: Browser, demo: Demo) -> None:
    page = new_page(browser)
    for path in ("/", "/staff/sign-in", "/exam/"):
        page.goto(demo.url + path)
        page.wait_for_load_state("networkidle")
        assert check(page) == [], path
    reply = page.goto(demo.url + "/nothing-here")
    assert reply is not None and reply.status == 404
    assert check(page) == []
    page.context.close()


def test_screens_of_the_candidate(browser: Browser, demo: Demo, visitor: str) -> None:
    page = new_page(browser, color_scheme="dark")
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        faults[name] = check(page)

    enter(page, demo, visitor)
    page.get_by_role("button", name="Yes, this is me").wait_for()
    look("identity")
    press(page, "Yes, this is me")
    look("rules")
    press(page, "I have read the rules")
    expect(page.get_by_role("button", name="Start the exam")).to_be_enabled()
    look("check")
    press(page, "Start the exam")
    page.locator("[data-arrows]").first.wait_for()
    look("question")
    page.keyboard.press("?")
    look("help")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    look("review")
    press(page, "Hand in")
    look("confirm")
    press(page, "Yes, hand in")
    expect(page.locator("main")).to_contain_text("Your result")
    look("result")
    assert {name: found for name, found in faults.items() if found} == {}
    page.context.close()


def test_large_text_on_the_smallest_screen(browser: Browser, demo: Demo, visitor: str) -> None:
    page = new_page(browser)
    begin(page, demo, visitor)
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(ADOPT, LARGE_TEXT)
    for number in range(1, 8):
        page.locator("input[name=answer]").first.wait_for()
        assert overflow(page) <= 0, f"question {number}"
        reach: Callable[[str], bool] = lambda name: page.get_by_role("button", name=name).first.is_visible()  # noqa: E731
        assert reach("Next") and reach("Flag")
        page.keyboard.press("ArrowRight")
    page.context.close()
