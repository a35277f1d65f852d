"""A candidate and a proctor in two browsers: what one does, the other sees, and the other way round, at once."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import begin, new_page, on_question, press, saved, seconds_left, sign_in_staff
from tests.services import wait_for
from tests.services.demo import Demo

SECOND = 1000
REASON = "Listrik padam di meja peserta"


def wall(browser: Browser, demo: Demo) -> Page:
    """The proctor's wall, live."""
    page = sign_in_staff(new_page(browser), demo, "pengawas")
    page.get_by_role("link", name="Supervision").first.click()
    page.locator("main a", has_text="CPNS").first.click()
    page.locator(".wall-clock .badge").wait_for()
    return page


def leave_window(page: Page) -> None:
    """Put another window before the exam: the browser itself then takes the focus from the page."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    other = page.context.new_page()
    other.bring_to_front()
    wait_for(lambda: bool(page.evaluate("!document.hasFocus() || document.hidden")), "another window before the exam")


def deed(page: Page, row_of: str, key: str, reason: str) -> None:
    """Find the candidate, press the key, give the reason: as proctors do who know the keyboard."""
    page.keyboard.press("/")
    page.keyboard.type(row_of)
    page.keyboard.press("Tab")
    page.locator("tr", has_text=row_of).focus()
    page.keyboard.press(key)
    page.get_by_role("dialog").wait_for()
    expect(page.get_by_role("dialog").locator("textarea")).to_be_focused()
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_label("Search name").press("Escape")


def test_a_lost_focus_is_seen_within_a_second(browser: Browser, demo: Demo, visitor: str) -> None:
    candidate, proctor = new_page(browser), wall(browser, demo)
    begin(candidate, demo, visitor)
    row = proctor.locator("tr", has_text=visitor)
    expect(row).to_contain_text("Working", timeout=SECOND)
    expect(row).to_contain_text("Connected", timeout=SECOND)
    candidate.keyboard.press("a")
    expect(row).to_contain_text("1 of 110", timeout=SECOND)
    leave_window(candidate)
    expect(row).to_contain_text("Left the window", timeout=SECOND)
    expect(proctor.locator(".wall-feed")).to_contain_text("Left the exam window", timeout=SECOND)
    candidate.context.close()
    expect(row).to_contain_text("Disconnected", timeout=2 * SECOND)
    proctor.context.close()


def test_five_minutes_more_a_pause_and_a_message_arrive_within_a_second(
    browser: Browser, demo: Demo, visitor: str
) -> None:
    candidate, proctor = new_page(browser), wall(browser, demo)
    begin(candidate, demo, visitor)
    saved(candidate)
    before = seconds_left(candidate)
    deed(proctor, visitor, "+", REASON)
    expect(candidate.locator("header")).to_contain_text(re.compile(r"1:4[45]:\d\d"), timeout=SECOND)
    assert 290 <= seconds_left(candidate) - before <= 300
    expect(candidate.get_by_role("dialog")).to_contain_text("5 minutes were added")
    press(candidate, "I have read this")
    deed(proctor, visitor, "p", REASON)
    expect(candidate.locator("main")).to_contain_text("paused", timeout=SECOND, ignore_case=True)
    expect(candidate.locator("input[name=answer]")).to_have_count(0)
    expect(proctor.locator("tr", has_text=visitor)).to_contain_text("Paused", timeout=SECOND)
    deed(proctor, visitor, "p", REASON)
    on_question(candidate, 1)
    deed(proctor, visitor, "m", "Silakan lanjutkan dengan tenang.")
    expect(candidate.get_by_role("dialog")).to_contain_text("Silakan lanjutkan dengan tenang.", timeout=SECOND)
    candidate.context.close()
    auditor = sign_in_staff(new_page(browser), demo, "auditor")
    auditor.goto(f"{demo.url}/staff/trail")
    expect(auditor.locator("main")).to_contain_text(REASON)
    for page in (proctor, auditor):
        page.context.close()


def test_the_wall_survives_a_restart_of_the_server(browser: Browser, demo: Demo) -> None:
    proctor = wall(browser, demo)
    demo.kill()
    expect(proctor.locator("main")).to_contain_text("No connection to the server", timeout=10 * SECOND)
    demo.start()
    proctor.locator(".wall-clock .badge").wait_for(timeout=20 * SECOND)
    time.sleep(0.5)
    expect(proctor.locator(".wall-line")).to_have_count(0)
    proctor.context.close()


def test_a_proctor_sees_only_the_rooms_assigned(browser: Browser, demo: Demo) -> None:
    page = sign_in_staff(new_page(browser), demo, "pengawas")
    other_room = demo.sitting + 1
    for path in (f"/proctor/sittings/{other_room}", f"/sittings/{demo.sitting}/results"):
        reply = page.goto(demo.url + path)
        assert reply is not None and reply.status in (403, 404), path
    page.context.close()
