"""A real Chromium: the one on this machine, else one installed by the first way that works.

``python -m tests.services.browser`` (part of ``make test``) makes sure there is one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    # Small machines and containers have a small /dev/shm; a full one kills the page.
    "--disable-dev-shm-usage",
)


class NoBrowserError(RuntimeError):
    """No Chromium is here."""


def find() -> str:
    """The path of a Chromium: ``$CHROMIUM``, else on the path, else the one Playwright keeps.

    Raises:
        NoBrowserError: there is none; says how to get one.
    """
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    with sync_playwright() as playwright:
        kept = playwright.chromium.executable_path
    if Path(kept).exists():
        return kept
    raise NoBrowserError("No Chromium was found. Install one (sudo apt install chromium) or set CHROMIUM to its path.")


def arguments() -> list[str]:
    """Chromium's flags for tests; its sandbox does not work for root."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser."""
    playwright: Playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=arguments())
        try:
            yield browser
        finally:
            browser.close()


def _install() -> None:
    ways = [[sys.executable, "-m", "playwright", "install", "chromium-headless-shell", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["apt-get", "-y", "-qq"]
        ways = [[*apt, "update"], [*apt, "install", "--no-install-recommends", "chromium"], *ways]
    for way in ways:
        print("Installing a browser for the tests:", " ".join(way), flush=True)
        subprocess.run(way, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        try:
            find()
        except NoBrowserError:
            continue
        return


def main() -> int:
    """Install a Chromium unless one is here; 1 if there is none in the end."""
    try:
        find()
    except NoBrowserError:
        _install()
    try:
        print(f"Browser of the tests: {find()}")
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
