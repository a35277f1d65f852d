"""What people do in the browser: a candidate and a member of staff, by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.services.demo import PASSWORD, Demo

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}


def new_page(browser: Browser, language: str = "en", **options: object) -> Page:
    """A page in a browser nobody has used."""
    context: BrowserContext = browser.new_context(locale=language, viewport=DESKTOP, **options)  # type: ignore[arg-type]
    return context.new_page()


def sign_in_staff(page: Page, demo: Demo, username: str, language: str = "en") -> Page:
    """Sign in at the staff pages, and read them in that language."""
    page.goto(f"{demo.url}/staff/sign-in")
    page.locator("[name=username]").fill(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.url}/staff/")
    wanted = page.locator(f"button[name=language][value={language}]")
    if wanted.get_attribute("aria-pressed") == "false":
        wanted.click()
        page.locator(f"html[lang={language}]").wait_for()
    return page


def enter(page: Page, demo: Demo, registration: str) -> None:
    """From the sign-in page up to the question of who one is, by keyboard."""
    page.goto(f"{demo.url}/exam/")
    page.locator("input").first.wait_for()
    expect(page.locator("input").first).to_be_focused()
    page.keyboard.type(registration)
    page.keyboard.press("Tab")
    page.keyboard.type(demo.pin)
    page.keyboard.press("Enter")


def press(page: Page, button: str | re.Pattern[str]) -> None:
    """Reach a button with Tab and press it with Enter: what somebody without a mouse does."""
    wanted = page.get_by_role("button", name=button).first
    wanted.wait_for()
    expect(wanted).to_be_enabled()
    for _step in range(40):
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {button!r}")


def begin(page: Page, demo: Demo, registration: str) -> None:
    """Sign in, agree, check, start: up to the first question."""
    enter(page, demo, registration)
    press(page, "Yes, this is me")
    press(page, "I have read the rules")
    press(page, "Start the exam")
    on_question(page, 1)


def on_question(page: Page, number: int) -> None:
    """The page shows that question, and has loaded what listens to the keyboard (it comes after the first question)."""
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"Question {number}\b"))
    page.locator("aside [data-arrows]").wait_for(state="attached")


def saved(page: Page) -> None:
    """The page says that everything is saved."""
    expect(page.locator("header")).to_contain_text("Saved", timeout=10_000)


def seconds_left(page: Page) -> int:
    """What the page's clock shows, in seconds."""
    found = re.search(r"(\d+):(\d\d):(\d\d)|(\d+):(\d\d)", page.locator("header").inner_text())
    assert found, page.locator("header").inner_text()
    hours, minutes, seconds, short_minutes, short_seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + (minutes + short_minutes) * 60 + seconds + short_seconds
