"""The power fails: at the candidate's computer while offline, and at the server while the page is open."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.e2e.people import begin, new_page, on_question, saved
from tests.e2e.test_sitting_an_exam import given_answers
from tests.services import wait_for
from tests.services.browser import arguments, find
from tests.services.demo import Demo


class KillableBrowser:
    """A Chromium of its own process group and profile, to be killed as a power cut would."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, browser_type: BrowserType) -> Page:
        """Start it on its profile; returns a page in it."""
        port_file = self._profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        command = [find(), "--headless=new", *arguments(), "--remote-debugging-port=0", "--lang=en"]
        command += [f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_for(lambda: port_file.exists() and len(port_file.read_text().splitlines()) == 2, "the browser")
        port = port_file.read_text().splitlines()[0]
        browser = browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
        return browser.contexts[0].new_page()

    def kill(self) -> None:
        """SIGKILL to all its processes at once."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def test_the_browser_is_killed_while_offline(browser: Browser, demo: Demo, visitor: str, tmp_path: Path) -> None:
    chromium = KillableBrowser(tmp_path)
    page = chromium.start(browser.browser_type)
    try:
        begin(page, demo, visitor)
        saved(page)
        page.context.set_offline(True)
        for letter in "abcd":
            page.keyboard.press(letter)
            page.keyboard.press("ArrowRight")
        expect(page.locator("header")).to_contain_text("Kept on this device", timeout=20_000)
    finally:
        chromium.kill()
    assert given_answers(demo, visitor) == {}
    page = chromium.start(browser.browser_type)
    try:
        page.goto(f"{demo.url}/exam/")
        # Chromium writes cookies to the disk half a minute late: who falls into that gap gives the PIN once more.
        again = page.get_by_role("heading", name="Please enter your PIN again")
        again.or_(page.get_by_role("heading", name="Question 5")).wait_for()
        if again.is_visible():
            page.keyboard.type(demo.pin)
            page.keyboard.press("Enter")
        on_question(page, 5)
        saved(page)
        assert len(given_answers(demo, visitor)) == 4
    finally:
        chromium.kill()


def test_the_server_is_killed_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    own = Demo(tmp_path, candidates=2)
    own.start()
    try:
        page = new_page(browser)
        begin(page, own, own.visitor(1))
        page.keyboard.press("a")
        saved(page)
        own.kill()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("b")
        expect(page.locator("header")).to_contain_text("Kept on this device", timeout=20_000)
        own.start()
        expect(page.locator("header")).to_contain_text("Saved", timeout=60_000)
        assert len(given_answers(own, own.visitor(1))) == 2
        page.context.close()
    finally:
        own.stop()
